"""What tells classes apart: colours, and beyond ten of them marks."""

from __future__ import annotations

from vae.figures.class_looks import MANY, class_looks, class_mark
from vae.figures.colors import class_color


def test_fifty_classes_differ_in_color_or_mark() -> None:
    looks = class_looks([f"class {label}" for label in range(50)])
    assert len(set(zip(looks["colors"], looks["marks"], strict=True))) == 50
    assert looks["colors"][13] == class_color(3)


def test_ten_classes_are_dots_as_before() -> None:
    assert {class_mark(label) for label in range(MANY)} == {"circle"}
    assert class_mark(MANY) != "circle"
    assert class_mark(255) in class_looks(["a"] * 50)["marks"]  # as many as there may be
