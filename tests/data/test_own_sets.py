"""Data sets of one's own: kept in one file, found by name and content, renamed and deleted."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vae.data.datasets import Dataset, find_dataset, load_dataset, spec_of
from vae.data.importing.treatment import Treatment
from vae.data.own_set_changes import (
    add_own,
    check_new_name,
    free_name,
    remove_own,
    update_own,
)
from vae.data.own_sets import current_name, find_own, own_sets
from vae.errors import DatasetError

ANNA, BEN = "a" * 32, "b" * 32


@pytest.fixture
def shells(digits: Dataset, data_dir: Path) -> Dataset:
    """A few digits under another name, on a machine without other data."""
    return Dataset.from_arrays("my shells", digits.x_train[:60], digits.y_train[:60])


def test_what_was_added_is_loaded_by_its_name(shells: Dataset, data_dir: Path) -> None:
    own = add_own(shells, note="from  the\nbeach")
    assert own.path == data_dir / "own" / "my shells.npz"
    assert [path.name for path in own.path.parent.iterdir()] == ["my shells.npz"]
    assert find_dataset("my shells") == str(own.path)
    again = load_dataset("my shells")
    assert again.fingerprint == shells.fingerprint == own.fingerprint
    assert (again.title, again.class_names) == ("my shells", shells.class_names)
    assert (own.note, own.training_images, own.test_images) == ("from the beach", 47, 13)
    with np.load(own.path) as file:  # NumPy alone reads it
        assert np.array_equal(file["x_test"], shells.x_test)
        assert tuple(file["class_names"]) == shells.class_names


def test_pixels_take_little_room(shells: Dataset) -> None:
    flat = Dataset.from_arrays("flat", np.repeat(np.arange(100, dtype=np.uint8), 784)
                               .reshape(100, 28, 28))  # fmt: skip
    assert add_own(flat).path.stat().st_size < flat.x_train.nbytes / 10


def test_a_new_name_and_description_leave_the_images(shells: Dataset) -> None:
    own = add_own(shells, note="old")
    changed = update_own(own, name="sea", note="new")
    assert [(each.name, each.note) for each in own_sets()] == [("sea", "new")]
    assert load_dataset("sea").fingerprint == shells.fingerprint
    assert current_name("my shells", shells.fingerprint) == "sea"
    assert find_own("my shells") is None
    assert spec_of("my shells") is None
    remove_own(changed)
    assert own_sets() == []
    assert current_name("my shells", shells.fingerprint) == "my shells"


@pytest.mark.parametrize("name", ["mnist", "MNIST", "My Shells", "../x", "a/b", "", "x" * 65])
def test_a_name_must_be_free_and_be_one(name: str, shells: Dataset) -> None:
    own = add_own(shells)
    with pytest.raises(DatasetError, match="Received"):
        update_own(own, name=name)
    assert [each.name for each in own_sets()] == ["my shells"]
    if name in ("mnist", "MNIST", "My Shells"):
        with pytest.raises(DatasetError, match="which is taken"):
            add_own(Dataset.from_arrays(name, shells.x_train))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My Shells", "My Shells 2"),
        ("animals", "animals 2"),
        ("<b>cats & dogs</b>", "b cats dogs b"),
        ("../../etc", "etc"),
        ("._x" * 40, ("x._" * 20)[:60]),
        ("*", "my pictures"),
    ],
)
def test_a_name_is_proposed(text: str, name: str, shells: Dataset) -> None:
    add_own(shells)
    assert free_name(text) == name
    check_new_name(name)


def test_files_that_are_no_set_are_left_out(shells: Dataset, data_dir: Path) -> None:
    path = add_own(shells).path
    content = path.read_bytes()
    (path.parent / "notes.txt").write_text("hello")
    (path.parent / "cut.npz").write_bytes(content[: len(content) // 2])
    (path.parent / "mnist.npz").write_bytes(content)  # the known set has this name
    np.savez(path.parent / "plain.npz", x_train=shells.x_train)
    assert [own.name for own in own_sets()] == ["my shells"]
    shutil.copy(path, path.parent / "copy.npz")  # as it is taken to another machine
    assert load_dataset("copy").fingerprint == shells.fingerprint


def test_of_two_folders_the_first_ones_set_counts(shells: Dataset, data_dir: Path) -> None:
    other = Dataset.from_arrays("my shells", shells.x_test)
    add_own(other)
    second = Path(os.environ["KERAS_HOME"], "datasets", "own")
    second.mkdir(parents=True)
    (data_dir / "own" / "my shells.npz").rename(second / "my shells.npz")
    assert find_own("my shells").fingerprint == other.fingerprint
    first = add_own(Dataset.from_arrays("shells", shells.x_train)).path
    first.rename(first.with_stem("my shells"))
    assert [find_own("my shells")] == own_sets()
    assert find_own("my shells").fingerprint != other.fingerprint
    assert find_own("../own/my shells") is None


def test_another_server_that_was_faster_keeps_the_name(
    shells: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = add_own(Dataset.from_arrays("other", shells.x_test))
    write = np.savez_compressed

    def write_slowly(path: Path, **arrays: np.ndarray) -> None:
        write(path, **arrays)
        shutil.copy(other.path, other.path.with_stem("my shells"))  # the other server, meanwhile

    monkeypatch.setattr(np, "savez_compressed", write_slowly)
    with pytest.raises(DatasetError, match="which is taken"):
        add_own(shells)
    assert find_own("my shells").fingerprint == other.fingerprint
    assert {path.name for path in other.path.parent.iterdir()} == {"my shells.npz", "other.npz"}


def test_what_made_the_images_is_known(shells: Dataset) -> None:
    assert add_own(shells).treatment is None
    made = Treatment(8, fit="pad", invert="yes")
    other = Dataset.from_arrays("made", shells.x_train, treatment=made)
    assert add_own(other).treatment == made == load_dataset("made").treatment


def test_a_damaged_file_is_named(shells: Dataset) -> None:
    own = add_own(shells)
    with zipfile.ZipFile(own.path) as archive:
        at = archive.getinfo("x_train.npy").header_offset + 60
    content = bytearray(own.path.read_bytes())
    content[at : at + 40] = b"\xff" * 40
    own.path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"damaged: delete it .*|Received.*my shells\.npz"):
        load_dataset("my shells")


def test_nowhere_to_write(shells: Dataset, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data_dir / "file").touch()
    for name in ("VAE_DATA_DIR", "KERAS_HOME"):
        monkeypatch.setenv(name, str(data_dir / "file"))
    with pytest.raises(DatasetError, match=r"can be written to was expected; VAE_DATA_DIR"):
        add_own(shells)


def test_a_full_disk_is_said(shells: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_FREE_MEGABYTES", "1e9")
    with pytest.raises(DatasetError, match=r"leave 1,000,000,000 MB of the disk free"):
        add_own(shells)


class TestStrangers:
    @pytest.fixture(autouse=True)
    def public(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        monkeypatch.setenv("VAE_FREE_MEGABYTES", "0")

    def test_each_lists_the_own_ones(self, shells: Dataset) -> None:
        add_own(shells, owner=ANNA)
        assert [own.name for own in own_sets(ANNA)] == ["my shells"]
        assert own_sets(BEN) == []
        with pytest.raises(DatasetError) as error:
            load_dataset("unknown")
        assert "shells" not in str(error.value)

    def test_five_at_most(self, shells: Dataset) -> None:
        for at in range(5):
            add_own(Dataset.from_arrays(f"set {at}", shells.x_train), owner=ANNA)
        with pytest.raises(DatasetError, match="5 data sets of your own: delete one"):
            add_own(shells, owner=ANNA)
        add_own(shells, owner=BEN)

    def test_they_go_when_their_time_is_over(
        self, shells: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_KEEP_DAYS", "7")
        own = add_own(shells, owner=ANNA)
        five_days, long_ago = (time.time() - days * 86_400 for days in (5, 8.5))
        os.utime(own.path, (five_days, five_days))
        began = own_sets()[0].expires
        load_dataset(own.name)  # used: the time begins again
        assert (own_sets()[0].expires - began).days == 5
        os.utime(own.path, (long_ago, long_ago))
        assert own_sets() == []
        assert not own.path.exists()
        monkeypatch.setenv("VAE_PUBLIC", "0")  # on one's own machine nothing goes by itself
        kept = add_own(shells)
        os.utime(kept.path, (long_ago, long_ago))
        assert [each.name for each in own_sets()] == ["my shells"]
