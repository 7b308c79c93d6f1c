"""What a run costs per image, among reference lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.figures.publication import INCHES, literal, new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Line", "reference_bars", "reference_figure"]

ROW_INCHES = 0.3
PARTS = {"reconstruction": "Reconstruction", "kl": "KL"}
TITLE = "nats per image, on test images"


class Line(NamedTuple):
    """name: what it is. reconstruction, kl: nats per image. is_own: whether it is the run's."""

    name: str
    reconstruction: float
    kl: float = 0.0
    is_own: bool = False

    @property
    def total(self) -> float:
        """Nats per image."""
        return self.reconstruction + self.kl

    @property
    def text(self) -> str:
        """The total as it stands at the end of its bar."""
        return f"{self.total:.1f}"


def reference_bars(lines: Sequence[Line]) -> Bars:
    """Return what each line costs, reconstruction and KL one after the other, the best on top."""
    ordered = _best_last(lines)[::-1]
    own = next((index for index, line in enumerate(ordered) if line.is_own), None)
    series = tuple(
        BarSeries(title, tuple(getattr(line, part) for line in ordered), HUES[part])
        for part, title in PARTS.items()
    )
    names = tuple(line.name for line in ordered)
    return Bars("model", TITLE, names, series, is_stacked=True, own=own, form=".1f")


def reference_figure(lines: Sequence[Line]) -> Figure:
    """Plot the same for a paper, where no line stands out."""
    ordered = _best_last(lines)
    names = [literal(line.name) for line in ordered]
    figure, axes = new_axes(1.3 * INCHES, 1.0 + ROW_INCHES * len(ordered))
    bars, ends = [], np.zeros(len(ordered))
    for part, title in PARTS.items():
        widths = np.array([getattr(line, part) for line in ordered])
        bars.append(axes.barh(names, widths, left=ends, color=HUES[part], label=title))
        ends = ends + widths
    axes.bar_label(bars[-1], [line.text for line in ordered], padding=3)
    axes.margins(x=0.12)
    axes.set(xlabel=TITLE)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return figure


def _best_last(lines: Sequence[Line]) -> list[Line]:
    """Return the lines in the order of a paper's bars, which go upwards."""
    return sorted(lines, key=lambda line: -line.total)
