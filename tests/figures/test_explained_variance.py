"""The variance that principal components explain: on a page, and for a paper."""

from __future__ import annotations

import numpy as np
import pytest

from vae.figures.explained_variance import explained_variance, explained_variance_figure
from vae.latent.projections import project_pca
from vae.runs.run import SHIPPED, open_run


def test_it_adds_up() -> None:
    each, together = explained_variance(np.array([0.5, 0.3, 0.2])).data
    np.testing.assert_allclose(each.y, [50, 30, 20])
    np.testing.assert_allclose(together.y, [50, 80, 100])


def test_a_publication_has_what_the_page_has() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    fractions = project_pca(run).variance
    assert fractions is not None
    each, together = explained_variance(fractions).data
    (axes,) = explained_variance_figure(run).axes
    heights = [bar.get_height() for bar in axes.patches]
    np.testing.assert_allclose(heights, 100 * fractions)
    np.testing.assert_allclose(heights, each.y)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), together.y)
    assert axes.lines[0].get_ydata()[-1] == pytest.approx(100.0)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert sorted(names) == sorted([each.name, together.name])
