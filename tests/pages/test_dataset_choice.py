"""Choosing a data set on two pages, and getting one that is not on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.dataset_choice import ALWAYS
from pages._shared.plain import plain
from tests.pages.driving import act, calm, go, labelled, open_page, press
from tests.pages.shown import words
from vae.data.array_files import ArraySpec
from vae.data.download import RemoteFile
from vae.data.specs import DATASETS

BAD_NAMES = ["cifar100", "MNIST", "", "../mnist", "\x00", "x" * 5000, "![x](//example.org/x.png)"]
DOWNLOAD = "Download MNIST (11 MB)"


def choice(app: AppTest, page: str) -> Any:
    return app.segmented_control(key=f"{page}_page_dataset")


def downloads(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label.startswith("Download ")]


def offer(monkeypatch: pytest.MonkeyPatch, address: str, name: str = "mnist") -> None:
    """Have a data set come from another address."""
    spec = DATASETS[name]
    files = tuple(
        dataclasses.replace(file, address=f"{address}/{Path(file.path).name}")
        for file in spec.files
    )
    monkeypatch.setitem(DATASETS, name, dataclasses.replace(spec, files=files))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def dead_address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A port that nobody listens at, and nobody else can take."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def tiny_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have a server on this machine offer a tiny MNIST; return the file that it sends."""
    generator = np.random.default_rng(0)
    arrays = {
        "x_train": generator.integers(0, 256, (120, 28, 28), np.uint8),
        "y_train": generator.integers(0, 10, 120, np.uint8),
        "x_test": generator.integers(0, 256, (30, 28, 28), np.uint8),
        "y_test": generator.integers(0, 10, 30, np.uint8),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    content = buffer.getvalue()
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "mnist.npz").write_bytes(content)
    specs = {
        key: ArraySpec(array.shape, f"sha256:{hashlib.sha256(array.tobytes()).hexdigest()}")
        for key, array in arrays.items()
    }
    checksum = hashlib.sha256(content).hexdigest()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/mnist.npz"
        file = RemoteFile("mnist.npz", address, checksum, len(content))
        spec = dataclasses.replace(DATASETS["mnist"], files=(file,), arrays=specs)
        monkeypatch.setitem(DATASETS, "mnist", spec)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield folder / "mnist.npz"
        server.shutdown()


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class TestChoice:
    @pytest.mark.parametrize("page", ["data", "train"])
    def test_what_is_here_comes_first(self, page: str) -> None:
        app = open_page(page)
        assert choice(app, page).options == ["MNIST", "Fashion-MNIST", "Digits", "Animals"]
        assert choice(app, page).value == "digits"
        assert app.query_params["dataset"] == "digits"

    @pytest.mark.parametrize("page", ["data", "train"])
    @pytest.mark.parametrize("name", DATASETS)
    def test_a_link_carries_it(self, page: str, name: str) -> None:
        app = open_page(page, dataset=name)
        assert choice(app, page).value == name
        assert not app.warning

    @pytest.mark.parametrize("page", ["data", "train"])
    @pytest.mark.parametrize("wrong", BAD_NAMES)
    def test_a_wrong_one_is_named_and_left_out(self, page: str, wrong: str) -> None:
        app = open_page(page, dataset=wrong)
        (warning,) = app.warning
        said = f"Data sets are {', '.join(DATASETS)}. Received: {wrong!r:.80}."
        assert warning.value.startswith(plain(said))
        assert len(warning.value) < 250
        assert choice(app, page).value == "digits"
        assert app.query_params["dataset"] == "digits"
        assert not calm(app.run()).warning

    @pytest.mark.parametrize("page", ["data", "train"])
    def test_more_of_them_are_a_click_away(self, page: str) -> None:
        app = open_page(page)
        others = [name for name in DATASETS if name not in ALWAYS]
        sizes = {"KMNIST · 21 MB", "EMNIST letters · 562 MB", "CIFAR-10 · 170 MB"}
        assert sizes <= {button.label for button in app.button}
        act(app.button(key=f"{page}_page_dataset-kmnist").click())
        assert choice(app, page).value == app.query_params["dataset"] == "kmnist"
        assert downloads(app) == ["Download KMNIST (21 MB)"]
        assert len(others) == 5

    def test_both_pages_have_the_same(self) -> None:
        app = act(choice(open_page("data"), "data").set_value("fashion_mnist"))
        assert app.query_params["dataset"] == "fashion_mnist"
        assert choice(go(app, "train"), "train").value == "fashion_mnist"
        act(choice(app, "train").set_value("digits"))
        assert app.query_params["dataset"] == "digits"
        go(app, "start")
        assert choice(go(app, "data"), "data").value == "digits"


