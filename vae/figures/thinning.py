"""Fewer points of a curve that has more than a screen has pixels for, with all of its spikes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

__all__ = ["thinned"]


def thinned(curves: Sequence[Sequence[float]], max_count: int) -> list[int]:
    """Return which points of curves over one axis to show, in their order: at most max_count.

    curves: each of N values. The points are cut into stretches of equal length; of each stretch
    stay the first and the last, and the smallest and the largest of every curve. So a curve covers
    the same heights as before, and all of it stays where there are no more points than that.
    """
    count = len(curves[0])
    if count <= max_count:
        return list(range(count))
    of_a_stretch = 2 + 2 * len(curves)
    ends = np.linspace(0, count, max(1, max_count // of_a_stretch) + 1, dtype=int)
    values = np.asarray(curves, dtype=np.float64)  # (curves, N)
    chosen: set[int] = set()
    for begin, end in pairwise(ends):
        stretch = values[:, begin:end]
        chosen.update((begin, end - 1))
        chosen.update(begin + stretch.argmin(axis=1), begin + stretch.argmax(axis=1))
    return sorted(map(int, chosen))
