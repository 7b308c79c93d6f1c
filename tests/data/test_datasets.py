"""Finding, downloading, reading and verifying data sets; nothing here needs the internet."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import importlib.util
import itertools
import logging
import struct
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from tests.servers import free_port
from vae.data.array_files import ArraySpec
from vae.data.datasets import DATASETS, Dataset, find_dataset, load_dataset
from vae.data.download import RemoteFile
from vae.errors import DatasetError

KEYS = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """An empty VAE_DATA_DIR, and a Keras cache that is empty too."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("VAE_DATA_DIR", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def arrays():
    """Six training and two test images, with the shapes of MNIST otherwise."""
    generator = np.random.default_rng(0)
    return {
        key: generator.integers(0, 10 if key.startswith("y") else 256, shape, np.uint8)
        for key, shape in zip(KEYS, [(6, 28, 28), (6,), (2, 28, 28), (2,)], strict=True)
    }


@pytest.fixture
def tiny_mnist(data_dir, arrays, monkeypatch):
    """Make the tiny arrays what "mnist" is expected to be; return where to put its file."""
    specs = {
        key: ArraySpec(array.shape, f"sha256:{hashlib.sha256(array.tobytes()).hexdigest()}")
        for key, array in arrays.items()
    }
    monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(DATASETS["mnist"], arrays=specs))
    return data_dir / "mnist.npz"


def idx_bytes(array):
    return struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def tiny_fashion(data_dir, arrays, monkeypatch):
    """Make the tiny arrays what "fashion_mnist" is expected to be; return the files' contents."""
    specs = {
        key: ArraySpec(array.shape, f"idx-md5:{hashlib.md5(idx_bytes(array)).hexdigest()}")
        for key, array in arrays.items()
    }
    spec = dataclasses.replace(DATASETS["fashion_mnist"], arrays=specs)
    monkeypatch.setitem(DATASETS, "fashion_mnist", spec)
    return {
        file.path: gzip.compress(idx_bytes(array))
        for file, array in zip(spec.files, arrays.values(), strict=True)
    }


