"""Tries all that a page offers: every widget that it shows, whatever it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamlit.runtime.state.common import TESTING_KEY
from streamlit.testing.v1 import AppTest

__all__ = ["try_everything"]

FEW = 4  # options, of which each is tried; of more the first and the last
LEFT_OUT = ("Run", "View", "Delete this run")  # they are about another run, or none


def try_everything(app: AppTest) -> Iterator[tuple[str, AppTest]]:
    """Do one thing after the other; yield what was done, and the app as it is then.

    What was shown at first is tried. It may not be there any more when its turn comes.
    """
    for kind, label in [_name(widget) for widget in _widgets(app)]:
        for index in range(_choices(_find(app, kind, label))):
            widget = _find(app, kind, label)
            if widget is None or widget.proto.disabled:
                break
            yield f"{kind} {label!r}, {index}", _do(app, widget, index)


def _widgets(app: AppTest) -> list[Any]:
    """Return what a user can change, but for the run's menu."""
    found = [each for each in app.main if type(each).__name__ in _CHOICES]
    return [each for each in found if each.label and each.label not in LEFT_OUT]


def _name(widget: Any) -> tuple[str, str]:
    return type(widget).__name__, widget.label


def _find(app: AppTest, kind: str, label: str) -> Any:
    return next((each for each in _widgets(app) if _name(each) == (kind, label)), None)


def _choices(widget: Any) -> int:
    return _CHOICES[type(widget).__name__](widget) if widget is not None else 0


def _options(widget: Any) -> list[Any]:
    """Return the options that are tried, as they are shown."""
    all_of_them = list(widget.options)
    return all_of_them if len(all_of_them) <= FEW else [all_of_them[0], all_of_them[-1]]


_CHOICES = {
    "Button": lambda _: 1,
    "Toggle": lambda _: 1,
    "Slider": lambda _: 2,
    "NumberInput": lambda _: 1,
    "ButtonGroup": lambda widget: len(_options(widget)),
    "Selectbox": lambda widget: len(_options(widget)),
    "SelectSlider": lambda widget: len(_options(widget)),
}


def _do(app: AppTest, widget: Any, index: int) -> AppTest:
    kind = type(widget).__name__
    if kind == "Button":
        widget.click()
    elif kind == "Toggle":
        widget.set_value(not widget.value)
    elif kind == "Slider":
        widget.set_value((widget.min, widget.max)[index])
    elif kind == "NumberInput":
        widget.set_value(widget.value + (widget.step if widget.value < widget.max else 0))
    else:
        # AppTest wants the value behind an option; this one is given what is shown.
        app.session_state[TESTING_KEY][widget.id] = str
        widget.set_value(_options(widget)[index])
    return app.run()
