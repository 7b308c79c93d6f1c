"""What the command line tells people of a conditional VAE beside a classifier."""

from __future__ import annotations

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from vae.schemas.classification import ClassifiedBy, ClassifierComparison, RocArea, Separation
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
            f"round. p(y | x): the highest of an image. In {time_in_words(values['seconds'])}."
        ),
    )


def _accuracies(values: ClassifierComparison) -> Table:
    table = Table("p(y | x) from")
    for name in ("Images", "Accuracy", "95 % interval", "Calibration"):
        table.add_column(name, justify="right")
    elbo, importance = values["elbo"], values["importance"]
    rows: list[tuple[str, int, ClassifiedBy]] = [
        ("Bayes, by the ELBO", elbo["images"], elbo),
        (f"Bayes, {importance['samples']:,} samples", importance["images"], importance),
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
    table = Table(f"{values['test_images']:,} test images against", "Score")
    for name in ("Area", "95 % interval"):
        table.add_column(name, justify="right")
    for found in values["foreign"]:
        first = f"{found['images']:,} × {found['name']}"
        for name, area in _scores(found):
            cells = f"{area['area']:.3f}", f"{area['low']:.3f} to {area['high']:.3f}"
            table.add_row(Text(first), name, *cells)
            first = ""
        table.add_section()
    return table


def _scores(found: Separation) -> list[tuple[str, RocArea]]:
    areas = [
        ("log p(x)", found["likelihood"]),
        ("log ratio", found["ratio"]),
        ("Bayes, p(y | x)", found["bayes"]),
    ]
    if "probability" in found and "entropy" in found:
        areas += [
            ("classifier, p(y | x)", found["probability"]),
            ("classifier, −entropy", found["entropy"]),
        ]
    return areas
