"""Photographed paper: what is written is read, whatever light, shadow and lines there are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from benchmarks.photographs import PAPERS, photograph, read_back, scores
from vae.data.datasets import find_dataset, load_dataset
from vae.data.paper import ink_on_paper
from vae.data.user_images import ink_of


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("chalk", [False, True], ids=["pen", "chalk"])
def test_photographed_digits_are_read(paper: str, chalk: bool) -> None:
    if find_dataset("mnist") is None:
        pytest.skip("needs MNIST")
    data = load_dataset("mnist", download=False)
    images, labels = data.x_test[:5], data.y_test[:5]
    accuracy, correlation = scores(read_back(images, paper, chalk), images, labels)
    assert accuracy >= 0.8
    assert correlation > 0.65  # 0.26 to 0.39 where the ground counts as ink: benchmarks.photographs


def test_a_shadow_with_nothing_on_it_leaves_no_smudge_beside_the_stroke() -> None:
    stroke = np.zeros((28, 28), np.uint8)
    stroke[4:24, 12:16] = 255
    ink = ink_of(photograph(stroke, "all", np.random.default_rng(1)))
    rows, columns = np.nonzero(ink)
    # 20 x 4 of 28 pixels, drawn over 200.
    assert np.ptp(rows) == pytest.approx(143, abs=12)
    assert np.ptp(columns) == pytest.approx(29, abs=12)


def test_a_clean_scan_and_a_thing_on_a_plain_ground_are_left_alone() -> None:
    scan = np.full((200, 200), 0.95)
    scan[60:140, 90:105] = 0.1
    scan[:20, 20:30] = 0.1  # a stroke that runs off the paper
    assert ink_on_paper(scan) is None
    picture = Image.fromarray((255 * scan).astype(np.uint8)).convert("RGBA")
    assert np.array_equal(ink_of(picture) > 0, scan < 0.5)
    thing = np.full((200, 200), 0.95)
    thing[20:, 40:160] = 0.1  # it fills more than half of the picture
    assert ink_on_paper(thing) is None
    assert ink_on_paper(np.random.default_rng(0).random((28, 28))) is None  # no photograph