def write_files(folder: Path, contents: dict[str, bytes]) -> None:
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@pytest.fixture
def serve():
    """Start a loopback server with the given handler; return its address."""
    servers = []

    def start(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def offer(monkeypatch, name, contents, address):
    """Point the downloads of a data set to `address`, where `contents` (path: bytes) lie."""
    files = tuple(
        RemoteFile(path, address + path, hashlib.sha256(content).hexdigest(), len(content))
        for path, content in contents.items()
    )
    monkeypatch.setitem(DATASETS, name, dataclasses.replace(DATASETS[name], files=files))


@pytest.fixture
def remote_mnist(tiny_mnist, arrays, tmp_path, serve, monkeypatch):
    """A loopback server that offers the tiny mnist.npz; return the bytes of that file."""
    remote = tmp_path / "remote"
    remote.mkdir()
    np.savez(remote / "mnist.npz", **arrays, filler=np.zeros(300_000, np.uint8))
    content = (remote / "mnist.npz").read_bytes()
    offer(
        monkeypatch,
        "mnist",
        {"mnist.npz": content},
        serve(partial(QuietFiles, directory=remote)),
    )
    return content


def error_of(name, **options):
    with pytest.raises(DatasetError) as caught:
        load_dataset(name, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


# Dataset


def test_dataset_is_read_only_and_leaves_the_callers_arrays_alone():
    x, y = np.zeros((3, 4, 5, 1), np.uint8), np.zeros(3, np.uint8)
    dataset = Dataset("own", "Own", x, y, x, y, ("a",), "a test")
    assert dataset.image_shape == (4, 5, 1)
    for key in KEYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(dataset, key)[0] = 1
    x[0] = 1
    assert "array" not in repr(dataset)


# Digits and names


def test_the_known_data_sets_in_order():
    assert {name: spec.title for name, spec in DATASETS.items()} == {
        "mnist": "MNIST",
        "fashion_mnist": "Fashion-MNIST",
        "digits": "Digits",
    }
    assert list(DATASETS) == ["mnist", "fashion_mnist", "digits"]
    assert all(len(spec.class_names) == 10 for spec in DATASETS.values())
    assert DATASETS["fashion_mnist"].class_names[9] == "Ankle boot"


def test_digits_need_no_file(data_dir):
    digits = load_dataset("digits", download=False)
    assert digits.x_train.shape == (1437, 8, 8, 1)
    assert digits.x_test.shape == (360, 8, 8, 1)
    assert digits.image_shape == (8, 8, 1)
    assert {getattr(digits, key).dtype for key in KEYS} == {np.dtype(np.uint8)}
    assert (digits.x_train.min(), digits.x_train.max()) == (0, 255)
    assert len(np.unique(digits.x_train)) == 17  # 0..16 stay 17 different levels
    assert digits.class_names == tuple("0123456789")
    assert find_dataset("digits") == digits.source == "scikit-learn's load_digits"
    # Stratified: each class has its share of the test images.
    assert set(np.bincount(digits.y_test)) <= {35, 36, 37}


def test_the_split_of_digits_never_changes():
    digits = load_dataset("digits")
    digest = hashlib.sha256(b"".join(getattr(digits, key).tobytes() for key in KEYS)).hexdigest()
    assert digest == "0c699ee1b3bc1bc500b40944070efde66a8c5e6e73662466fad20af5d1e65d7e"


@pytest.mark.parametrize("call", [load_dataset, find_dataset])
def test_an_unknown_name_is_named(call):
    with pytest.raises(DatasetError) as caught:
        call("MNIST")
    assert str(caught.value) == (
        "The data set must be one of mnist, fashion_mnist, digits. Received: MNIST."
    )


# Reading npz


def test_mnist_is_read_from_the_data_folder(tiny_mnist, arrays):
    assert find_dataset("mnist") is None
    np.savez_compressed(tiny_mnist, **arrays)
    mnist = load_dataset("mnist", download=False)
    assert find_dataset("mnist") == mnist.source == str(tiny_mnist)
    assert mnist.image_shape == (28, 28, 1)
    assert np.array_equal(mnist.x_train[..., 0], arrays["x_train"])
    assert np.array_equal(mnist.x_test[..., 0], arrays["x_test"])
    assert np.array_equal(mnist.y_train, arrays["y_train"])
    assert np.array_equal(mnist.y_test, arrays["y_test"])
    assert not any(getattr(mnist, key).flags.writeable for key in KEYS)


def test_keras_cache_is_looked_at_next(tiny_mnist, arrays, tmp_path, monkeypatch):
    keras = tmp_path / "keras" / "datasets" / "mnist.npz"
    keras.parent.mkdir(parents=True)
    np.savez(keras, **arrays)
    assert find_dataset("mnist") == str(keras)
    np.savez(tiny_mnist, **arrays)
    assert find_dataset("mnist") == str(tiny_mnist)  # VAE_DATA_DIR comes first
    monkeypatch.delenv("VAE_DATA_DIR")
    assert find_dataset("mnist") == str(keras)
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_dataset("mnist") is None
    keras.parent.parent.rename(tmp_path / ".keras")
    assert find_dataset("mnist") == str(tmp_path / ".keras" / "datasets" / "mnist.npz")


def changed(array):
    array = array.copy()
    array.flat[-1] ^= 1
    return array


@pytest.mark.parametrize(
    ("change", "received"),
    [
        (lambda a: {"images": a["x_train"]}, "a file that cannot be read (it holds images)"),
        (lambda a: a | {"x_train": a["x_train"][:5]}, "uint8 (5, 28, 28)"),
        (lambda a: a | {"x_train": a["x_train"] / 255}, "float64 (6, 28, 28)"),
        (lambda a: a | {"y_test": changed(a["y_test"])}, "other values (the checksum differs)"),
        (lambda a: a | {"x_train": changed(a["x_train"])}, "other values (the checksum differs)"),
        (lambda a: a | {"x_train": np.array([{}])}, "a file that cannot be read (Object arrays"),
    ],
)
def test_a_foreign_npz_is_refused(tiny_mnist, arrays, change, received):
    np.savez(tiny_mnist, **change(arrays))
    message = error_of("mnist")
    key, shape = ("y_test", (2,)) if "y_test" in message else ("x_train", (6, 28, 28))
    assert message.startswith(f"MNIST needs {key} as uint8 {shape} in {tiny_mnist}. Received: ")
    assert f"Received: {received}" in message
    assert message.endswith(
        "Put the original file there, or delete this one to have it downloaded again."
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"<html>Please log in</html>" * 50,
        lambda content: b"\x93NUMPY" + content,
        # One byte of an image: the zip's own checksum.
        lambda content: content[:2000] + bytes([content[2000] ^ 255]) + content[2001:],
    ],
)
def test_a_damaged_npz_is_refused(tiny_mnist, arrays, damage):
    np.savez(tiny_mnist, **arrays)
    tiny_mnist.write_bytes(damage(tiny_mnist.read_bytes()))
    message = error_of("mnist")
    assert f" in {tiny_mnist}. Received: a file that cannot be read (" in message
    assert "pickle" not in message


def test_values_in_another_memory_order_are_the_same_values(tiny_mnist, arrays):
    np.savez(tiny_mnist, **{key: np.asfortranarray(array) for key, array in arrays.items()})
    assert np.array_equal(load_dataset("mnist").x_train[..., 0], arrays["x_train"])


# Reading Fashion-MNIST


def test_fashion_mnist_is_read_from_idx_files(tiny_fashion, data_dir, arrays):
    paths = list(tiny_fashion)
    write_files(data_dir, {path: tiny_fashion[path] for path in paths[:3]})
    assert find_dataset("fashion_mnist") is None  # three of four files are not enough
    write_files(data_dir, {paths[3]: tiny_fashion[paths[3]]})
    fashion = load_dataset("fashion_mnist", download=False)
    assert find_dataset("fashion_mnist") == fashion.source == str(data_dir / "fashion-mnist")
    for key in KEYS:
        assert np.array_equal(getattr(fashion, key).reshape(arrays[key].shape), arrays[key])
        assert not getattr(fashion, key).flags.writeable


def test_fashion_mnist_is_read_from_an_npz_and_verified_alike(tiny_fashion, data_dir, arrays):
    path = data_dir / "fashion_mnist.npz"
    np.savez(path, **arrays)
    fashion = load_dataset("fashion_mnist")
    assert fashion.source == str(path)
    assert np.array_equal(fashion.x_test[..., 0], arrays["x_test"])
    np.savez(path, **arrays | {"x_test": changed(arrays["x_test"])})
    assert "x_test" in error_of("fashion_mnist")


@pytest.mark.parametrize(
    ("damage", "received"),
    [
        (lambda content: content[:-20], "a file that cannot be read (Compressed file ended"),
        (lambda content: b"<html>", "a file that cannot be read (Not a gzipped file"),
        (lambda _: gzip.compress(b"\0\0\x0d\x01" + bytes(8)), "a file that cannot be read (not an"),
        (lambda _: gzip.compress(b"\0\0\x08\xff"), "a file that cannot be read (unpack_from"),
        (lambda _: gzip.compress(idx_bytes(np.zeros(6, np.uint8))), "uint8 (6,)"),
        (
            lambda content: gzip.compress(gzip.decompress(content)[:-1]),
            "a file that cannot be read (cannot reshape",
        ),
        (
            lambda content: gzip.compress(gzip.decompress(content)[:-1] + b"\xff"),
            "other values (the checksum differs)",
        ),
    ],
)
def test_a_damaged_idx_file_is_refused(tiny_fashion, data_dir, damage, received):
    path = "fashion-mnist/t10k-images-idx3-ubyte.gz"
    write_files(data_dir, tiny_fashion | {path: damage(tiny_fashion[path])})
    message = error_of("fashion_mnist")
    assert message.startswith(
        f"Fashion-MNIST needs x_test as uint8 (2, 28, 28) in {data_dir / path}. "
        f"Received: {received}"
    )


# Downloading


def test_a_download_reports_progress_and_is_kept(remote_mnist, tiny_mnist, arrays):
    reports = []
    mnist = load_dataset("mnist", on_progress=lambda *report: reports.append(report))
    assert np.array_equal(mnist.x_train[..., 0], arrays["x_train"])
    assert mnist.source == str(tiny_mnist)
    assert tiny_mnist.read_bytes() == remote_mnist

    done, totals = zip(*reports, strict=True)
    assert set(totals) == {len(remote_mnist)}
    assert len(done) > 3
    assert list(done) == sorted(set(done))
    assert done[-1] == len(remote_mnist)

    # Another account can read it, nothing else lies there, and it is not fetched again.
    assert tiny_mnist.stat().st_mode & 0o044 == 0o044
    assert list(tiny_mnist.parent.iterdir()) == [tiny_mnist]
    reports.clear()
    load_dataset("mnist", on_progress=lambda *report: reports.append(report))
    assert reports == []


def test_a_download_shows_a_bar_on_standard_error(remote_mnist, capsys):
    load_dataset("mnist")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(f"Downloading [{'=' * 30}] 0.3 of 0.3 MB\n")
    # The bar says it all: the library's own line has a whole address and path.
    assert not pooch.get_logger().isEnabledFor(logging.INFO)


def test_a_download_goes_to_keras_cache_where_the_data_folder_cannot_be_used(
    remote_mnist, data_dir, tmp_path, monkeypatch
):
    monkeypatch.setenv("VAE_DATA_DIR", str(data_dir / "a file, not a folder"))
    (data_dir / "a file, not a folder").write_text("")
    assert load_dataset("mnist").source == str(tmp_path / "keras" / "datasets" / "mnist.npz")


def test_fashion_mnist_is_downloaded_in_the_layout_of_keras(
    tiny_fashion, data_dir, tmp_path, serve, monkeypatch
):
    write_files(tmp_path / "remote", tiny_fashion)
    address = serve(partial(QuietFiles, directory=tmp_path / "remote"))
    offer(monkeypatch, "fashion_mnist", tiny_fashion, address)
    first, second = list(tiny_fashion)[:2]
    write_files(data_dir, {first: tiny_fashion[first], second: b"broken"})
    reports = []
    load_dataset("fashion_mnist", on_progress=lambda *report: reports.append(report))
    for path, content in tiny_fashion.items():
        assert path.startswith("fashion-mnist/")
        assert (data_dir / path).read_bytes() == content
    # Four files, each smaller than one chunk: one report each, over the total of all.
    sizes = [len(content) for content in tiny_fashion.values()]
    assert reports == [(done, sum(sizes)) for done in itertools.accumulate(sizes)]


def test_keras_addresses_are_the_ones_keras_uses():
    keras = Path(importlib.util.find_spec("keras").origin).parent / "src" / "datasets"
    for name in ("mnist", "fashion_mnist"):
        source = (keras / f"{name}.py").read_text()
        for file in DATASETS[name].files:
            folder, _, file_name = file.address.rpartition("/")
            assert f"{folder}/" in source
            assert file_name in source
    assert DATASETS["mnist"].files[0].sha256 in (keras / "mnist.py").read_text()


def test_no_connection_is_one_clear_sentence(tiny_mnist, tmp_path, monkeypatch):
    offer(monkeypatch, "mnist", {"mnist.npz": b"?"}, f"http://127.0.0.1:{free_port()}/")
    assert error_of("mnist") == (
        f"MNIST needs mnist.npz in {tiny_mnist.parent} or {tmp_path}/keras/datasets: put it there, "
        'download it with an internet connection, or choose the data set "digits", which needs no '
        "file. Received: no such file, and 127.0.0.1 could not be reached or broke off."
    )
    assert list(tiny_mnist.parent.iterdir()) == []


def test_without_download_nothing_is_fetched(remote_mnist, tiny_mnist):
    message = error_of("mnist", download=False)
    assert message.endswith("Received: no such file, and the download is switched off.")
    assert not tiny_mnist.exists()


def test_fashion_mnist_names_both_layouts(tiny_fashion):
    message = error_of("fashion_mnist", download=False)
    assert "needs fashion_mnist.npz (or fashion-mnist, as Keras keeps it) in " in message


def test_a_download_with_other_contents_is_thrown_away(remote_mnist, tiny_mnist, monkeypatch):
    file = dataclasses.replace(DATASETS["mnist"].files[0], sha256="0" * 64)
    monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(DATASETS["mnist"], files=(file,)))
    message = error_of("mnist")
    assert "Received: no such file, and 127.0.0.1 sent another mnist.npz" in message
    assert list(tiny_mnist.parent.iterdir()) == []


