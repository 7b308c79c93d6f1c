"""Downloading data sets, from a server on this machine; nothing here needs the internet."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import itertools
import logging
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from tests.data.tiny import error_of, write_files
from tests.servers import free_port
from vae.data.datasets import load_dataset
from vae.data.download import RemoteFile
from vae.data.specs import DATASETS


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


# Downloading


def test_a_download_reports_progress_and_is_stored(remote_mnist, tiny_mnist, arrays):
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
        "file. Received: no such file, and 127.0.0.1 could not be reached."
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


def test_a_download_that_broke_off_goes_on(remote_mnist, tiny_mnist, serve, monkeypatch):
    ranges = []

    class BreaksOff(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.headers.get("Range")
            ranges.append(asked)
            start = int(asked[6:-1]) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(remote_mnist) - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{len(remote_mnist) - 1}/*")
            self.end_headers()
            self.wfile.write(remote_mnist[start:] if asked else remote_mnist[:100_000])

        def log_message(self, *_):
            pass

    offer(monkeypatch, "mnist", {"mnist.npz": remote_mnist}, serve(BreaksOff))
    assert "the connection to 127.0.0.1 broke off; the next download goes on" in error_of("mnist")
    assert not tiny_mnist.exists()
    reports = []
    load_dataset("mnist", on_progress=lambda *report: reports.append(report))
    assert tiny_mnist.read_bytes() == remote_mnist
    assert list(tiny_mnist.parent.iterdir()) == [tiny_mnist]
    assert ranges == [None, "bytes=65536-"]  # whole chunks are kept
    assert reports[0] == (65_536, len(remote_mnist))  # what was there counts
    assert reports[-1] == (len(remote_mnist), len(remote_mnist))


def test_a_server_that_cannot_resume_sends_all_again(remote_mnist, tiny_mnist):
    sha256 = DATASETS["mnist"].files[0].sha256
    tiny_mnist.with_name(f".mnist.npz.{sha256[:8]}.part").write_bytes(b"x" * 1000)
    load_dataset("mnist")  # Python's own server knows no Range
    assert tiny_mnist.read_bytes() == remote_mnist


def test_a_failure_names_what_failed(remote_mnist, tiny_mnist, serve, monkeypatch):
    file = DATASETS["mnist"].files[0]

    def error_from(address):
        moved = dataclasses.replace(file, address=address)
        spec = dataclasses.replace(DATASETS["mnist"], files=(moved,))
        monkeypatch.setitem(DATASETS, "mnist", spec)
        return error_of("mnist")

    assert "the name nowhere.invalid could not be resolved" in error_from("http://nowhere.invalid/")
    secure = file.address.replace("http:", "https:")
    assert "the certificate of 127.0.0.1 could not be verified" in error_from(secure)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert "the proxy between this machine and example.org" in error_from("http://example.org/")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_named(remote_mnist, tiny_mnist):
    sha256 = DATASETS["mnist"].files[0].sha256
    tiny_mnist.with_name(f".mnist.npz.{sha256[:8]}.part").symlink_to("/dev/full")
    assert f"the disk of {tiny_mnist.parent} is full" in error_of("mnist")


def test_no_folder_to_write_to_is_said(remote_mnist, data_dir, monkeypatch):
    (data_dir / "file").write_text("")
    monkeypatch.setenv("VAE_DATA_DIR", str(data_dir / "file"))
    monkeypatch.setenv("KERAS_HOME", str(data_dir / "file"))
    assert "and no folder there can be written to." in error_of("mnist")
