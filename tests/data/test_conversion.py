"""KMNIST, EMNIST and CIFAR-10 of made files in the same formats, from a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.made import cifar10_files, emnist_files, kmnist_files, made_arrays, made_spec
from tests.data.tiny import KEYS, error_of, write_files
from vae.data.datasets import find_dataset, load_dataset
from vae.data.specs import DATASETS

Offer = Callable[[tuple[str, ...], dict[str, bytes]], None]


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def offer(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Return what has a server on this machine offer files as those of data sets."""
    site = tmp_path / "site"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=site)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"

        def start(names: tuple[str, ...], files: dict[str, bytes]) -> None:
            write_files(site, files)
            for name in names:
                monkeypatch.setitem(DATASETS, name, made_spec(name, files, address))

        yield start
        server.shutdown()


def test_kmnist_is_downloaded_and_kept_as_one_file(offer: Offer, data_dir: Path) -> None:
    arrays = made_arrays(10, (28, 28))
    offer(("kmnist",), kmnist_files(arrays))
    assert find_dataset("kmnist") is None
    reports: list[tuple[int, int]] = []
    kmnist = load_dataset("kmnist", on_progress=lambda *report: reports.append(report))
    assert reports[-1] == (sum(file.size for file in DATASETS["kmnist"].files),) * 2
    for again in (kmnist, load_dataset("kmnist", download=False)):
        for key in KEYS:
            assert np.array_equal(getattr(again, key).reshape(arrays[key].shape), arrays[key])
    assert find_dataset("kmnist") == kmnist.source == str(data_dir / "kmnist.npz")
    assert [path.name for path in data_dir.rglob("*") if path.is_file()] == ["kmnist.npz"]


def test_both_parts_of_emnist_come_of_one_download(offer: Offer, data_dir: Path) -> None:
    parts = {"letters": made_arrays(26, (28, 28), first=1), "balanced": made_arrays(47, (28, 28))}
    offer(("emnist_letters", "emnist_balanced"), emnist_files(parts))
    letters = load_dataset("emnist_letters")
    balanced = load_dataset("emnist_balanced", download=False)
    assert sorted(path.name for path in data_dir.rglob("*") if path.is_file()) == [
        "emnist_balanced.npz",
        "emnist_letters.npz",
    ]
    for found, part, first in ((letters, "letters", 1), (balanced, "balanced", 0)):
        # In the file an image lies on its side, mirrored.
        assert np.array_equal(found.x_test[..., 0], parts[part]["x_test"].transpose(0, 2, 1))
        assert np.array_equal(found.y_train, parts[part]["y_train"] - first)
    assert letters.class_names[letters.y_test[25]] == "Z"


def test_cifar10_is_colour_and_grey(offer: Offer) -> None:
    arrays = made_arrays(10, (3, 32, 32))
    offer(("cifar10", "cifar10_grey"), cifar10_files(arrays))
    colour, grey = load_dataset("cifar10"), load_dataset("cifar10_grey", download=False)
    for part in ("train", "test"):
        planes, images = arrays[f"x_{part}"], getattr(colour, f"x_{part}")
        assert np.array_equal(images, planes.transpose(0, 2, 3, 1))
        assert np.array_equal(getattr(grey, f"y_{part}"), arrays[f"y_{part}"])
    expected = np.asarray(Image.fromarray(colour.x_test[3]).convert("L"))
    assert np.array_equal(grey.x_test[3, ..., 0], expected)
    assert (colour.image_shape, grey.image_shape) == ((32, 32, 3), (32, 32, 1))


def test_files_that_somebody_put_there_are_converted_and_stay(offer: Offer, data_dir: Path) -> None:
    files = cifar10_files(made_arrays(10, (3, 32, 32)))
    offer(("cifar10", "cifar10_grey"), files)
    write_files(data_dir, files)
    assert find_dataset("cifar10_grey") == str(data_dir / "cifar-10")
    load_dataset("cifar10_grey", download=False)
    assert find_dataset("cifar10") == str(data_dir / "cifar10.npz")
    assert (data_dir / "cifar-10" / "cifar-10-binary.tar.gz").exists()


def test_what_was_not_made_of_the_original_files_is_refused(offer: Offer, data_dir: Path) -> None:
    files = kmnist_files(made_arrays(10, (28, 28)))
    offer(("kmnist",), files)
    (path,) = list(files)[2:3]
    write_files(data_dir, files | {path: files[path][:-1]})
    assert "needs the original t10k-images-idx3-ubyte.gz in " in error_of("kmnist")
    write_files(data_dir, files)
    load_dataset("kmnist")
    stored = data_dir / "kmnist.npz"
    with np.load(stored) as held:
        arrays = dict(held)
    arrays["y_test"] = arrays["y_test"][::-1]
    np.savez(stored, **arrays)
    assert "Received: other values (the checksum differs). Delete" in error_of("kmnist")
    np.savez(stored, x_train=arrays["x_train"])
    assert "a file that cannot be read (it holds x_train). Delete" in error_of("kmnist")
    # Of another edition of the same download.
    stored.unlink()
    load_dataset("kmnist")
    offer(("kmnist",), files | {path: files[path] + b"\0"})
    assert "the checksum differs" in error_of("kmnist")


def test_without_the_download_it_is_said_which_file_to_put_where(data_dir: Path) -> None:
    said = error_of("emnist_letters", download=False)
    assert f"needs emnist_letters.npz (or emnist/gzip.zip) in {data_dir} or " in said
    assert "the download is switched off" in said