def test_a_missing_page_is_named(remote_mnist, tiny_mnist, monkeypatch):
    file = DATASETS["mnist"].files[0]
    file = dataclasses.replace(file, address=file.address + ".gone")
    monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(DATASETS["mnist"], files=(file,)))
    assert f"and 127.0.0.1 answered 404 for {file.address}." in error_of("mnist")


def test_a_download_that_breaks_off_leaves_nothing(tiny_mnist, serve, monkeypatch):
    class BreaksOff(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * 10)

        def log_message(self, *_):
            pass

    offer(monkeypatch, "mnist", {"mnist.npz": b"x" * 1000}, serve(BreaksOff))
    assert "127.0.0.1 could not be reached or broke off" in error_of("mnist")
    assert list(tiny_mnist.parent.iterdir()) == []


def test_no_folder_to_write_to_is_said(remote_mnist, data_dir, monkeypatch):
    (data_dir / "file").write_text("")
    monkeypatch.setenv("VAE_DATA_DIR", str(data_dir / "file"))
    monkeypatch.setenv("KERAS_HOME", str(data_dir / "file"))
    assert "and no folder there can be written to." in error_of("mnist")


# What must stay out, and the real thing


def test_heavy_libraries_stay_out():
    code = (
        "import sys, vae.data.datasets as d; d.find_dataset('mnist'); light = set(sys.modules);"
        "d.load_dataset('digits');"
        "print({'sklearn', 'pooch', 'requests'} & light,"
        "{'tensorflow', 'keras', 'streamlit', 'torch'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout.strip(), result.returncode) == ("set() set()", 0), result.stderr


if find_dataset("mnist"):  # real data: through VAE_DATA_DIR, or in Keras's cache folder

    def test_the_real_mnist():
        mnist = load_dataset("mnist", download=False)
        assert mnist.x_train.shape == (60_000, 28, 28, 1)
        assert mnist.x_test.shape == (10_000, 28, 28, 1)
        assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
        assert np.bincount(mnist.y_test).tolist() == [
            *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
        ]

    def test_idx_checksums_are_the_published_ones_of_mnist(monkeypatch):
        # The same kind of checksum verifies Fashion-MNIST; here it meets the real data.
        published = {
            "x_train": "6bbc9ace898e44ae57da46a324031adb",
            "y_train": "a25bea736e30d166cdddb491f175f624",
            "x_test": "2646ac647ad5339dbf082846283269ea",
            "y_test": "27ae3e4e09519cfbb04c329615203637",
        }
        spec = DATASETS["mnist"]
        arrays = {
            key: dataclasses.replace(spec.arrays[key], checksum=f"idx-md5:{checksum}")
            for key, checksum in published.items()
        }
        monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(spec, arrays=arrays))
        assert len(load_dataset("mnist", download=False).x_train) == 60_000
