"""Training images are shifted and mirrored, anew at each step; validation sees them as they are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.keras_setup import tf
from vae.training.shift_and_flip import shift_and_flip
from vae.training.training_images import TrainingImages

SHAPE = (9, 7, 3)
IMAGE = np.random.default_rng(0).integers(0, 256, SHAPE, np.uint8)  # no two shifts look alike
MANY = np.repeat(IMAGE[None], 3000, axis=0)


def moved(config: Config, step: int = 0) -> np.ndarray:
    """Return one image as a step sees its many copies: uint8 (N, H, W, C)."""
    key = tf.constant([config.seed, ~step])
    pixels = shift_and_flip(tf.constant(MANY.reshape(len(MANY), -1)), SHAPE, config, key)
    return pixels.numpy().reshape(MANY.shape)


def expected(shift: int, *, flip: bool) -> dict[bytes, tuple[int, int, bool]]:
    """Return all that may come of the image, with edges repeated: pixels -> down, right, mirror."""
    padded = np.pad(IMAGE, ((shift, shift), (shift, shift), (0, 0)), "edge")
    moves = range(-shift, shift + 1)
    found = {}
    for down, right, mirrored in itertools.product(moves, moves, (False, True)[: 1 + flip]):
        part = padded[shift - down :, shift - right :][: SHAPE[0], : SHAPE[1]]
        found[(part[:, ::-1] if mirrored else part).tobytes()] = down, right, mirrored
    return found


@pytest.mark.parametrize(("shift", "flip"), [(2, False), (0, True), (1, True)])
def test_each_move_is_as_likely_and_there_is_no_other(shift: int, flip: bool) -> None:
    moves = expected(shift, flip=flip)
    counts = dict.fromkeys(moves.values(), 0)
    for image in moved(Config(shift=shift, flip=flip, seed=5)):
        counts[moves[image.tobytes()]] += 1
    mean = len(MANY) / len(counts)
    # Chi square: as many as degrees of freedom, with a deviation of their root times sqrt(2).
    square = sum((count - mean) ** 2 / mean for count in counts.values())
    free = len(counts) - 1
    assert square < free + 4 * np.sqrt(2 * free)


def test_all_follows_from_seed_and_step() -> None:
    config = Config(shift=2, flip=True, seed=5)
    first, again = moved(config, 7), moved(config, 7)
    np.testing.assert_array_equal(first, again)
    for other in (moved(config, 8), moved(config.replace(seed=6), 7)):
        assert (first != other).any(axis=(1, 2, 3)).mean() > 0.9


@pytest.mark.parametrize("binarisation", ["none", "threshold", "fixed", "sampled"])
def test_only_images_that_train_are_moved(binarisation: str, digits: Dataset) -> None:
    still = Config(binarisation=binarisation, seed=3)
    indices, number = tf.range(200), tf.constant(0)
    seen = {
        name: TrainingImages(config, digits.x_train, digits.y_train)
        for name, config in (("still", still), ("moved", still.replace(shift=1, flip=True)))
    }
    for images in seen.values():
        assert images.is_changing == (images is seen["moved"] or binarisation == "sampled")
    validation = [images.for_validation(indices, number).numpy() for images in seen.values()]
    np.testing.assert_array_equal(*validation)
    training = [images.at_step(indices, number).numpy() for images in seen.values()]
    assert (training[0] != training[1]).any(axis=1).mean() > 0.9
    # Of whole pixels: an image that is black and white stays so.
    levels = np.unique(training[1])
    assert set(levels) == {0, 255} if binarisation != "none" else len(levels) > 2
