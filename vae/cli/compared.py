"""What the command line tells people of a conditional VAE beside a classifier."""

from __future__ import annotations

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from vae.figures_schema import ClassifiedBy, ClassifierComparison, RocArea, Separation
from vae.server.durations import time_in_words

__all__ = ["compared"]


def compared(values: ClassifierComparison) -> ConsoleRenderable:
    """Show how often each model finds the class, and how well its scores know foreign images."""
    return Group(
        _accuracies(values),
        _areas(values),
        Text(
            "Area under the ROC curve, test images against foreign ones: 1 if the score of a test "
            "image is always the higher one, 0.5 by chance, below that if it is the wrong way "
            f"round. In {time_in_words(values['seconds'])}."
        ),
    )


def _accuracies(values: ClassifierComparison) -> Table:
    table = Table("p(y | x) from")
    for name in ("Test images", "Accuracy", "95 % interval", "Calibration error"):
        table.add_column(name, justify="right")
    elbo, importance = values["elbo"], values["importance"]
    rows: list[tuple[str, int, ClassifiedBy]] = [
        ("Bayes' rule, ELBO", elbo["images"], elbo),
        (
            f"Bayes' rule, {importance['samples']:,} importance samples",
            importance["images"],
            importance,
        ),
    ]
    if "classifier" in values:
        classifier = values["classifier"]
        rows += [
            ("Classifier", elbo["images"], classifier["all"]),
            ("Classifier", importance["images"], classifier["same"]),
        ]
    for name, images, found in rows:
        low, high = found["accuracy_low"], found["accuracy_high"]
        table.add_row(
            name,
            f"{images:,}",
            f"{found['accuracy']:.2%}",
            f"{low:.2%} to {high:.2%}",
            f"{found['calibration_error']:.3f}",
        )
    return table


def _areas(values: ClassifierComparison) -> Table:
    table = Table(f"{values['test_images']:,} test images against")
    for name in ("Images", "log p(x)", "log ratio", "Bayes' max p(y | x)"):
        table.add_column(name, justify="right")
    if "classifier" in values:
        for name in ("Classifier's max p(y | x)", "Classifier's entropy"):
            table.add_column(name, justify="right")
    for found in values["foreign"]:
        cells = [_with_interval(area) for area in _scores(found)]
        table.add_row(Text(found["name"]), f"{found['images']:,}", *cells)
    return table


def _scores(found: Separation) -> list[RocArea]:
    areas = [found["likelihood"], found["ratio"], found["bayes"]]
    if "probability" in found and "entropy" in found:
        areas += [found["probability"], found["entropy"]]
    return areas


def _with_interval(area: RocArea) -> str:
    return f"{area['area']:.3f} ({area['low']:.3f} to {area['high']:.3f})"
