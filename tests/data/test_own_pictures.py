"""Data sets of one's own: from arrays, and from folders and zips of pictures."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae.data.datasets import Dataset, load_dataset
from vae.errors import DatasetError

DIGITS = load_dataset("digits")


def write_pictures(folder: Path, count: int = 100) -> None:
    """Write digits dark on light, one folder a class, as a person scans them."""
    for index, (image, label) in enumerate(
        zip(DIGITS.x_train[:count], DIGITS.y_train[:count], strict=True)
    ):
        path = folder / DIGITS.class_names[label] / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - image[:, :, 0]).save(path)


def pixels_of(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def test_of_each_class_a_fraction_is_tested_and_copies_stay_on_one_side() -> None:
    images = np.concatenate([DIGITS.x_train[:300], DIGITS.x_train[:300]])
    labels = np.concatenate([DIGITS.y_train[:300]] * 2)
    data = Dataset.from_arrays("twice", images[..., 0], labels, test_fraction=0.25, seed=3)
    assert (data.image_shape, data.class_names) == ((8, 8, 1), tuple("0123456789"))
    assert len(data.x_train) + len(data.x_test) == 600
    assert not pixels_of(data.x_train) & pixels_of(data.x_test)
    wanted = np.bincount(labels) / 4
    assert np.abs(np.bincount(data.y_test) - wanted).max() <= 1  # copies go in pairs
    again = Dataset.from_arrays("twice", images[..., 0], labels, test_fraction=0.25, seed=3)
    other = Dataset.from_arrays("twice", images[..., 0], labels, test_fraction=0.25, seed=4)
    assert again.fingerprint == data.fingerprint != other.fingerprint


def test_images_without_labels_are_one_class() -> None:
    data = Dataset.from_arrays("all", DIGITS.x_train[:50])
    assert data.class_names == ("all",)
    assert (len(data.x_train), len(data.x_test)) == (40, 10)


def test_a_split_of_ones_own_is_kept() -> None:
    is_test = np.arange(50) % 5 == 0
    data = Dataset.from_arrays("own", DIGITS.x_train[:50], DIGITS.y_train[:50], is_test=is_test)
    assert np.array_equal(data.x_test, DIGITS.x_train[:50:5])
    assert np.array_equal(data.y_train, DIGITS.y_train[:50][~is_test])


def test_a_split_that_is_not_one_for_each_image_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"one for each of 50 images. Received: \(49,\)"):
        Dataset.from_arrays("own", DIGITS.x_train[:50], is_test=np.zeros(49, bool))


@pytest.mark.parametrize("fraction", [0, 1, -0.5, float("nan")])
def test_a_fraction_that_leaves_one_side_empty_is_refused(fraction: float) -> None:
    with pytest.raises(DatasetError, match=f"fraction above 0 and below 1. Received: {fraction}"):
        Dataset.from_arrays("own", DIGITS.x_train[:9], test_fraction=fraction)


def test_one_image_is_refused() -> None:
    with pytest.raises(DatasetError, match="two images of a class"):
        Dataset.from_arrays("own", DIGITS.x_train[:1])


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_pictures_in_folders_become_a_data_set(zipped: bool, tmp_path: Path) -> None:
    source = tmp_path / "my-digits"
    write_pictures(source)
    (source / "0" / "broken.png").write_bytes(b"no picture")
    (source / ".DS_Store").write_bytes(b"of a file manager")
    if zipped:
        with zipfile.ZipFile(tmp_path / "my-digits.zip", "w") as archive:
            for path in sorted(source.rglob("*")):
                archive.write(path, path.relative_to(source))
        source = tmp_path / "my-digits.zip"
    with pytest.warns(UserWarning, match=r"1 file of my-digits.* left out: 0/broken.png: not a"):
        data = Dataset.from_folder(source, size=8)
    assert (data.name, data.class_names) == ("my-digits", tuple("0123456789"))
    images = np.concatenate([data.x_train, data.x_test])
    labels = np.concatenate([data.y_train, data.y_test])
    # Dark on light became light on dark, each with its own label.
    known = {
        image.tobytes(): label
        for image, label in zip(DIGITS.x_train[:100], DIGITS.y_train[:100], strict=True)
    }
    assert [known[image.tobytes()] for image in images] == labels.tolist()
    assert len(images) == 100
    assert np.unique(data.y_test).tolist() == list(range(10))
