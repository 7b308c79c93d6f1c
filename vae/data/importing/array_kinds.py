"""Which files hold arrays: by their first bytes, and by their names in a zip or folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vae.data.importing.exchange import ArrayFile
from vae.data.importing.names import clean
from vae.errors import DatasetError
from vae.files import open_regular

__all__ = ["GZIP", "array_files_among", "is_array_name", "kind_of"]

NPY, GZIP, IDX, PARQUET = b"\x93NUMPY", b"\x1f\x8b", b"\0\0\x08", b"PAR1"
TABLES, ARRAYS = {".csv", ".parquet"}, {".npz", ".npy"}
PICTURES = {".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
IDX_NAME = re.compile(r"(.*?)(images|labels)?[-.]idx\d-ubyte(\.gz)?", re.IGNORECASE)
TRAINING, VALIDATION, TEST = "training", "validation", "test"


def _word(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


PARTS = {
    TRAINING: _word("train(?:ing)?"),
    VALIDATION: _word("val", "valid", "validation"),
    TEST: _word("test(?:ing)?", "t10k"),
}
IMAGE_WORDS = _word("x", "images?", "imgs?", "data", "pixels")
LABEL_WORDS = _word("y", "labels?", "targets?", "class(?:es)?")


class _File(NamedTuple):
    """What a file's name says: of which set and part it is, and whether it holds labels."""

    name: str
    set: str
    part: str
    is_labels: bool


def kind_of(path: Path) -> str | None:
    """Return "npz", "npy", "idx", "csv" or "parquet"; None for a file that is no array."""
    with open_regular(path) as file:
        start = file.read(6)
    if start.startswith(b"PK"):
        return "npz" if path.suffix.lower() == ".npz" else None
    if start.startswith(NPY):
        return "npy"
    if start.startswith((GZIP, IDX)):
        return "idx"
    if start.startswith(PARQUET):
        return "parquet"
    return "csv" if path.suffix.lower() == ".csv" else None


def is_array_name(name: str) -> bool:
    """Return whether a file is called as one that holds an array."""
    return _suffix(name) in TABLES | ARRAYS or IDX_NAME.fullmatch(name) is not None


def array_files_among(names: Sequence[str]) -> tuple[ArrayFile, ...]:
    """Return the array files of one set among names; () where there are pictures or none.

    They are one file, or MNIST's four, or files whose names differ in "train", "val" and "test"
    alone, with labels beside them as in x_train.npy and y_train.npy. Where there are no test images
    those for validation are the test. Raises DatasetError for others, and for labels alone.
    """
    if any(_suffix(name) in PICTURES for name in names):
        return ()
    others = [name for name in names if _suffix(name) in TABLES | ARRAYS]
    files = [*_idx_among(names), *map(_named, others)]
    images = [file for file in files if not file.is_labels]
    labels = {(file.set, file.part): file.name for file in files if file.is_labels}
    parts = {file.part for file in images}
    if len({file.set for file in images}) > 1 or len(parts) < len(images):
        found = ", ".join(clean(file.name, 60) for file in images[:10])
        raise DatasetError(
            "One file with arrays, or a set's files for training and for tests, was expected. "
            f"Received: {found}"
        )
    if labels and not images:
        raise DatasetError(
            f"Images were expected beside labels. Received: {next(iter(labels.values()))!r:.80}"
        )
    last = next((part for part in (TEST, VALIDATION) if part in parts), None)
    test = last if len(parts) > 1 else None
    order = ["", *PARTS]
    return tuple(
        ArrayFile(file.name, labels.get((file.set, file.part)), file.part == test)
        for file in sorted(images, key=lambda file: order.index(file.part))
    )


def _idx_among(names: Sequence[str]) -> list[_File]:
    """Return what the names of IDX files say.

    Where a file is there gzipped too, as torchvision leaves it, or also in a folder of its own
    name, as on Kaggle, it counts once.
    """
    found: dict[tuple[str, bool], _File] = {}
    for name in sorted(names, key=lambda name: not name.lower().endswith(".gz")):
        *folders, file = name.split("/")
        match = IDX_NAME.fullmatch(file)
        if match:
            folder = "/".join(each for each in folders if not IDX_NAME.fullmatch(each))
            is_labels = (match[2] or "").lower() == "labels"
            rest, part = _without_part(match[1].lower())
            found[f"{folder}/{match[1].lower()}", is_labels] = _File(
                name, f"{folder}/{rest}", part, is_labels
            )
    return list(found.values())


def _named(name: str) -> _File:
    """Return what the name of another array file says; a table has its labels in a column."""
    path = PurePosixPath(name)
    rest, part = _without_part(path.stem.lower())
    is_labels = False
    if _suffix(name) in ARRAYS:
        is_labels = LABEL_WORDS.search(rest) is not None
        rest = LABEL_WORDS.sub("", IMAGE_WORDS.sub("", rest))
    plain = re.sub(r"[^a-z0-9]+", "-", rest).strip("-")
    return _File(name, f"{path.parent}/{plain}{path.suffix.lower()}", part, is_labels)


def _without_part(stem: str) -> tuple[str, str]:
    """Return a name without the word that says which part of a set it is, and that part."""
    for part, word in PARTS.items():
        if word.search(stem):
            return word.sub("", stem), part
    return stem, ""


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
