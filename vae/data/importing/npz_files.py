"""Reading NPZ and NPY: arrays by their names, training and test ones. Nothing is unpickled."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from vae.data.importing.contents import ArrayChoice, ArrayInfo
from vae.data.importing.found import Found, Part
from vae.data.importing.names import LONGEST_CLASS, TESTING, TRAINING, clean
from vae.data.importing.numbers import Numbers, check_size, rows_of
from vae.errors import DatasetError
from vae.files import open_regular
from vae.limits import Caps

__all__ = ["IMAGES", "LABELS", "read_labels", "read_npy", "read_npz"]

IMAGES = ("x", "images", "image", "data", "pixels")
LABELS = ("y", "labels", "label", "target", "targets", "class")
UNNAMED = "arr_0", "arr_1"  # as np.savez(path, images, labels) calls them
VALIDATION = {"val", "valid", "validation"}
CLASS_NAMES = "class_names"
MAX_ARRAYS = 1000
Opened = Callable[[], AbstractContextManager[IO[bytes]]]


class Header(NamedTuple):
    """What an array's first bytes say of it."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype


def read_npz(path: Path, choice: ArrayChoice | None, caps: Caps) -> Found:
    """Find images and labels by their names, or those chosen.

    x_train and x_test, or train_images and test_images, are a split, and validation images are
    training ones beside them. Text called class_names is what whole numbers as labels stand for.
    Without a part where no name says which are images. Raises DatasetError.
    """
    archive = zipfile.ZipFile(path)  # closed with the process, since blocks are read later
    members = [name for name in archive.namelist() if name.endswith(".npy")]
    if len(members) > MAX_ARRAYS:
        raise DatasetError(
            f"At most {MAX_ARRAYS:,} arrays in a file were expected. Received: {len(members):,}"
        )
    opened: dict[str, Opened] = {
        name.removesuffix(".npy"): lambda name=name: archive.open(name) for name in members
    }
    headers = {name: _header_of(opens) for name, opens in opened.items()}
    arrays = tuple(ArrayInfo(name, each.shape, str(each.dtype)) for name, each in headers.items())

    def part(images: str, labels: str | None, is_test: bool) -> Part:
        for name in filter(None, (images, labels)):
            if name not in opened:
                raise DatasetError(f"An array of the file was expected. Received: {name!r:.80}")
        values = None if labels is None else _whole(opened[labels], caps)
        return Part(_numbers(opened[images], caps), values, is_test)

    by_name = {name.lower(): name for name in opened}
    chosen = [(choice.images, choice.labels, False)] if choice else _chosen(by_name, headers)
    names = by_name.get(CLASS_NAMES)
    return Found(
        tuple(part(*each) for each in chosen),
        () if names is None else _texts(_whole(opened[names], caps)),
        arrays,
    )


def read_npy(path: Path, caps: Caps) -> Found:
    """Read the pictures of one array. Raises DatasetError."""
    return Found((Part(_numbers(lambda: open_regular(path), caps)),))


def read_labels(path: Path, caps: Caps) -> np.ndarray:
    """Read the labels that a file of their own holds, NPY or NPZ. Raises DatasetError."""
    if path.suffix.lower() == ".npy":
        return _whole(lambda: open_regular(path), caps)
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.endswith(".npy")]
        if len(members) != 1:
            raise DatasetError(
                f"One array in a file of labels was expected. Received: {len(members):,}"
            )
        return _whole(lambda: archive.open(members[0]), caps)


def _chosen(
    by_name: Mapping[str, str], headers: Mapping[str, Header]
) -> list[tuple[str, str | None, bool]]:
    """Return the names of images and their labels, and whether they are test images; [] if none."""

    def named(stems: tuple[str, ...], words: set[str]) -> str | None:
        both = ((f"{stem}_{word}", f"{word}_{stem}") for stem in stems for word in sorted(words))
        return next((by_name[name] for pair in both for name in pair if name in by_name), None)

    parts = [(named(IMAGES, words), named(LABELS, words)) for words in (TRAINING, VALIDATION)]
    test = named(IMAGES, TESTING), named(LABELS, TESTING)
    if test[0] is None:  # then those for validation are the test
        test = parts.pop()
    training = [(images, labels, False) for images, labels in parts if images]
    if training:
        return training + ([(test[0], test[1], True)] if test[0] else [])
    plain = [
        next((by_name[each] for each in names if each in by_name), None)
        for names in ((*IMAGES, UNNAMED[0]), (*LABELS, UNNAMED[1]))
    ]
    if plain[0] is None:  # one array that can be nothing else
        large = [name for name, header in headers.items() if len(header.shape) > 2]
        plain[0] = large[0] if len(large) == 1 else None
    return [(plain[0], plain[1], False)] if plain[0] else []


def _header_of(opens: Opened) -> Header:
    with opens() as file:
        return _header(file)


def _header(file: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read = np.lib.format.read_array_header_2_0
    header = Header(*read(file))
    if min(header.shape, default=0) < 0:
        raise ValueError("a negative size")
    return header


def _checked(header: Header, caps: Caps) -> Header:
    if header.dtype.hasobject:
        raise DatasetError("Numbers were expected. Received: Python objects, which are not loaded")
    check_size(header.shape, header.dtype.itemsize, caps)
    return header


def _numbers(opens: Opened, caps: Caps) -> Numbers:
    header = _checked(_header_of(opens), caps)
    return Numbers(header.shape, header.dtype, lambda: _blocks(opens))


def _blocks(opens: Opened) -> Generator[np.ndarray]:
    with opens() as file:
        header = _header(file)
        if header.is_fortran:  # column by column: no row is whole before the last one
            content = file.read(math.prod(header.shape) * header.dtype.itemsize)
            yield np.frombuffer(content, header.dtype).reshape(header.shape, order="F")
        else:
            yield from rows_of(file, header.shape, header.dtype)


def _whole(opens: Opened, caps: Caps) -> np.ndarray:
    header = _checked(_header_of(opens), caps)
    blocks = list(_blocks(opens))
    return np.concatenate(blocks) if blocks else np.empty(header.shape, header.dtype)


def _texts(names: np.ndarray) -> tuple[str, ...]:
    """Return the names of classes; an array that has none counts as missing."""
    if names.dtype.kind != "U" or names.ndim != 1:
        return ()
    return tuple(clean(name, LONGEST_CLASS) for name in names.tolist())
