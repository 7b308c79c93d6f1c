"""Reads the arrays of one import: a program of its own, so that a bad file ends only this.

Standard input: a Request as JSON. Standard output: a Report as JSON, beside which the files that
`exchange` names lie in the request's folder; or, with exit status 2, why nothing is read.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from vae.data.importing.array_kinds import kind_of
from vae.data.importing.array_labels import classes_of
from vae.data.importing.exchange import (
    CLASSES,
    ENDS,
    IS_TEST,
    PICTURES,
    PIXELS,
    REFUSED,
    ArrayFile,
    Report,
    Request,
)
from vae.data.importing.found import Found, PictureFiles
from vae.data.importing.idx_files import read_idx
from vae.data.importing.names import clean, in_order
from vae.data.importing.npz_files import IMAGES, read_labels, read_npy, read_npz
from vae.data.importing.numbers import Numbers, write_pixels
from vae.data.importing.tables import import_arrow, read_csv, read_parquet
from vae.data.picture_decoder import limit_memory, limit_time
from vae.errors import DatasetError
from vae.limits import Caps

__all__ = ["answer"]

MAX_BYTES = 350_000_000  # beside what the libraries take
CPU_SECONDS = 60
TABLES = ("csv", "parquet")


def answer(request: Request) -> Report:
    """Read what is asked for. Raises DatasetError for what cannot be read."""
    folder, caps = Path(request.folder), request.caps
    first = Path(request.files[0].path)
    try:
        found = _found(request)
        if request.with_pixels and not found.parts:
            raise _unnamed(found)
        classes, names = _classes(found, caps)
        tests = [each for part in found.parts for each in [part.is_test] * part.count]
        counts = Counter(classes)
        report = Report(
            kind_of(first) or "",
            {name: counts[name] for name in names},
            bool(found.class_names),
            sum(tests),
            arrays=found.arrays,
        )
        if not request.with_pixels:
            return report
        number = {name: at for at, name in enumerate(names)}
        np.array([number[name] for name in classes], np.uint8).tofile(folder / CLASSES)
        if report.test_count:
            np.array(tests, bool).tofile(folder / IS_TEST)
        return _with_pictures(report, found, folder, caps)
    except (DatasetError, MemoryError):
        raise
    # zipfile, zlib, gzip, struct, Arrow and NumPy's parser each have errors of their own
    except Exception:
        raise DatasetError(
            f"A complete file of arrays was expected. Received: {clean(first.name)!r}, which is "
            "damaged, or no such file"
        ) from None


def _unnamed(found: Found) -> DatasetError:
    names = ", ".join(clean(info.name, 30) for info in found.arrays[:10]) or "none"
    return DatasetError(
        f"An array named {', '.join(IMAGES)}, x_train or train_images was expected, or one that is "
        f"picked. Received: {names}"
    )


def _found(request: Request) -> Found:
    """Return what all files hold, as one."""
    found = [_of_file(file, request) for file in request.files]
    parts = [
        replace(part, is_test=part.is_test or file.is_test)
        for file, each in zip(request.files, found, strict=True)
        for part in each.parts
    ]
    names = {each.class_names for each in found}
    return Found(tuple(parts), names.pop() if len(names) == 1 else (), found[0].arrays)


def _of_file(file: ArrayFile, request: Request) -> Found:
    path, caps = Path(file.path), request.caps
    labels = Path(file.labels) if file.labels else None
    kind = kind_of(path)
    if kind == "csv":
        return read_csv(path, caps)
    if kind == "parquet":
        return read_parquet(path, caps)
    if kind == "idx":
        return read_idx(path, labels, caps)
    found = read_npz(path, request.choice, caps) if kind == "npz" else read_npy(path, caps)
    if labels is None or len(found.parts) != 1:
        return found
    return found._replace(parts=(replace(found.parts[0], labels=read_labels(labels, caps)),))


def _classes(found: Found, caps: Caps) -> tuple[list[str], tuple[str, ...]]:
    """Return the class of each picture, and all classes in their order."""
    count = sum(part.count for part in found.parts)
    if count > caps.files:
        raise DatasetError(f"At most {caps.files:,} pictures were expected. Received: {count:,}")
    if len({part.labels is None for part in found.parts}) > 1:
        raise DatasetError(
            "Labels for training and test images, or for none, were expected. "
            "Received: labels for one of them"
        )
    classes = [
        name
        for part in found.parts
        for name in classes_of(part.labels, part.count, found.class_names)
    ]
    used = set(classes)
    names = tuple(dict.fromkeys(found.class_names))
    if not used <= set(names):
        names = in_order(used)
    if len(names) > caps.classes:
        raise DatasetError(
            f"At most {caps.classes} classes were expected. Received: {len(names):,}"
        )
    return classes, names


def _with_pictures(report: Report, found: Found, folder: Path, caps: Caps) -> Report:
    numbers = [part.images for part in found.parts if isinstance(part.images, Numbers)]
    if numbers:
        with (folder / PIXELS).open("wb") as file:
            return replace(report, image_shape=write_pixels(numbers, file))
    called: list[str] = []
    ends = [0]
    files = [part.images.files for part in found.parts if isinstance(part.images, PictureFiles)]
    with (folder / PICTURES).open("wb") as file:
        for name, content in itertools.chain(*files):
            called.append(clean(name))
            # One byte too many is enough to see that it is too large.
            ends.append(ends[-1] + file.write(content[: caps.file_bytes + 1]))
            if ends[-1] > caps.total_bytes:
                raise DatasetError(
                    f"Pictures of at most {caps.total_bytes // 10**6:,} MB in all were expected. "
                    "Received: more"
                )
    if len(called) != report.count:
        raise ValueError("fewer rows than it says")
    np.array(ends[1:], np.uint64).tofile(folder / ENDS)
    return replace(report, names=tuple(called))


def main() -> int:
    """Read what standard input asks for."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    try:
        if any(kind_of(Path(file.path)) in TABLES for file in request.files):
            import_arrow()  # first, so that its own size is not counted
        limit_memory(MAX_BYTES)
        limit_time(CPU_SECONDS)
        report = answer(request)
    except DatasetError as error:
        sys.stdout.buffer.write(str(error).encode())
        return REFUSED
    sys.stdout.buffer.write(msgspec.json.encode(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
