"""Finding, reading and verifying the files of data sets."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from tests.data.tiny import KEYS, error_of, idx_bytes, write_files
from vae.data.datasets import find_dataset, load_dataset

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
        (
            lambda _: gzip.compress(b"\0\0\x08\xff"),
            "a file that cannot be read (an idx file that ends",
        ),
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
