from __future__ import annotations

import numpy as np

from vae.figures.posterior import posterior


def test_it_shows_two_standard_deviations() -> None:
    figure = posterior(np.array([1.0, -1.0]), np.log(np.array([4.0, 0.25])))
    np.testing.assert_allclose(figure.data[0].error_y.array, [4.0, 1.0])
    assert list(figure.data[0].x) == ["z1", "z2"]
