"""Arrays of every kind come out as they were, classes and split too."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.data.importing.array_files import IMAGES, LABELS, idx, table_of_files, written
from vae.data.importing.array_labels import classes_of as classes_of_labels
from vae.data.importing.contents import ArrayChoice, Imported
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment
from vae.errors import DatasetError

PLAIN = Treatment(size=8, invert="no")


def classes_of(imported: Imported) -> list[str]:
    return [imported.class_names[label] for label in imported.labels]


@pytest.mark.parametrize(
    "name", ["a.npz", "a.npy", "a.csv", "a.parquet", "a-idx3-ubyte", "a-idx3-ubyte.gz"]
)
def test_arrays_come_out_as_they_were(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name)
    imported = import_pictures(path, PLAIN)
    np.testing.assert_array_equal(imported.images[..., 0], IMAGES)
    labelled = path.suffix in (".npz", ".csv", ".parquet")
    assert imported.labels.tolist() == (LABELS.tolist() if labelled else [0] * 6)
    contents = scan(path)
    assert contents.classes == ({"0": 2, "1": 2, "2": 2} if labelled else {"all": 6})
    assert (contents.count, contents.test_count, imported.test) == (6, 0, None)
    cut = tmp_path / f"cut{path.suffix}"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    with pytest.raises(DatasetError):
        import_pictures(cut, PLAIN)


def test_a_split_stays_and_class_names_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(
        path,
        x_train=IMAGES[:4, ..., None],
        y_train=LABELS[:4],
        x_test=IMAGES[4:, ..., None],
        y_test=LABELS[4:],
        class_names=np.array(["zebra", "ape", "<b>", "none of them"]),
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("about.json", "{}")  # as in an exported set of one's own
    contents = scan(path)
    assert contents.classes == {"zebra": 2, "ape": 2, "<b>": 2, "none of them": 0}
    assert (contents.count, contents.test_count) == (6, 2)
    imported = import_pictures(path, PLAIN)
    np.testing.assert_array_equal(imported.images[..., 0], IMAGES)
    assert imported.class_names == ("zebra", "ape", "<b>", "none of them")
    assert imported.labels.tolist() == LABELS.tolist()
    assert imported.test is not None
    assert imported.test.tolist() == [False] * 4 + [True] * 2
    some = import_pictures(path, PLAIN, limit=3)
    assert (classes_of(some), len(some.images)) == (["zebra", "ape", "<b>"], 3)
    chosen = import_pictures(path, PLAIN, arrays=ArrayChoice("x_test"))
    assert (len(chosen.images), chosen.test) == (2, None)


def test_a_split_is_found_by_other_names_and_an_odd_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    parts = {"train": IMAGES[:3], "val": IMAGES[3:5], "test": IMAGES[5:]}
    np.savez(path, **{f"{part}_images": images for part, images in parts.items()})
    assert (scan(path).count, scan(path).test_count) == (6, 1)
    np.savez(path, X_train=IMAGES[:3], X_val=IMAGES[3:], y_train=LABELS[:3], y_val=LABELS[3:])
    assert (scan(path).count, scan(path).test_count) == (6, 3)
    np.savez(path, x_train=IMAGES[:3], x_test=IMAGES[3:], y_train=LABELS[:3])
    with pytest.raises(DatasetError, match="labels for one of them"):
        scan(path)
    np.savez(path, x_train=IMAGES[:3], x_test=IMAGES[3:, :4])
    with pytest.raises(DatasetError, match="one size"):
        import_pictures(path, PLAIN)
    np.savez(path, mine=IMAGES, y=LABELS)  # nothing else can be the images
    assert scan(path).classes == {"0": 2, "1": 2, "2": 2}
    np.savez(path, one=IMAGES, two=IMAGES)
    assert (scan(path).count, [info.name for info in scan(path).arrays]) == (0, ["one", "two"])
    with pytest.raises(DatasetError, match="one, two"):
        import_pictures(path, PLAIN)
    np.savez(path, x=IMAGES, y=LABELS, class_names=np.array(["one", "two"]))
    with pytest.raises(DatasetError, match="from 0 to 1"):
        scan(path)


def test_numbers_as_labels_are_named_as_they_are_written() -> None:
    assert classes_of_labels(np.array([3.0, 2.0]), 2, ()) == ["3", "2"]
    assert classes_of_labels(np.array([np.inf, 2.0, -0.5]), 3, ()) == ["inf", "2.0", "-0.5"]


def test_color_as_planes_rows_and_columns_first(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    planes = pixels.transpose(0, 3, 1, 2)
    for array in (pixels, planes, planes.reshape(5, -1), np.asfortranarray(pixels)):
        np.save(tmp_path / "a.npy", array)
        imported = import_pictures(tmp_path / "a.npy", Treatment(size=8, color=True))
        np.testing.assert_array_equal(imported.images, pixels)
    np.save(tmp_path / "a.npy", pixels.reshape(5, -1)[:, 1:])
    with pytest.raises(DatasetError, match="all red ones first"):
        import_pictures(tmp_path / "a.npy", PLAIN)


def test_pickles_and_arrays_over_the_caps_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.array([{}], object), mine=IMAGES)
    with pytest.raises(DatasetError, match="Python objects"):
        import_pictures(path, PLAIN)
    mine = ArrayChoice("mine")
    assert len(import_pictures(path, PLAIN, arrays=mine, limit=4).images) == 4
    caps = (("PICTURES", "5", "At most 5 pictures"), ("MEGABYTES", "0.0002", "at most 0 MB"))
    for name, value, said in caps:
        monkeypatch.setenv(f"VAE_IMPORT_{name}", value)
        with pytest.raises(DatasetError, match=said):
            import_pictures(path, PLAIN, arrays=mine)


def test_mnist_as_torchvision_leaves_it(tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    files = {
        "train-images-idx3-ubyte": idx(IMAGES[:4]),
        "train-labels-idx1-ubyte": idx(LABELS[:4]),
        "t10k-images-idx3-ubyte": idx(IMAGES[4:]),
        "t10k-labels-idx1-ubyte": idx(LABELS[4:]),
    }
    for name, content in files.items():
        (raw / name).write_bytes(content)
        (raw / f"{name}.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in files.items():  # as on Kaggle
            archive.writestr(f"{name}/{name}", content)
            archive.writestr(name.replace("-idx", ".idx"), content)
    for path in (tmp_path / "MNIST", tmp_path / "a.zip"):
        imported = import_pictures(path, PLAIN)
        np.testing.assert_array_equal(imported.images[..., 0], IMAGES)
        assert imported.labels.tolist() == LABELS.tolist()
        assert imported.test is not None
        assert (imported.test.sum(), scan(path).test_count, scan(path).kind) == (2, 2, "idx")
    for name in files:
        if "labels" in name:
            (raw / name).unlink()
            (raw / f"{name}.gz").unlink()
    assert scan(tmp_path / "MNIST").classes == {"all": 6}
    (raw / "qmnist-train-images-idx3-ubyte").write_bytes(files["train-images-idx3-ubyte"])
    with pytest.raises(DatasetError, match="qmnist-train"):
        scan(tmp_path / "MNIST")


def test_one_array_file_in_a_zip_is_read_and_several_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    csv = written(tmp_path / "a.csv").read_bytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/digits.csv", csv)
        archive.writestr("archive/README.md", "digits")
    np.testing.assert_array_equal(import_pictures(path, PLAIN).images[..., 0], IMAGES)
    assert scan(path).kind == "csv"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("archive/more.csv", csv)
    with pytest.raises(DatasetError, match=r"digits\.csv, archive/more\.csv"):
        scan(path)


def test_parquet_of_picture_files_as_hugging_face_has_it(tmp_path: Path) -> None:
    path = table_of_files(tmp_path / "a.parquet")
    assert scan(path).classes == {"one": 3, "two": 3, "never": 0}
    imported = import_pictures(path, PLAIN)
    assert [refusal.name for refusal in imported.refused] == ["damaged.png"]
    np.testing.assert_array_equal(imported.images[..., 0], IMAGES[:5])
    assert imported.class_names == ("one", "two", "never")
    assert imported.labels.tolist() == [0, 1, 0, 1, 0]
