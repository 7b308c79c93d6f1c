"""What the command line tells people of measurements: rounded figures, units, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from vae.cli.report import UNIT, Line, figure_table, next_commands, number, plus_minus, quoted
from vae.runs.run import Run
from vae.sampling.samplers import SAMPLER_NAMES
from vae.schemas.classification import Classification
from vae.schemas.likelihood import Measured
from vae.schemas.metrics import AdversarialMetrics, ClassifierMetrics, Metrics
from vae.schemas.sample_quality import Quality, SampleFigures
from vae.server.durations import time_in_words

__all__ = ["classified", "evaluated", "headline_figures", "measured_on", "quality_measured"]

# Of `vae.evaluation.sample_quality.measure_samples`, with the decimals that say something.
QUALITY = {
    "frechet_classifier_distance": ("Fréchet classifier distance", 2),
    "precision": ("Precision", 3),
    "recall": ("Recall", 3),
    "share_sure": ("Fraction of sure samples", 3),
    "class_balance": ("Class balance", 3),
    "share_as_told": ("Fraction of the class asked for", 3),
}


def evaluated(
    run: Run, path: Path, values: Metrics, likelihood: Measured | None
) -> ConsoleRenderable:
    """Show what a run is worth on test images."""
    if run.config.has("classifier"):
        return _classifier_evaluated(run, cast("ClassifierMetrics", values))
    if run.config.has("discriminator"):
        return Group(
            Text(measured_on(run, values)),
            Text(),
            figure_table(headline_figures(values)),
            Text("A GAN has no likelihood and no reconstruction: it is measured by its samples."),
            next_commands(f"quality {quoted(path)}", f"sample {quoted(path)} --out grid.png"),
        )
    lines = headline_figures(values)
    if likelihood:
        error = plus_minus(likelihood["nll_standard_error"])
        lines.append(("Negative log-likelihood", number(likelihood["nll"]), f"{error}{UNIT}"))
        samples = f"{likelihood['importance_samples']:,} importance samples"
        lines.append(("", "", f"by {samples}, in {time_in_words(likelihood['seconds'])}"))
    if values["loss"] != values["reconstruction"] + values["kl"]:
        beta = f"reconstruction + {run.config.beta:g} KL"
        lines.append(("Loss", number(values["loss"]), f"{UNIT} ({beta})"))
    folder = quoted(path)
    ahead = [f"sample {folder} --out grid.png"]
    if run.config.has("posterior") and not likelihood:
        ahead.insert(0, f"evaluate {folder} --importance-samples 100")
    return Group(
        Text(measured_on(run, values)),
        Text(),
        figure_table(lines),
        figure_table(_without_nats(run, values)),
        _reconstructions(values.get("reconstruction_per_class", {})),
        next_commands(*ahead),
    )


def _without_nats(run: Run, values: Metrics) -> list[Line]:
    """Return the figures in other units, those that were measured."""
    lines: list[Line] = []
    if "bits_per_dimension" in values:
        lines.append(("Bits per dimension", "", number(values["bits_per_dimension"], 3)))
    if "active_units" in values:
        units = f"{values['active_units']} of {run.config.latent_dim}"
        lines.append(("Active latent dimensions", "", units))
    if "lecture_loss" in values:
        lines.append(("Loss, lecture's units", "", number(values["lecture_loss"], 4)))
    return lines


def _reconstructions(nats: Mapping[str, float]) -> Table:
    """Show the reconstruction term of each class."""
    table = Table("Class", title=f"Reconstruction by class, {UNIT}", title_justify="left")
    table.add_column("Reconstruction", justify="right")
    for name, value in nats.items():
        table.add_row(Text(name), number(value))
    return table


def _classifier_evaluated(run: Run, values: ClassifierMetrics) -> ConsoleRenderable:
    return Group(
        Text(measured_on(run, values)),
        Text(),
        figure_table(_accuracies(values)),
        _recalls(values["recall_per_class"], values["confusion"], "By class"),
    )


def quality_measured(values: Quality) -> ConsoleRenderable:
    """Show how good samples are, beside real images."""
    columns: dict[str, Mapping[str, Any]] = {"Prior": values}
    for name, found in values.get("samplers", {}).items():
        columns[SAMPLER_NAMES[name]] = cast("SampleFigures", found)
    real: dict[str, Any] = {name.removeprefix("real_"): each for name, each in values.items()}
    real["frechet_classifier_distance"] = values["noise_floor"]
    real.pop("share_as_told", None)
    table = Table("")
    for name in (*columns, "Real images"):
        table.add_column(name, justify="right")
    for name, (title, digits) in QUALITY.items():
        if name in values:
            cells = [found.get(name) for found in (*columns.values(), real)]
            table.add_row(
                title, *("" if value is None else number(value, digits) for value in cells)
            )
    return Group(
        Text(
            f"{values['samples']:,} samples of each kind, seed {values['seed']}, beside "
            f"{values['reference_images']:,} test images of {values['dataset']}, by a classifier "
            f"that knows {values['classifier_accuracy']:.1%} of them"
        ),
        table,
        Text("A smaller distance is better; two halves of the real images have the last column's."),
    )


def classified(values: Classification) -> ConsoleRenderable:
    """Show how often Bayes' rule finds the class of a test image."""
    table = Table("p(x | y) from")
    for name in ("Accuracy", "95 % interval", "Calibration error"):
        table.add_column(name, justify="right")
    for name, found in (("Importance sampling", values["importance"]), ("ELBO", values["elbo"])):
        low, high = found["accuracy_low"], found["accuracy_high"]
        table.add_row(
            name,
            f"{found['accuracy']:.2%}",
            f"{low:.2%} to {high:.2%}",
            number(found["calibration_error"], 3),
        )
    classes = _recalls(values["recall"], values["confusion"], "By class, importance sampling")
    error = plus_minus(values["nll_standard_error"])
    nll = ("Negative log-likelihood", number(values["nll"]), f"{error}{UNIT}, classes summed over")
    return Group(
        Text(
            f"{values['images'].capitalize()} of {values['dataset']} by Bayes' rule, "
            f"{values['importance_samples']:,} samples of each image and class, in "
            f"{time_in_words(values['seconds'])}"
        ),
        table,
        classes,
        Text(),
        figure_table([nll]),
    )


