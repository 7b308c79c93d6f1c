"""A model card of each run that ships (Mitchell et al. 2019): python -m vae.shipped.model_cards

That writes docs/models.md from the files in `pretrained/` alone: the same files, the same text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import binarisation_of
from vae.presets import preset_label
from vae.runs.run import Run
from vae.runs.run_images import dataset_title
from vae.runs.store import RunStore
from vae.server.durations import time_in_words
from vae.shipped.card import markdown_table, model_card, network_summary, training_seconds
from vae.shipped.card_measurements import LITERATURE_BINARISATION

__all__ = ["COMMAND", "PAGE", "models_page"]

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
COMMAND = "python -m vae.shipped.model_cards"

INTRODUCTION = f"""\
# The built-in models

Each is a run folder in `vae/pretrained/`, trained by the command that its card names. They are made
for exploring, comparing and teaching, not for any decision about people or things. Nats are per
image of the test set, which no model was trained on; figures of different data sets or treatments
cannot be compared. Times are those of the machine that trained the model. `{COMMAND}`
writes this page from the runs' own files.
"""


SAMPLES = """\
The Fréchet classifier distance of 5,000 samples to test images (0 is best; two halves of the test
images differ by 0.7), and which fraction of samples is among real images, of real images among
samples, and of samples is one digit to the classifier with a probability of 90 % or more. A VAE has
samplers that are fitted to the codes of training images besides the prior; a GAN has the prior
alone."""


def models_page(runs: Sequence[Run]) -> str:
    """Return docs/models.md: tables of all runs, and a section for each.

    Figures of different data are in no column together: each data set and treatment has a table.
    """
    alike: dict[str, list[Run]] = {}
    for run in runs:
        name = f"{dataset_title(run)}, {binarisation_name(binarisation_of(run))}"
        classifies = run.config.has("classifier")
        alike.setdefault(f"{name}: classifiers" if classifies else name, []).append(run)
    tables = [f"**{name}**\n\n{_comparison(each)}" for name, each in alike.items()]
    sampled = [run for run in runs if run.quality]
    if sampled:
        tables.append(f"**Samples of MNIST**\n\n{SAMPLES}\n\n{_samples(sampled)}")
    sections = [f"## {run.id}\n\n{model_card(run)}" for run in runs]
    return "\n\n".join([INTRODUCTION.rstrip(), *tables, *sections]) + "\n"


def _samples(runs: Sequence[Run]) -> str:
    """Return a table of what is measured of samples, by each sampler of each run, the best first.

    The best is the one with the smallest distance.
    """
    found = [
        (run, name, figures)
        for run in runs
        for name, figures in {"prior": run.quality, **run.quality.get("samplers", {})}.items()
    ]
    found.sort(key=lambda each: each[2]["frechet_classifier_distance"])
    rows = [
        (
            f"[{run.id}](#{run.id})",
            name,
            f"{figures['frechet_classifier_distance']:.1f}",
            *(f"{figures[key]:.0%}" for key in ("precision", "recall", "share_sure")),
            time_in_words(training_seconds(run)),
        )
        for run, name, figures in found
    ]
    heads = ("model", "codes from", "distance", "precision", "recall", "sure", "trained for")
    return markdown_table(heads, rows)


Columns = dict[str, Callable[[Run], str]]


def _comparison(runs: Sequence[Run]) -> str:
    """Return a table of runs that are measured by the same figures."""
    columns: Columns = {
        "model": lambda run: f"[{run.id}](#{run.id})",
        "recipe": lambda run: preset_label(run.config),
    }
    if runs[0].config.has("decoder"):
        columns["latent dimensions"] = lambda run: str(run.config.latent_dim)
    columns["parameters"] = lambda run: f"{network_summary(run).total:,}"
    columns["trained for"] = lambda run: time_in_words(training_seconds(run))
    columns |= ACCURACIES if runs[0].config.has("classifier") else _nats(runs)
    return markdown_table(
        tuple(columns), [[cell(run) for cell in columns.values()] for run in runs]
    )


ACCURACIES: Columns = {
    "accuracy": lambda run: f"{run.classifier_metrics['accuracy']:.2%}",
    "cross-entropy": lambda run: f"{run.classifier_metrics['loss']:.4f}",
    "calibration error": lambda run: (
        f"{run.classifier_metrics.get('calibration_error', math.nan):.2%}"
    ),
}


def _nats(runs: Sequence[Run]) -> Columns:
    columns: Columns = {
        "reconstruction": lambda run: _metric(run, "reconstruction"),
        "KL": lambda run: _metric(run, "kl") if run.config.has("posterior") else "–",
        "ELBO": _elbo,
    }
    if any(run.class_probes for run in runs):
        columns["class by k-NN"] = lambda run: (
            f"{run.class_probes['latent']['knn']:.1%}" if run.class_probes else "–"
        )
    if any(LITERATURE_BINARISATION in run.likelihood for run in runs):
        columns[f"NLL, {binarisation_name(LITERATURE_BINARISATION)}"] = lambda run: (
            f"{run.likelihood[LITERATURE_BINARISATION]['nll']:.2f}"
            if LITERATURE_BINARISATION in run.likelihood
            else "–"
        )
    if any(run.quality for run in runs):
        columns["samples' distance"] = lambda run: (
            f"{run.quality['frechet_classifier_distance']:.1f}" if run.quality else "–"
        )
    return columns


def _metric(run: Run, name: str) -> str:
    value = cast("dict[str, Any]", run.metrics).get(name)
    return "–" if value is None else f"{value:.2f}"


def _elbo(run: Run) -> str:
    if "elbo" not in run.metrics:
        return "–"
    condition = ", given the class" if run.config.conditional else ""
    return f"{run.metrics['elbo']:.2f}{condition}"


def main() -> None:
    """Write docs/models.md."""
    shipped = RunStore().list_shipped()
    PAGE.write_text(models_page(shipped), encoding="utf-8")
    print(f"{PAGE}: {len(shipped)} models")


if __name__ == "__main__":
    main()
