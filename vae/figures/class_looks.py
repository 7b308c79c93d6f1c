"""How classes are told apart: by colour; beyond ten, where colours repeat, by their marks too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

from vae.figures.colors import CLASS_COLORS, class_color

__all__ = [
    "MANY",
    "MARKS_SCRIPT",
    "MARKS_STYLE",
    "ClassLooks",
    "Mark",
    "class_looks",
    "class_mark",
]

Mark = Literal["circle", "square", "diamond", "cross", "x"]
MARKS: tuple[Mark, ...] = ("circle", "square", "diamond", "cross", "x")
MANY = len(CLASS_COLORS)  # more classes than this have marks, names among their dots, and lists
MARKS_SCRIPT = Path(__file__).with_name("marks.js")
MARKS_STYLE = Path(__file__).with_name("marks.css")


class ClassLooks(TypedDict):
    """What a component needs to draw classes and their legend: one entry each."""

    classes: list[str]
    colors: list[str]
    marks: list[Mark]


def class_mark(label: int) -> Mark:
    """Return the mark of a class: a circle of the first ten, then another for each ten."""
    return MARKS[label // MANY % len(MARKS)]


def class_looks(names: Sequence[str]) -> ClassLooks:
    """Return names, colours and marks of the classes; of fifty no two look alike."""
    labels = range(len(names))
    return {
        "classes": list(names),
        "colors": [class_color(label) for label in labels],
        "marks": [class_mark(label) for label in labels],
    }
