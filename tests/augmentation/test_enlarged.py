"""The enlarged data set: real and synthetic images told apart, opened by others."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from vae.augmentation.enlarged import Enlarged, enlarge, folder_names, write_enlarged
from vae.augmentation.seeds import few_indices
from vae.augmentation.study import Study
from vae.data.datasets import Dataset
from vae.errors import StudyError


@pytest.fixture(scope="module")
def enlarged(finished: Study, stripes: Dataset) -> Enlarged:
    return enlarge(finished, stripes, "vae", 3, seed=1)


def test_the_real_images_are_those_of_the_seed(enlarged: Enlarged, stripes: Dataset) -> None:
    chosen = few_indices(stripes.y_train, 3, 1)
    real = ~enlarged.synthetic
    np.testing.assert_array_equal(enlarged.images[real], stripes.x_train[chosen])
    np.testing.assert_array_equal(enlarged.labels[real], stripes.y_train[chosen])


def test_the_synthetic_ones_are_those_that_were_chosen(enlarged: Enlarged, finished: Study) -> None:
    (choice,) = finished.choices
    assert enlarged.synthetic.sum() == 6 * choice["copies"]
    assert (enlarged.sampler, enlarged.generator, enlarged.seed) == (choice["sampler"], "vae", 1)
    made = enlarged.labels[enlarged.synthetic]
    assert (np.bincount(made) == 3 * choice["copies"]).all()


def test_it_is_the_same_again(enlarged: Enlarged, finished: Study, stripes: Dataset) -> None:
    np.testing.assert_array_equal(enlarge(finished, stripes, "vae", 3, 1).images, enlarged.images)


def test_arrays(enlarged: Enlarged, tmp_path: Path) -> None:
    write_enlarged(enlarged, tmp_path / "e.NPZ")
    with np.load(tmp_path / "e.NPZ", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["x"], enlarged.images)
        np.testing.assert_array_equal(arrays["y"], enlarged.labels)
        np.testing.assert_array_equal(arrays["synthetic"], enlarged.synthetic)
        assert arrays["class_names"].tolist() == ["level", "upright"]
        assert (str(arrays["generator"]), int(arrays["seed"])) == ("vae", 1)


def test_keras_opens_the_folders(enlarged: Enlarged, tmp_path: Path) -> None:
    write_enlarged(enlarged, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        archive.extractall(tmp_path / "out")
        table = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode())))
    found = keras.utils.image_dataset_from_directory(
        tmp_path / "out", shuffle=False, batch_size=None, image_size=(12, 9), verbose=False
    )
    assert found.class_names == ["level", "upright"]
    pairs = [(image.numpy().astype(np.uint8), int(label)) for image, label in found]
    assert len(pairs) == len(enlarged.labels) == len(table)
    ours = sorted(
        (int(y), x.tobytes()) for x, y in zip(enlarged.images, enlarged.labels, strict=True)
    )
    assert sorted((label, image.tobytes()) for image, label in pairs) == ours
    for row, synthetic in zip(table, enlarged.synthetic, strict=True):
        assert row["synthetic"] == str(int(synthetic))
        assert ("synthetic-vae-seed1-" in row["file"]) == synthetic
        assert row["generator"] == ("vae" if synthetic else "")


def test_the_same_set_makes_the_same_file(enlarged: Enlarged, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_enlarged(enlarged, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (("0", "1"), ["0", "1"]),
        (("T-shirt/top", "Bag"), ["T-shirt-top", "Bag"]),
        (("a/b", "a:b"), ["000-a-b", "001-a-b"]),
        (("Cat", "cat"), ["000-Cat", "001-cat"]),
        (("con", "..", "x"), ["000-con", "001", "002-x"]),
    ],
)
def test_every_class_has_a_folder_of_its_own(names: tuple[str, ...], folders: list[str]) -> None:
    assert folder_names(names) == folders


class TestRefused:
    def test_another_suffix(self, enlarged: Enlarged, tmp_path: Path) -> None:
        with pytest.raises(StudyError, match=r"\.npz or \.zip"):
            write_enlarged(enlarged, tmp_path / "e.tar")

    def test_what_the_study_has_not(self, finished: Study, stripes: Dataset) -> None:
        for generator, per_class in (("gan", 3), ("vae", 4)):
            with pytest.raises(StudyError, match=r"vae of 3\. Received"):
                enlarge(finished, stripes, generator, per_class)

    @pytest.mark.parametrize("seed", [-1, 2])
    def test_a_seed_that_it_has_not(self, finished: Study, stripes: Dataset, seed: int) -> None:
        with pytest.raises(StudyError, match=r"are 0 to 1\. Received"):
            enlarge(finished, stripes, "vae", 3, seed)

    def test_other_images(self, finished: Study, digits: Dataset) -> None:
        with pytest.raises(StudyError, match="images that it began with"):
            enlarge(finished, digits, "vae", 3)
