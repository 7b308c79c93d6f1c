"""Data: exact numbers of what a model learns from."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import plain
from tests.pages.conftest import (
    act,
    alternatives,
    chart,
    charts,
    numbers,
    open_page,
    picture_called,
    shows,
    words,
)
from vae.data.datasets import Dataset, find_dataset
from vae.images import tile

MNIST = find_dataset("mnist")  # before a test looks elsewhere


def facts(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_digits() -> None:
    app = open_page("data", dataset="digits")
    assert facts(app) == {
        "Training images": "1,437",
        "Test images": "360",
        "Image shape": "8×8×1",
        "Value range": "0 to 255",
    }
    source = plain("scikit-learn's load_digits")
    assert f"Digits, read from {source}." in words(app)
    assert "stored as whole numbers (uint8)" in words(app)


def test_the_first_images(digits: Dataset, pictures: dict[str, bytes]) -> None:
    app = open_page("data", dataset="digits")
    shown = pictures[picture_called(app, "100 training images of Digits")]
    assert shows(shown, tile(digits.x_train[:100], 10, 10))


@pytest.mark.parametrize("split", ["Training", "Test"])
def test_classes_of_each_split(split: str, digits: Dataset) -> None:
    app = open_page("data", dataset="digits")
    control = next(control for control in app.segmented_control if "Test" in control.options)
    act(control.set_value(split))
    assert charts(app) == [f"counts-digits-{split}"]
    (bars,) = chart(app, f"counts-digits-{split}")["data"]
    labels = {"Training": digits.y_train, "Test": digits.y_test}[split]
    np.testing.assert_array_equal(numbers(bars["y"]), np.bincount(labels))
    assert bars["x"] == list("0123456789")


@pytest.mark.skipif(MNIST is None, reason="MNIST is not on this machine")
def test_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_DATA_DIR", str(Path(MNIST).parent))
    app = open_page("data")
    assert app.query_params["dataset"] == "mnist"  # the first one that is here
    assert facts(app) == {
        "Training images": "60,000",
        "Test images": "10,000",
        "Image shape": "28×28×1",
        "Value range": "0 to 255",
    }
    assert alternatives(app) == ["100 training images of MNIST"]
    (bars,) = chart(app, "counts-mnist-Training")["data"]
    expected = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # as published
    assert numbers(bars["y"]).tolist() == expected
    assert f"{Path(MNIST).name}." in words(app)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a data set: Digits, as if they were files of this machine."""
    source = tmp_path / "account" / "digits.npz"
    monkeypatch.setattr("vae.data.datasets._DIGITS_SOURCE", str(source))
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
