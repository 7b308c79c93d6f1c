"""What the command line tells people: rounded figures with units, tables, and what to do next.

Each command has one function here, which makes of its values what rich prints.
"""

from __future__ import annotations

import io
import math
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rich.console import Console, ConsoleRenderable, Group
from rich.filesize import decimal
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from vae.architecture import Layer, Summary
from vae.cli.streams import say, to_json
from vae.figures_schema import (
    Classification,
    ClassifierMetrics,
    Measured,
    Metrics,
    Quality,
    SampleFigures,
)
from vae.files import folder_bytes
from vae.runs.run import Run
from vae.sampling.samplers import SAMPLER_NAMES
from vae.server.durations import time_in_words

__all__ = [
    "Report",
    "classified",
    "evaluated",
    "print_report",
    "quality_measured",
    "summarized",
    "trained",
    "wrote",
]

PROGRAM = "python -m vae"
UNIT = "nats per image"
BYTES_PER_PARAMETER = 4
# Of `vae.evaluation.sample_quality.measure_samples`, with the decimals that say something.
QUALITY = {
    "frechet_classifier_distance": ("Fréchet classifier distance", 2),
    "precision": ("Precision", 3),
    "recall": ("Recall", 3),
    "share_sure": ("Share of sure samples", 3),
    "class_balance": ("Class balance", 3),
    "share_as_told": ("Share of the class asked for", 3),
}


@dataclass(frozen=True)
class Report:
    """What a command found: `values` for programs, one JSON object; `shown` for people."""

    values: Mapping[str, Any]
    shown: ConsoleRenderable


class _Page(io.StringIO):
    """A text for standard output: rich uses lines that its encoding has."""

    @property
    def encoding(  # pyright: ignore[reportIncompatibleVariableOverride] -- an attribute in io
        self,
    ) -> str:
        return sys.stdout.encoding or "utf-8"


def print_report(report: Report, *, as_json: bool) -> int:
    """Print a report to standard output; return the exit status that follows from that."""
    if as_json:
        return say(to_json(report.values))
    # Put together first: errors of writing are handled once.
    page = _Page()
    console = Console(file=page, highlight=False, force_terminal=sys.stdout.isatty())
    console.print(report.shown, soft_wrap=True)  # a path stays on one line, to be copied
    # Rich pads its lines with blanks.
    return say("\n".join(line.rstrip() for line in page.getvalue().rstrip("\n").split("\n")))


def summarized(counted: Summary) -> ConsoleRenderable:
    """Show the layers of all networks as Keras does, with the totals."""
    size = decimal(BYTES_PER_PARAMETER * counted.total)
    return Group(
        *(
            _layers(name.capitalize(), layers, counted.parameters[name])
            for name, layers in counted.networks.items()
        ),
        Text(f"Total: {counted.total:,} parameters ({size}), all trainable"),
    )


def trained(run: Run, path: Path) -> ConsoleRenderable:
    """Show how a run ended, what it is worth, and where it is."""
    epochs = len(run.history)
    sentence = f"{run.state.capitalize()} after {epochs} epoch{'' if epochs == 1 else 's'}."
    parts: list[ConsoleRenderable] = [Text(f"{sentence} {run.status.get('reason', '')}".strip())]
    if run.metrics:
        parts += [Text(_measured_on(run, run.metrics)), Text(), _figures(_nats(run.metrics))]
    parts.append(_wrote(path, folder_bytes(path)))
    if run.has_model:
        quoted = _quoted(path)
        parts.append(
            _next(
                *([f"sample {quoted} --out grid.png"] if run.config.has("decoder") else []),
                f"evaluate {quoted}"
                + (" --importance-samples 100" if run.config.has("posterior") else ""),
            )
        )
    return Group(*parts)


def evaluated(
    run: Run, path: Path, values: Metrics, likelihood: Measured | None
) -> ConsoleRenderable:
    """Show what a run is worth on test images."""
    if run.config.has("classifier"):
        return _classifier_evaluated(run, cast("ClassifierMetrics", values))
    lines = _nats(values)
    if likelihood:
        error = _error(likelihood["nll_standard_error"])
        lines.append(("Negative log-likelihood", _number(likelihood["nll"]), f"{error}{UNIT}"))
        samples = f"{likelihood['importance_samples']:,} importance samples"
        lines.append(("", "", f"by {samples}, in {time_in_words(likelihood['seconds'])}"))
    if values["loss"] != values["reconstruction"] + values["kl"]:
        beta = f"reconstruction + {run.config.beta:g} KL"
        lines.append(("Loss", _number(values["loss"]), f"{UNIT} ({beta})"))
    others = []
    if "bits_per_dimension" in values:
        others.append(("Bits per dimension", "", _number(values["bits_per_dimension"], 3)))
    if "active_units" in values:
        units = f"{values['active_units']} of {run.config.latent_dim}"
        others.append(("Active latent dimensions", "", units))
    if "lecture_loss" in values:
        others.append(("Loss, lecture's units", "", _number(values["lecture_loss"], 4)))
    classes = Table("Class", title=f"Reconstruction by class, {UNIT}", title_justify="left")
    classes.add_column("Reconstruction", justify="right")
    for name, nats in values.get("reconstruction_per_class", {}).items():
        classes.add_row(Text(name), _number(nats))
    quoted = _quoted(path)
    ahead = [] if likelihood else [f"evaluate {quoted} --importance-samples 100"]
    ahead.append(f"sample {quoted} --out grid.png")
    if not run.config.has("posterior"):
        ahead = ahead[-1:]
    return Group(
        Text(_measured_on(run, values)),
        Text(),
        _figures(lines),
        _figures(others),
        classes,
        _next(*ahead),
    )


