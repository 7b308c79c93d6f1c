"""Pictures that a model has never seen: noise, rectangles, other data sets at hand or stored."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from vae.data.specs import DATASETS
from vae.evaluation.foreign_images import (
    foreign_images,
    noise_images,
    other_datasets,
    rectangles,
    stored_images,
)
from vae.runs.run import Run


@pytest.fixture
def _no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no data set but Digits."""
    for name in ("VAE_DATA_DIR", "KERAS_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setitem(sys.modules, "animal_mnist", None)


def test_noise_is_even() -> None:
    images = noise_images((9, 7, 3), 300)
    assert (images.shape, images.dtype) == ((300, 9, 7, 3), np.uint8)
    assert np.bincount(images.ravel(), minlength=256).min() > 100
    assert abs(np.corrcoef(images[:, :, 1:].ravel(), images[:, :, :-1].ravel())[0, 1]) < 0.02


def test_a_rectangle_is_one() -> None:
    for image in rectangles((9, 7, 1), 50):
        rows, columns = np.flatnonzero(image.any((1, 2))), np.flatnonzero(image.any((0, 2)))
        inside = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert (inside == 255).all()
        assert image.sum() == inside.sum()  # black outside


@pytest.mark.parametrize(
    ("own", "same"),
    [
        ("cifar10", {"cifar10", "cifar10_grey"}),
        ("emnist_letters", {"emnist_letters", "emnist_balanced"}),
        ("emnist_balanced", {"emnist_letters", "emnist_balanced", "mnist"}),
        ("mnist", {"mnist", "emnist_balanced"}),
        ("fashion_mnist", {"fashion_mnist"}),
    ],
)
def test_pictures_of_the_same_source_are_not_foreign(
    own: str, same: set[str], conditional_run: Run
) -> None:
    spec = DATASETS[own]
    known = {"dataset": own, "fingerprint": spec.fingerprint, "image_shape": spec.image_shape}
    object.__setattr__(
        run := Run(conditional_run.path),
        "info",
        {**conditional_run.info, **known, "class_names": spec.class_names},
    )
    assert {*DATASETS} - {*other_datasets(run)} == same


@pytest.mark.usefixtures("_no_data")
def test_of_what_is_not_at_hand_shipped_runs_bring_a_few(conditional_run: Run) -> None:
    assert other_datasets(conditional_run)[:3] == ["mnist", "fashion_mnist", "animals"]
    found = foreign_images(conditional_run, 30)
    assert {name: images.shape for name, images in found.items()} == {
        "Noise": (30, 8, 8, 1),
        "Rectangles": (30, 8, 8, 1),
        "MNIST": (10, 8, 8, 1),
        "Animals": (10, 8, 8, 1),
    }
    assert all(images.dtype == np.uint8 for images in found.values())


@pytest.mark.usefixtures("_no_data")
def test_what_is_at_hand_is_chosen_at_random(conditional_run: Run) -> None:
    object.__setattr__(
        run := Run(conditional_run.path),
        "info",
        {**conditional_run.info, "dataset": "animals", "fingerprint": ""},
    )
    first, other = (foreign_images(run, 20, seed)["Digits"] for seed in (0, 1))
    assert first.shape == (20, 8, 8, 1)
    assert not np.array_equal(first, other)


def test_stored_images_are_scaled() -> None:
    small, large = stored_images("mnist", (8, 8, 1)), stored_images("mnist", (56, 56, 3))
    assert small.shape == (10, 8, 8, 1)
    assert large.shape == (10, 56, 56, 3)
    assert small.mean() == pytest.approx(large.mean(), rel=0.1)  # the same pictures
    assert stored_images("fashion_mnist", (8, 8, 1)).shape == (0, 8, 8, 1)
