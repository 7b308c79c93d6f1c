"""The same points twice: a boundary p(y | x) beside a density p(x, y), and a point to ask both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages._components.mounting import mounted_figure
from vae.figures.colors import CLASS_COLORS

__all__ = ["two_models"]

_mount = mounted_figure(__file__, "two_models", "models.js", "two_models.js", css="two_models.css")


def two_models(
    points: np.ndarray,
    labels: np.ndarray,
    *,
    names: tuple[str, str],
    axes: tuple[str, str],
    reach: float,
    key: str,
) -> None:
    """Show both models of points (N, 2) with labels (N,), 0 or 1. All of it is in the browser.

    names: of the two classes. axes: what the coordinates measure. reach: the figure shows -reach to
    reach.
    """
    rows: Sequence[list[float]] = np.column_stack([points, labels]).round(3).tolist()
    data = {
        **{"points": rows, "names": names, "axes": axes, "reach": reach},
        "colors": CLASS_COLORS[:2],
    }
    _mount(key=key, data=data)