def _classifier_evaluated(run: Run, values: ClassifierMetrics) -> ConsoleRenderable:
    return Group(
        Text(_measured_on(run, values)),
        Text(),
        _figures(_accuracies(values)),
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
                title, *("" if value is None else _number(value, digits) for value in cells)
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
            _number(found["calibration_error"], 3),
        )
    classes = _recalls(values["recall"], values["confusion"], "By class, importance sampling")
    error = _error(values["nll_standard_error"])
    nll = ("Negative log-likelihood", _number(values["nll"]), f"{error}{UNIT}, classes summed over")
    return Group(
        Text(
            f"{values['images'].capitalize()} of {values['dataset']} by Bayes' rule, "
            f"{values['importance_samples']:,} samples of each image and class, in "
            f"{time_in_words(values['seconds'])}"
        ),
        table,
        classes,
        Text(),
        _figures([nll]),
    )


def _recalls(
    recalls: Mapping[str, float | None], confusion: Sequence[Sequence[int]], title: str
) -> Table:
    """Show how many of each class are recognised, and what its images are most taken for."""
    table = Table("Class", title=title, title_justify="left")
    table.add_column("Recall", justify="right")
    table.add_column("Most often taken for")
    names = list(recalls)
    for index, (name, recall) in enumerate(recalls.items()):
        others = [0 if at == index else n for at, n in enumerate(confusion[index])]
        most = max(others, default=0)
        wrong = f"{names[others.index(most)]} ({most:,} of {sum(confusion[index]):,})"
        shown = "no images" if recall is None else f"{recall:.1%}"
        table.add_row(Text(name), shown, Text(wrong if most else ""))
    return table


def wrote(out: Path, size: int, what: str, *ahead: str) -> ConsoleRenderable:
    """Show that a file was written, with its size, what is in it, and lines on what to do next."""
    return Group(_wrote(out, size, what), *(Text(line) for line in ahead))


def _layers(title: str, layers: tuple[Layer, ...], parameters: int) -> Table:
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("Layer (type)", "Total")
    table.add_column("Output shape")
    table.add_column("Parameters", f"{parameters:,}", justify="right")
    for layer in layers:
        shape = ", ".join(map(str, ("None", *layer.output_shape)))
        table.add_row(f"{layer.name} ({layer.class_name})", f"({shape})", f"{layer.parameters:,}")
    return table


Line = tuple[str, str, str]  # a figure's name, its value, its standard error and unit


def _nats(metrics: Metrics) -> list[Line]:
    """Return the ELBO and its parts, or what there is of them for an autoencoder."""
    if "accuracy" in metrics:
        return _accuracies(cast("ClassifierMetrics", metrics))
    lines = []
    if "elbo" in metrics:
        error = _error(metrics.get("elbo_standard_error"))
        lines.append(("ELBO", _number(metrics["elbo"]), f"{error}{UNIT}"))
    lines.append(("Reconstruction", _number(metrics["reconstruction"]), UNIT))
    if "elbo" in metrics:
        lines.append(("KL", _number(metrics["kl"]), UNIT))
    return lines


def _accuracies(metrics: ClassifierMetrics) -> list[Line]:
    """Return what a classifier is worth: accuracy, with its interval, and how sure it is."""
    interval = f" (95 %: {metrics['accuracy_low']:.2%} to {metrics['accuracy_high']:.2%})"
    error = _error(metrics["loss_standard_error"])
    lines = [
        ("Accuracy", f"{metrics['accuracy']:.2%}", interval),
        ("Cross-entropy", _number(metrics["loss"], 4), f"{error}{UNIT}"),
    ]
    if "calibration_error" in metrics:
        lines.append(("Calibration error", f"{metrics['calibration_error']:.2%}", ""))
    return lines


def _figures(lines: Iterable[Line]) -> ConsoleRenderable:
    """Lay figures out one below the other."""
    grid = Table.grid("", Column(justify="right"), "", padding=(0, 1))
    for line in lines:
        grid.add_row(*line)
    return Padding(grid, (0, 0, 1, 2))


def _measured_on(run: Run, metrics: Metrics | ClassifierMetrics) -> str:
    return f"{metrics['images'].capitalize()} of {run.dataset}: {metrics['treatment']}"


def _number(value: float | None, digits: int = 2) -> str:
    if value is None or not math.isfinite(value):
        return "no number"
    return f"{value:,.{digits}f}"


def _error(value: float | None) -> str:
    """Return a standard error as it stands behind its figure; one of a single image is none."""
    return f"± {_number(value)} " if value else ""


def _wrote(out: Path, size: int, what: str = "") -> Text:
    return Text(f"Wrote {out} ({decimal(size)})" + (f": {what}" if what else ""))


def _next(*commands: str) -> ConsoleRenderable:
    return Group(Text("Next:"), *(Text(f"  {PROGRAM} {command}") for command in commands))


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
