"""The reliability diagram: bars where there are images, and the line where both are equal."""

from __future__ import annotations

import numpy as np
import pytest

from vae.figures.reliability import reliability_diagram
from vae.model.calibration import reliability_bins


def test_each_bar_is_the_accuracy_of_a_bin() -> None:
    sure = np.array([0.95, 0.95, 0.95, 0.95, 0.35])
    bins = reliability_bins(sure, np.array([True, True, True, False, False]), bins=10)
    bars, equal = reliability_diagram(bins).data
    assert list(bars.x) == pytest.approx([35.0, 95.0])
    assert list(bars.y) == pytest.approx([0.0, 75.0])
    assert list(bars.width) == pytest.approx([10.0, 10.0])
    assert list(equal.x) == list(equal.y) == [0, 100]
