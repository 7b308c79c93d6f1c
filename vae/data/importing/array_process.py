"""Array files, read by a process of their own: the server sees the finished pixels alone."""

from __future__ import annotations

import io
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import numpy as np

from vae.data.importing.contents import ArrayChoice, Order
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
from vae.data.importing.names import clean
from vae.data.importing.process import start
from vae.data.importing.sources import Member
from vae.errors import DatasetError
from vae.limits import Caps

__all__ = ["ArraySet", "reading_arrays", "scan_arrays"]

SECONDS = 180.0  # on a busy machine; the process itself stops after 60 of a core
POLL_SECONDS = 0.1  # for whether the import is cancelled


class ArraySet(NamedTuple):
    """Pictures of array files: pixels uint8 (N, H, W, C), or else the files of pictures.

    classes: the name of each one's class. is_test: bool (N,), or None: no file says.
    """

    report: Report
    pixels: np.ndarray | None
    members: list[Member]
    classes: list[str]
    is_test: np.ndarray | None


def scan_arrays(files: Sequence[ArrayFile], choice: ArrayChoice | None, caps: Caps) -> Report:
    """Return what array files hold, without pixels. Raises DatasetError."""
    return _asked(Request(tuple(files), choice, caps, "", with_pixels=False), None)


@contextmanager
def reading_arrays(
    files: Sequence[ArrayFile], choice: ArrayChoice | None, order: Order
) -> Generator[ArraySet]:
    """Yield what array files hold; it is gone afterwards. Raises DatasetError."""
    # What is open still cannot be deleted on Windows.
    with tempfile.TemporaryDirectory(prefix="vae-arrays-", ignore_cleanup_errors=True) as name:
        report = _asked(Request(tuple(files), choice, order.caps, name, with_pixels=True), order)
        folder, names = Path(name), [*report.classes]
        pixels, members = None, []
        if report.image_shape is None:
            members = _members(report, folder, order.caps)
        elif report.count:
            pixels = np.memmap(
                folder / PIXELS, np.uint8, "r", shape=(report.count, *report.image_shape)
            )
        yield ArraySet(
            report,
            pixels,
            members,
            [names[each] for each in np.fromfile(folder / CLASSES, np.uint8).tolist()],
            np.fromfile(folder / IS_TEST, bool) if report.test_count else None,
        )


def _asked(request: Request, order: Order | None) -> Report:
    try:
        content = msgspec.json.encode(request)
    except UnicodeEncodeError:  # a name in bytes that are no text
        raise DatasetError(
            "A file name that is text was expected: rename it. "
            f"Received: {clean(Path(request.files[0].path).name)!r}"
        ) from None
    with start("vae.data.importing.array_worker") as process:
        try:
            output = _output(process, content, order)
        finally:
            process.kill()
    if process.returncode == REFUSED:
        raise DatasetError(output.decode(errors="replace"))
    if process.returncode:
        raise _too_much(f"one whose reading ended early (status {process.returncode})")
    return msgspec.json.decode(output, type=Report)


def _output(process: subprocess.Popen[bytes], request: bytes, order: Order | None) -> bytes:
    # Not by `communicate`: what its first call has not sent in its time, Python 3.11 never sends.
    if process.stdin is not None:
        with suppress(BrokenPipeError):  # it has ended
            process.stdin.write(request)
            process.stdin.close()
        process.stdin = None
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if order is not None:
            order.wait()
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=POLL_SECONDS)[0]
    raise _too_much(f"one that takes more than {SECONDS:.0f} seconds")


def _too_much(received: str) -> DatasetError:
    return DatasetError(
        "A file of arrays must be read in little memory and time. Try one with fewer or smaller "
        f"pictures. Received: {received}"
    )


def _members(report: Report, folder: Path, caps: Caps) -> list[Member]:
    ends = [0, *np.fromfile(folder / ENDS, np.uint64).tolist()]

    def opened(start: int, end: int) -> IO[bytes]:
        with (folder / PICTURES).open("rb") as file:
            file.seek(start)
            return io.BytesIO(file.read(end - start))

    return [
        Member(name, lambda start=start, end=end: opened(start, end), caps.file_bytes)
        for name, start, end in zip(report.names, ends, ends[1:], strict=False)
    ]
