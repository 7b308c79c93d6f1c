"""A color for each value of a setting: along a ramp if it is a number, else one for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae.figures.colors import HUES, class_color
from vae.runs.differences import setting_rows, setting_values
from vae.runs.run import Run

__all__ = ["coloring_settings", "setting_colors"]

# From low to high; each keeps a contrast of 3:1 on white and on the dark theme's background.
RAMP = ("#3b6fe0", "#a855f7", "#d6409f", "#e8590c")
ONE = HUES["z"]


def coloring_settings(runs: Sequence[Run]) -> dict[str, str]:
    """Return the settings that differ among runs, by their names their labels."""
    return {row.name: row.label for row in setting_rows(runs)[1:] if row.differs}


def setting_colors(runs: Sequence[Run], name: str) -> tuple[list[str], dict[str, str]]:
    """Return a color for each run, and the colors by the texts of the values that they stand for.

    Numbers lie on the ramp by their order, not by their size: a setting may go over powers of ten.
    name: of a setting; "" or one that no run has: one color for all.
    """
    row = next((row for row in setting_rows(runs) if name and row.name == name), None)
    if row is None:
        return [ONE] * len(runs), {}
    values = [setting_values(run).get(name) for run in runs]
    texts = dict(zip(values, row.texts, strict=True))
    ordered = sorted(texts, key=_order)
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in ordered)
    colors = {
        value: _on_ramp(place / max(len(ordered) - 1, 1)) if numbers else class_color(place)
        for place, value in enumerate(ordered)
    }
    legend = {texts[value] or "none": color for value, color in colors.items()}
    return [colors[value] for value in values], legend


def _order(value: Any) -> tuple[bool, float, str]:
    """Sort numbers by their size, all else by its text, and what a run has not last."""
    is_number = isinstance(value, int | float)
    return (value is None or not is_number, value if is_number else 0, str(value))


def _on_ramp(fraction: float) -> str:
    stops = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in RAMP]
    places = np.linspace(0.0, 1.0, len(RAMP))
    mixed = [np.interp(fraction, places, [stop[part] for stop in stops]) for part in range(3)]
    return "#" + "".join(f"{round(part):02x}" for part in mixed)
