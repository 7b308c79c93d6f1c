"""Data: exact numbers of what a model learns from."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from pages._shared.plain import plain
from tests.data.tiny import animal_arrays, animal_spec
from tests.pages.driving import act, labelled, open_page
from tests.pages.shown import alternatives, charts, picture_called, shows, table_of_bars, words
from vae.data.datasets import Dataset, find_dataset
from vae.data.specs import DATASETS
from vae.images import tile

MNIST = find_dataset("mnist")  # before a test looks elsewhere


def test_digits() -> None:
    app = open_page("data", dataset="digits")
    facts = "**1,437** training images · **360** test images · **8\u00a0×\u00a08** pixels"
    assert f"{facts} with **1** channel · values from **0** to **255**" in words(app)
    source = plain("scikit-learn's load_digits")
    assert f"Digits, read from {source}." in words(app)
    assert "stored as whole numbers (uint8)" in words(app)


def test_the_first_images(digits: Dataset, pictures: dict[str, bytes]) -> None:
    app = open_page("data", dataset="digits")
    shown = pictures[picture_called(app, "100 training images of Digits")]
    # So small, they would run into each other: the page shows between them, a pixel wide.
    colors = digits.x_train[:100].repeat(3, axis=3)
    opaque = np.insert(colors, 3, 255, axis=3)
    apart = np.pad(opaque, ((0, 0), (0, 1), (0, 1), (0, 0)))
    assert shows(shown, tile(apart, 10, 10))


@pytest.mark.parametrize("split", ["Training", "Test"])
def test_classes_of_each_split(split: str, digits: Dataset) -> None:
    app = open_page("data", dataset="digits")
    act(labelled(app.segmented_control, "Split").set_value(split))
    labels = {"Training": digits.y_train, "Test": digits.y_test}[split]
    counts = table_of_bars(app, "Images in each class")
    assert counts == {str(label): [count] for label, count in enumerate(np.bincount(labels))}
    assert alternatives(app) == [f"100 {split.lower()} images of Digits"]
    assert charts(app) == []  # nothing waits for Plotly


def test_a_link_brings_the_split_back(digits: Dataset) -> None:
    app = open_page("data", dataset="digits")
    act(labelled(app.segmented_control, "Split").set_value("Test"))
    again = open_page("data", **app.query_params)
    assert alternatives(again) == alternatives(app) == ["100 test images of Digits"]
    assert alternatives(open_page("data", dataset="digits", split="x")) != alternatives(app)


@pytest.mark.skipif(MNIST is None, reason="MNIST is not on this machine")
def test_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_DATA_DIR", str(Path(MNIST).parent))
    app = open_page("data")
    assert app.query_params["dataset"] == "mnist"  # the first one that is here
    facts = "**60,000** training images · **10,000** test images · **28\u00a0×\u00a028** pixels"
    assert f"{facts} with **1** channel · values from **0** to **255**" in words(app)
    assert alternatives(app) == ["100 training images of MNIST"]
    expected = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # as published
    assert [*table_of_bars(app, "Images in each class").values()] == [[each] for each in expected]
    assert f"{Path(MNIST).name}." in words(app)


def test_animals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = animal_arrays(12)
    monkeypatch.setitem(DATASETS, "animals", animal_spec(arrays))
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "animals.npz", **arrays)
    app = open_page("data", dataset="animals")
    facts = "**110** training images · **10** test images · **28\u00a0×\u00a028** pixels"
    assert f"{facts} with **1** channel" in words(app)
    counts = table_of_bars(app, "Images in each class")
    assert counts == {name: [11] for name in DATASETS["animals"].class_names}
    assert "Of the Python package [animal_mnist](https://pypi.org/project/animal_mnist/) (MIT" in (
        words(app)
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a data set: Digits, as if they were files of this machine."""
    source = tmp_path / "account" / "digits.npz"
    monkeypatch.setattr("vae.data.digits.SOURCE", str(source))
    return source.parent


def test_a_path_below_home_is_short(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    assert f"read from {plain(f'~{os.sep}digits.npz')}." in words(open_page("data"))


@pytest.mark.parametrize("home", ["/", "/nowhere", None])
def test_any_other_path_is_whole(
    home: str | None, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Containers have accounts whose home is / or none at all.
    if home is None:
        monkeypatch.delenv("HOME")
        monkeypatch.setattr("os.path.expanduser", str)
    else:
        monkeypatch.setenv("HOME", home)
    assert f"read from {plain(str(here / 'digits.npz'))}." in words(open_page("data"))
