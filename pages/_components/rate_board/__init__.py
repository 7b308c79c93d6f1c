"""Runs between rate and distortion, a dot each: its samples under the pointer, a click opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from pages._components.mounting import mounted
from vae.figures.svg import SVG_SCRIPT

__all__ = ["RatedDot", "rate_board"]

_mount = mounted(
    __file__,
    "rate_board",
    str(SVG_SCRIPT),
    "dots.js",
    "board.js",
    html="board.html",
    css="board.css",
)


class RatedDot(TypedDict):
    """A run: its place among the dots is what the browser knows it by, not its id.

    value: of the setting that it is colored by.
    """

    label: str
    rate: float
    distortion: float
    color: str
    value: str


def rate_board(
    dots: list[RatedDot],
    *,
    front: list[tuple[float, float]],
    legend: dict[str, str],
    setting: str,
    is_log: bool,
    answer: dict[str, Any] | None,
    key: str,
    on_hover: Callable[[], None],
    on_open: Callable[[], None],
) -> None:
    """Show the board; when it sends, the state's `hover` or `open` is the place of a dot.

    front: corners of its steps. legend: colors by the values of the setting. is_log: the rate's
    axis. answer: index, png and text of the dot that was under the pointer.
    """
    _mount(
        key=key,
        data={
            **{"dots": dots, "front": front, "legend": [*legend.items()], "setting": setting},
            **{"isLog": is_log, "answer": answer},
        },
        on_hover_change=on_hover,
        on_open_change=on_open,
    )
