"""A set in several array files: those for training and for tests, and labels in files beside."""

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from tests.data.importing.array_files import IMAGES, LABELS
from vae.data.importing.array_kinds import array_files_among
from vae.data.importing.arrays import KeptArrays
from vae.data.importing.exchange import ArrayFile
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment
from vae.errors import DatasetError

PLAIN = Treatment(size=8, invert="no")


def table(path: Path, rows: slice) -> None:
    names = ["label", *(f"pixel{at}" for at in range(64))]
    cells = np.column_stack([LABELS[rows], IMAGES[rows].reshape(-1, 64)])
    if path.suffix == ".csv":
        np.savetxt(path, cells, "%d", ",", header=",".join(names), comments="")
    else:
        columns = dict(zip(names, cells.T, strict=True))
        pyarrow.parquet.write_table(pyarrow.table(columns), path)


@pytest.mark.parametrize(
    ("training", "test"),
    [
        (["fashion-mnist_train.csv"], ["fashion-mnist_test.csv"]),
        (["train-00000-of-00001.parquet"], ["test-00000-of-00001.parquet"]),
        (["training.csv"], ["validation.csv"]),
        (["digits.npz"], ["digits test.npz"]),
        (["x_train.npy", "y_train.npy"], ["x_test.npy", "y_test.npy"]),
        (["k-train-imgs.npz", "k-train-labels.npz"], ["k-test-imgs.npz", "k-test-labels.npz"]),
    ],
)
def test_files_for_training_and_for_tests_are_one_set(
    tmp_path: Path, training: list[str], test: list[str]
) -> None:
    for names, rows in ((training, slice(0, 4)), (test, slice(4, 6))):
        for name, array in zip(names, (IMAGES[rows], LABELS[rows]), strict=False):
            path = tmp_path / name
            if path.suffix in (".csv", ".parquet"):
                table(path, rows)
            elif path.suffix == ".npy":
                np.save(path, array)
            elif len(names) == 1:
                np.savez(path, x=IMAGES[rows], y=LABELS[rows])
            else:
                np.savez(path, array)
    contents = scan(tmp_path)
    assert (contents.count, contents.test_count, contents.classes["1"]) == (6, 2, 2)
    imported = import_pictures(tmp_path, PLAIN)
    np.testing.assert_array_equal(imported.images[..., 0], IMAGES)
    assert imported.labels.tolist() == LABELS.tolist()
    assert imported.test is not None
    assert imported.test.tolist() == [False] * 4 + [True] * 2


def test_three_parts_and_what_is_no_set() -> None:
    assert array_files_among(["a/test.csv", "a/README.md", "a/val.csv", "a/train.csv"]) == (
        ArrayFile("a/train.csv"),
        ArrayFile("a/val.csv"),
        ArrayFile("a/test.csv", is_test=True),
    )
    assert array_files_among(["latest.csv"]) == (ArrayFile("latest.csv"),)
    for names in (["train.csv", "test.csv", "sample_submission.csv"], ["a.csv", "latest.csv"],
                  ["x_train.npy", "images_train.npy"]):  # fmt: skip
        with pytest.raises(DatasetError, match=f"{names[-1]}"):
            array_files_among(names)
    with pytest.raises(DatasetError, match="beside labels"):
        array_files_among(["y_train.npy"])


def test_labels_of_one_part_alone_are_refused(tmp_path: Path) -> None:
    table(tmp_path / "train.csv", slice(0, 4))
    np.savetxt(tmp_path / "test.csv", IMAGES[4:].reshape(2, 64), "%d", ",")  # as on Kaggle
    with pytest.raises(DatasetError, match="labels for one of them"):
        scan(tmp_path)


def test_arrays_are_read_once_for_all_treatments(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, IMAGES)
    kept = KeptArrays()
    first = import_pictures(path, PLAIN, kept=kept)
    folder = Path(kept.found.pixels.filename).parent
    path.unlink()
    again = import_pictures(path, Treatment(size=16, invert="yes"), kept=kept, limit=3)
    assert (first.images.shape, again.images.shape) == ((6, 8, 8, 1), (3, 16, 16, 1))
    assert folder.exists()
    del kept, first, again
    assert not folder.exists()
