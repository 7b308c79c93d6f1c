"""The shipped runs' test figures as the README's table: python -m benchmarks presets."""

from __future__ import annotations

from vae.config import Config
from vae.data.specs import DATASETS
from vae.presets import preset_label
from vae.runs.store import RunStore

__all__ = ["table"]


def table() -> None:
    """Print what metrics.json of each shipped run says, and likelihood.json where there is one."""
    print(
        "\n| preset | images | objective | epochs | reconstruction | KL | ELBO "
        "| negative log-likelihood | loss, lecture's units |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for run in RunStore().list_shipped():
        metrics = run.metrics
        color = "grey" if run.config.binarisation == "none" else "black and white"
        elbo = f"{metrics['elbo']:.2f}" if "elbo" in metrics else "none"
        found = run.likelihood.get(run.config.binarisation)
        nll = f"{found['nll']:.2f} ± {found['nll_standard_error']:.2f}" if found else ""
        parts = f"{metrics['reconstruction']:.2f} | {metrics['kl']:.2f}"
        print(
            f"| {preset_label(run.config)} ({run.config.latent_dim}-D) "
            f"| {DATASETS[run.dataset].title}, {color} | {_objective(run.config)} "
            f"| {len(run.history)} | {parts} | {elbo} | {nll} | {metrics['lecture_loss']:.4f} |"
        )


def _objective(config: Config) -> str:
    if not config.is_variational:
        return "no KL"
    samples = config.importance_samples
    words = f"beta {config.beta:g}" + (f", {samples} importance samples" if samples > 1 else "")
    return f"{words}, given the class" if config.is_conditional else words
