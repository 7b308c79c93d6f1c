"""Names where there is little room."""

from __future__ import annotations

import numpy as np

from vae.figures.classes import class_cost_bars, class_counts
from vae.figures.clouds import cloud3d
from vae.latent.projections import Projection
from vae.runs.short_names import MAX_LETTERS, shortened


def test_what_fits_stays() -> None:
    assert shortened(("0", "T-shirt/top", "x" * MAX_LETTERS)) == ("0", "T-shirt/top", "x" * 24)


def test_what_does_not_ends_in_an_ellipsis() -> None:
    assert shortened(("a" * 200, "short")) == ("a" * 23 + "…", "short")
    assert shortened(("word " * 40,)) == ("word word word word wor…",)


def test_what_is_cut_alike_is_distinguished() -> None:
    names = ("a" * 200 + "b", "other", "a" * 200 + "c")
    found = shortened(names)
    assert found == ("a" * 21 + "… 0", "other", "a" * 21 + "… 2")
    many = shortened([f"{'a' * 200}{label}" for label in range(256)])
    assert len(set(many)) == 256
    assert max(map(len, many)) == MAX_LETTERS


def test_figures_have_room_for_them() -> None:
    names = ("a" * 200, "b" * 200)
    y = np.array([0, 1])
    solid = Projection(np.zeros((2, 3)), y, np.arange(2), ("x", "y", "z"))
    assert [trace.name for trace in cloud3d(solid, names).data] == ["a" * 23 + "…", "b" * 23 + "…"]
    for bars in (class_counts(y, names), class_cost_bars(dict.fromkeys(names, 1.0))):
        assert bars.names == ("a" * 23 + "…", "b" * 23 + "…")
