"""The shipped runs' test figures as the README's table: python -m benchmarks presets."""

from __future__ import annotations

from vae.presets import preset_label
from vae.run_store import RunStore
from vae.runs import SHIPPED

__all__ = ["table"]


def table() -> None:
    """Print what metrics.json of each shipped run says."""
    print("\n| preset | objective | epochs | reconstruction | KL | ELBO | loss, lecture's units |")
    print("|---|---|---|---|---|---|---|")
    for run in RunStore(SHIPPED.parent / "no-own-runs").list():
        metrics, config = run.metrics, run.config
        objective = "no KL" if config.kind == "autoencoder" else f"beta {config.beta:g}"
        elbo = f"{metrics['elbo']:.2f}" if "elbo" in metrics else "none"
        print(
            f"| {preset_label(config)} ({config.latent_dim}-D) | {objective} | {len(run.history)} "
            f"| {metrics['reconstruction']:.2f} | {metrics['kl']:.2f} | {elbo} "
            f"| {metrics['lecture_loss']:.4f} |"
        )
