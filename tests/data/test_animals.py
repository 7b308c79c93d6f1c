"""Animals: a file, or a package whose pickles are read and never executed."""

from __future__ import annotations

import gzip
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.data.tiny import error_of
from vae.data.datasets import find_dataset, load_dataset
from vae.data.specs import DATASETS

IMAGES, LABELS = (Path(file).name for file in DATASETS["animals"].package.files)
COMMAND = "`pip install --no-deps animal_mnist`"


@pytest.fixture
def package(tiny_animals, tmp_path, monkeypatch):
    """An installed package animal_mnist, with pickles as the real one has; return their folder."""
    folder = tmp_path / "site" / "animal_mnist" / "data" / "Animal_MNIST"
    folder.mkdir(parents=True)
    # The files are found without it being imported.
    (tmp_path / "site" / "animal_mnist" / "__init__.py").write_text("raise SystemError")
    monkeypatch.delitem(sys.modules, "animal_mnist")
    monkeypatch.syspath_prepend(tmp_path / "site")
    write(folder / IMAGES, pickle.dumps(tiny_animals["images"], protocol=4))
    write(folder / LABELS, pickle.dumps(tiny_animals["labels"].astype(np.int64), protocol=4))
    return folder


def write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content))


class Executed:
    """What a pickle does when it is unpickled: it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def check(animals, expected) -> None:
    """All images are there, each with its label, one of each class for tests."""
    assert animals.class_names[2:5] == ("cat", "cow", "dog")
    assert sorted(animals.y_test.tolist()) == list(range(10))
    found = np.concatenate([animals.x_train, animals.x_test])[..., 0]
    labels = np.concatenate([animals.y_train, animals.y_test])
    pairs = {(image.tobytes(), label) for image, label in zip(found, labels, strict=True)}
    assert len(found) == 60
    assert pairs == {(x.tobytes(), y) for x, y in zip(*expected.values(), strict=True)}
    trained = {image.tobytes() for image in animals.x_train}
    assert not any(image.tobytes() in trained for image in animals.x_test)


def test_a_file_in_the_data_folder(tiny_animals, data_dir):
    assert find_dataset("animals") is None
    path = data_dir / "animals.npz"
    np.savez(path, **tiny_animals, class_names=DATASETS["animals"].class_names)
    animals = load_dataset("animals", download=False)
    assert find_dataset("animals") == animals.source == str(path)
    check(animals, tiny_animals)


def test_an_installed_package(package, tiny_animals, data_dir):
    animals = load_dataset("animals")
    assert find_dataset("animals") == animals.source == str(package.parents[1])
    assert "animal_mnist" not in sys.modules
    check(animals, tiny_animals)
    np.savez(data_dir / "animals.npz", **tiny_animals)
    fingerprint = load_dataset("animals").fingerprint
    assert fingerprint == animals.fingerprint
    assert find_dataset("animals") == str(data_dir / "animals.npz")  # comes first


def test_a_package_without_its_files_is_none(package):
    (package / LABELS).unlink()
    assert find_dataset("animals") is None


def test_nothing_is_unpickled(package, tiny_animals, tmp_path):
    trap = tmp_path / "executed"
    images = [Executed(trap), tiny_animals["images"]]
    write(package / IMAGES, pickle.dumps(images, protocol=4))
    check(load_dataset("animals"), tiny_animals)
    assert not trap.exists()
    pickle.loads(gzip.decompress((package / IMAGES).read_bytes()))
    assert trap.exists()


def changed(content: bytes) -> bytes:
    return content[:-1000] + bytes([content[-1000] ^ 255]) + content[-999:]


@pytest.mark.parametrize(
    ("damage", "received"),
    [
        (lambda content: content[:-500], "a file that cannot be read ("),
        (lambda _: pickle.dumps([1, 2]), "a file that cannot be read (cannot reshape array"),
        (lambda _: b"\x80\x04nothing", "a file that cannot be read ("),
        (lambda _: pickle.dumps(b"1" * 999), "a file that cannot be read ("),
        (lambda _: b"<html>" * 99, "a file that cannot be read (not an idx file"),
        (changed, "other values (the checksum differs)"),
        # Larger than memory, were it all unpacked.
        (lambda content: content + bytes(10**8), "other values"),
    ],
)
def test_a_damaged_package(package, damage, received):
    content = gzip.decompress((package / IMAGES).read_bytes())
    damaged = damage(content)
    write(package / IMAGES, damaged)
    if received == "other values" and damaged.startswith(content):
        assert load_dataset("animals")  # what follows a pickle's end is not read
        return
    message = error_of("animals")
    assert message.startswith(
        f"Animals needs images as uint8 (60, 28, 28) in {package / IMAGES}. Received: {received}"
    )
    assert message.endswith(
        "get the data with `pip install --force-reinstall --no-deps animal_mnist`."
    )


def test_labels_that_are_no_small_numbers(package, tiny_animals):
    labels = tiny_animals["labels"].astype(np.int64)
    labels[7] += 256  # as a byte it would be the same
    write(package / LABELS, pickle.dumps(labels, protocol=4))
    assert "Received: a file that cannot be read (numbers from 0 to 257)" in error_of("animals")


@pytest.mark.parametrize("download", [True, False])
def test_without_both_it_is_said_how_to_get_it(tiny_animals, data_dir, tmp_path, download):
    assert error_of("animals", download=download) == (
        f"Animals needs animals.npz in {data_dir} or {tmp_path}/keras/datasets, or the Python "
        f"package animal_mnist (MIT licence, Copyright (c) 2025 SinaSR-6): install it with "
        f'{COMMAND}, or choose the data set "digits", which needs no file. Received: no such file '
        "and no such package."
    )


if find_dataset("animals"):  # real data: through VAE_DATA_DIR, or the package

    def test_the_real_animals():
        animals = load_dataset("animals", download=False)
        assert (len(animals.x_train), len(animals.x_test)) == (8_000, 2_000)
        assert animals.image_shape == (28, 28, 1)
        assert np.bincount(animals.y_train).tolist() == [800] * 10
        assert np.bincount(animals.y_test).tolist() == [200] * 10
        parts = [{image.tobytes() for image in x} for x in (animals.x_train, animals.x_test)]
        assert not parts[0] & parts[1]
        assert len(parts[0] | parts[1]) == 9_716
        assert animals.fingerprint == DATASETS["animals"].fingerprint
