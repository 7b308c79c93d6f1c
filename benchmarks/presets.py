"""The shipped runs' test figures as the README's table: python -m benchmarks presets."""

from __future__ import annotations

from collections.abc import Sequence

from vae.config import Config
from vae.data.specs import DATASETS
from vae.presets import preset_label
from vae.runs.run import Run
from vae.runs.store import RunStore

__all__ = ["table"]


def table() -> None:
    """Print what metrics.json of each shipped run says, and likelihood.json where there is one.

    Classifiers, which have no likelihood, stand in a table of their own.
    """
    shipped = RunStore().list_shipped()
    _likelihoods([run for run in shipped if run.config.has("likelihood")])
    _accuracies([run for run in shipped if run.config.has("classifier")])


def _likelihoods(runs: Sequence[Run]) -> None:
    print(
        "\n| preset | images | objective | epochs | reconstruction | KL | ELBO "
        "| negative log-likelihood | loss, lecture's units |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for run in runs:
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


def _accuracies(runs: Sequence[Run]) -> None:
    print("\n| preset | images | epochs | accuracy (95 %) | cross-entropy | calibration error |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        metrics = run.classifier_metrics
        low, high = metrics["accuracy_low"], metrics["accuracy_high"]
        print(
            f"| {preset_label(run.config)} | {DATASETS[run.dataset].title} | {len(run.history)} "
            f"| {metrics['accuracy']:.2%} ({low:.2%} to {high:.2%}) | {metrics['loss']:.4f} "
            f"| {metrics['calibration_error']:.2%} |"
        )


def _objective(config: Config) -> str:
    if not config.has("posterior"):
        return "no KL"
    samples = config.importance_samples
    words = f"beta {config.beta:g}" + (f", {samples} importance samples" if samples > 1 else "")
    return f"{words}, given the class" if config.conditional else words
