"""The field for a conditional run's class, as a person finds and uses it."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled

CLASSES = 10  # of Digits


def choice(app: AppTest, label: str = "Class") -> Any:
    return labelled(app.segmented_control, label)


def choose_class(app: AppTest, label: int) -> AppTest:
    return act(choice(app).set_value(label))


def has_class_field(app: AppTest) -> bool:
    return any(each.label.startswith("Class") for each in app.segmented_control)