def _recalls(
    recalls: Mapping[str, float | None], confusion: Sequence[Sequence[int]], title: str
) -> Table:
    """Show how many of each class are recognised, and which class they are confused with."""
    table = Table("Class", title=title, title_justify="left")
    table.add_column("Recall", justify="right")
    table.add_column("Most often taken for")
    names = list(recalls)
    for index, (name, recall) in enumerate(recalls.items()):
        others = [0 if at == index else n for at, n in enumerate(confusion[index])]
        highest = max(others, default=0)
        wrong = f"{names[others.index(highest)]} ({highest:,} of {sum(confusion[index]):,})"
        shown = "no images" if recall is None else f"{recall:.1%}"
        table.add_row(Text(name), shown, Text(wrong if highest else ""))
    return table


def headline_figures(metrics: Metrics) -> list[Line]:
    """Return the ELBO and its parts, or what there is of them for an autoencoder."""
    if "accuracy" in metrics:
        return _accuracies(cast("ClassifierMetrics", metrics))
    if "discriminator_loss" in metrics:
        return _scores(cast("AdversarialMetrics", metrics))
    lines = []
    if "elbo" in metrics:
        error = plus_minus(metrics.get("elbo_standard_error"))
        lines.append(("ELBO", number(metrics["elbo"]), f"{error}{UNIT}"))
    lines.append(("Reconstruction", number(metrics["reconstruction"]), UNIT))
    if "elbo" in metrics:
        lines.append(("KL", number(metrics["kl"]), UNIT))
    return lines


def _accuracies(metrics: ClassifierMetrics) -> list[Line]:
    """Return what a classifier is worth: accuracy, with its interval, and how sure it is."""
    interval = f" (95 %: {metrics['accuracy_low']:.2%} to {metrics['accuracy_high']:.2%})"
    error = plus_minus(metrics["loss_standard_error"])
    lines = [
        ("Accuracy", f"{metrics['accuracy']:.2%}", interval),
        ("Cross-entropy", number(metrics["loss"], 4), f"{error}{UNIT}"),
    ]
    if "calibration_error" in metrics:
        lines.append(("Calibration error", f"{metrics['calibration_error']:.2%}", ""))
    return lines


def _scores(metrics: AdversarialMetrics) -> list[Line]:
    """Return the losses of a GAN, and what its discriminator makes of test images and samples."""
    return [
        ("Generator loss", number(metrics["loss"], 4), UNIT),
        ("Discriminator loss", number(metrics["discriminator_loss"], 4), UNIT),
        ("D(real)", number(metrics["d_real"], 4), "mean over test images"),
        ("D(fake)", number(metrics["d_fake"], 4), "mean over as many samples"),
    ]


def measured_on(run: Run, metrics: Metrics | ClassifierMetrics) -> str:
    """Say which images the figures are of, and in which treatment."""
    return f"{metrics['images'].capitalize()} of {run.dataset}: {metrics['treatment']}"
