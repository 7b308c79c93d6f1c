"""Which files hold arrays: by their first bytes, and by their names in a zip or folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from vae.data.importing.exchange import ArrayFile
from vae.data.importing.names import clean
from vae.errors import DatasetError
from vae.files import open_regular

__all__ = ["GZIP", "array_files_among", "is_array_name", "kind_of"]

NPY, GZIP, IDX, PARQUET = b"\x93NUMPY", b"\x1f\x8b", b"\0\0\x08", b"PAR1"
SUFFIXES = {".npz", ".npy", ".csv", ".parquet"}
PICTURES = {".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
IDX_NAME = re.compile(r"(.*?)(images|labels)?[-.]idx\d-ubyte(\.gz)?", re.IGNORECASE)
TEST, EITHER = re.compile("t10k|test"), re.compile("train|t10k|test")


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
    return _suffix(name) in SUFFIXES or IDX_NAME.fullmatch(name) is not None


def array_files_among(names: Sequence[str]) -> tuple[ArrayFile, ...]:
    """Return the one array file among names, or MNIST's four; () where there are pictures or none.

    Raises DatasetError for several, and for labels alone.
    """
    if any(_suffix(name) in PICTURES for name in names):
        return ()
    tables = [name for name in names if _suffix(name) in SUFFIXES]
    images, labels = _idx_among(names)
    sets = {EITHER.sub("", key) for key in images}
    if len(tables) + len(sets) > 1 or len({_is_test(key) for key in images}) < len(images):
        found = ", ".join(clean(name, 60) for name in [*tables, *images.values()][:10])
        raise DatasetError(f"One file with arrays was expected. Received: {found}")
    if labels and not images and not tables:
        raise DatasetError(
            f"Images were expected beside labels. Received: {next(iter(labels.values()))!r:.80}"
        )
    has_training = any(not _is_test(key) for key in images)
    return (
        *(ArrayFile(name) for name in tables),
        *(
            ArrayFile(name, labels.get(key), has_training and _is_test(key))
            for key, name in sorted(images.items(), key=lambda item: _is_test(item[0]))
        ),
    )


def _idx_among(names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return IDX files with images, and with labels, by what stands before that in their names.

    Where a file is there gzipped too, as torchvision leaves it, or also in a folder of its own
    name, as on Kaggle, it counts once.
    """
    found: dict[bool, dict[str, str]] = defaultdict(dict)
    for name in sorted(names, key=lambda name: not name.lower().endswith(".gz")):
        *folders, file = name.split("/")
        match = IDX_NAME.fullmatch(file)
        if match:
            others = [folder for folder in folders if not IDX_NAME.fullmatch(folder)]
            key = "/".join([*others, match[1].lower()])
            found[(match[2] or "").lower() == "labels"][key] = name
    return found[False], found[True]


def _is_test(key: str) -> bool:
    return TEST.search(key.rpartition("/")[2]) is not None


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
