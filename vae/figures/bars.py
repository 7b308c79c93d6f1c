"""Bars with names and numbers, as plain data: a page shows them as a table."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BarSeries", "Bars"]


class BarSeries(NamedTuple):
    """name: what is measured. values: one for each row. color: of its bars."""

    name: str
    values: tuple[float, ...]
    color: str


class Bars(NamedTuple):
    """Rows of bars that begin at 0.

    along: what the names are. unit: of all values. is_stacked: the series of a row follow one
    another, and their sum stands at the end; otherwise each has a column. own: the row that stands
    out. form: how a number is written. row_colors: of the rows, where each has its own.
    """

    along: str
    unit: str
    names: tuple[str, ...]
    series: tuple[BarSeries, ...]
    is_stacked: bool = False
    own: int | None = None
    form: str = ",.0f"
    row_colors: tuple[str, ...] = ()

    @property
    def longest(self) -> float:
        """The value that the longest bar stands for; 1 where all are 0."""
        rows = zip(*(each.values for each in self.series), strict=True)
        return max(sum(row) if self.is_stacked else max(row) for row in rows) or 1.0