class TestMissing:
    def test_what_to_put_where(self, tmp_path: Path) -> None:
        app = open_page("data", dataset="mnist")
        assert "MNIST is not on this machine yet." in words(app)
        assert f"put mnist.npz into {plain(str(tmp_path / 'data'))}, or choose Digits" in words(app)
        assert downloads(app) == [DOWNLOAD]
        assert not app.metric

    def test_where_keras_searches(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("VAE_DATA_DIR")
        where = plain(str(tmp_path / "keras" / "datasets"))
        assert f"put mnist.npz into {where}," in words(open_page("data", dataset="mnist"))

    def test_where_keras_searches_on_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("VAE_DATA_DIR", "KERAS_HOME"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("HOME", str(tmp_path))
        app = open_page("data", dataset="mnist")
        assert plain("put mnist.npz into ~/.keras/datasets,") in words(app)

    def test_a_data_set_of_four_files(self) -> None:
        app = open_page("data", dataset="fashion_mnist")
        assert "put fashion-mnist/ with its four .gz files into" in words(app)
        assert downloads(app) == ["Download Fashion-MNIST (31 MB)"]

    def test_one_that_comes_in_a_package(self, tmp_path: Path) -> None:
        app = open_page("data", dataset="animals")
        assert not downloads(app)
        (text,) = [info.value for info in app.info if info.value.startswith("Animals")]
        assert text.startswith(
            "Animals is not on this machine yet. It comes in the Python package [animal_mnist]"
        )
        assert "(MIT licence, Copyright (c) 2025 SinaSR-6)" in text
        assert "Install it with `pip install --no-deps animal_mnist`, put animals.npz into" in text
        assert plain(str(tmp_path / "data")) in text
        assert text.endswith("or choose Digits, which needs no file.")

    def test_nothing_can_be_trained(self) -> None:
        app = open_page("train", dataset="mnist")
        assert labelled(app.button, DOWNLOAD)
        assert labelled(app.button, "Train").disabled
        assert "Its images are missing: see the data set above." in words(app)
        assert labelled(app.text_input, "Epochs")  # but set up for later

    @pytest.mark.parametrize("page", ["data", "train"])
    def test_a_download_that_fails(
        self, page: str, dead_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offer(monkeypatch, dead_address)
        app = open_page(page, dataset="mnist")
        press(app, DOWNLOAD)
        (error,) = app.error
        assert "127.0.0.1 could not be reached" in error.value
        assert "MNIST needs mnist.npz in " in error.value
        assert not app.progress
        assert not list(tmp_path.rglob("mnist.npz"))
        # It can be tried again, or done without.
        assert labelled(app.button, DOWNLOAD)
        act(choice(app, page).set_value("digits"))
        assert not app.error
        assert "Download" not in words(app)

    def test_a_download(self, tiny_mnist: Path, tmp_path: Path) -> None:
        app = open_page("data", dataset="mnist")
        press(app, *downloads(app))
        assert (tmp_path / "data" / "mnist.npz").read_bytes() == tiny_mnist.read_bytes()
        assert "**120** training images" in words(app)
        assert not downloads(app)
        assert not app.info or "not on this machine" not in words(app)
        go(app, "train")
        assert labelled(app.button, "Train")

    def test_a_download_of_another_file(self, tiny_mnist: Path) -> None:
        tiny_mnist.write_bytes(b"<html>")
        app = open_page("data", dataset="mnist")
        press(app, *downloads(app))
        (error,) = app.error
        assert "sent another mnist.npz (its checksum differs)" in error.value


class TestDamaged:
    @pytest.mark.parametrize("page", ["data", "train"])
    def test_a_file_that_is_none(self, page: str, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        (folder / "mnist.npz").write_bytes(b"PK\3\4 half a file")
        app = open_page(page)
        assert choice(app, page).value == "mnist"  # it is here, whatever it holds
        (error,) = app.error
        assert plain(f"in {folder / 'mnist.npz'}. Received: ") in error.value
        assert "or delete this one" in error.value
        act(choice(app, page).set_value("digits"))
        assert not app.error
        if page == "train":
            assert labelled(app.button, "Train")
