"""Files that are never seen half-written, and of which only regular ones are read.

What is written replaces the old file in one step. A named pipe that is opened waits for its other
end, and a device may never end: neither is a file of a run.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

from vae.errors import RunError

__all__ = [
    "DISK_FULL",
    "creating",
    "file_version",
    "folder_bytes",
    "move_to_new",
    "open_regular",
    "read_json",
    "read_regular",
    "replacing",
    "write_json",
    "writing_to",
]

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
MAX_JSON_BYTES = 16_000_000  # what a run writes has at most a hundredth of it
MAX_BYTES = 1_000_000_000  # of any file that is read in one piece


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yield a temporary path with the same suffix; what is written there replaces `path`."""
    temporary = path.with_name(f".writing-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def creating(path: Path) -> Generator[Path]:
    """Yield a temporary path with the same suffix; what is written there becomes `path`.

    Raises FileExistsError if there is one by then, of another process perhaps.
    """
    temporary = path.with_name(f".writing-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        move_to_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def move_to_new(source: Path, target: Path) -> None:
    """Rename a file to a name that none has; raises FileExistsError where one has it."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the empty file holds the name
        target.open("xb").close()
        source.replace(target)
    else:
        source.unlink()


def write_json(path: Path, value: Any, *, must: bool = False) -> None:
    """Write JSON atomically; NaN is refused, since no JSON reader must accept it.

    must: where the disk has no room for another file, write over the old one.
    """
    text = json.dumps(value, allow_nan=False) + "\n"
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        if not (must and error.errno in DISK_FULL and path.exists()):
            raise
        # In one go: its place on the disk is there already.
        with open_regular(path, "rb+") as file:
            size = len(file.read(MAX_JSON_BYTES))
            file.seek(0)
            file.write(text.encode().rjust(size))


@contextmanager
def writing_to(folder: Path, expected: str) -> Generator[None]:
    """Raise RunError, which says what was expected of the folder, where nothing can be written."""
    try:
        yield
    except OSError as error:
        raise RunError(f"{expected} ({error.strerror}). Received: {folder}") from None


def file_version(path: Path) -> tuple[int, int]:
    """Return what changes when a file is replaced: its number and time, zeros if there is none."""
    try:
        found = path.stat()
        return found.st_ino, found.st_mtime_ns
    except OSError:
        return 0, 0


def folder_bytes(folder: Path, without: tuple[str, ...] = ()) -> int:
    """Return the size of all files in a folder. without: endings of names that do not count."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if not (path.is_dir() or path.name.endswith(without))
    )


def open_regular(path: Path, mode: Literal["rb", "ab", "rb+"] = "rb") -> IO[bytes]:
    """Open a regular file, or a link to one; raises OSError at once for anything else.

    To append makes a file that is missing.
    """
    with suppress(FileNotFoundError):
        _check_regular(path.stat(), path)  # before it is opened: a device may act upon that

    def without_waiting(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0), 0o666)

    file = open(path, mode, opener=without_waiting)  # noqa: SIM115 (Path.open has no opener)
    try:
        _check_regular(os.fstat(file.fileno()), path)  # another one may have taken its place
    except OSError:
        file.close()
        raise
    return file


def _check_regular(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


def read_regular(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a regular file of at most so many bytes; raises OSError for anything else."""
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > max_bytes:
            raise OSError(errno.EFBIG, f"it has more than {max_bytes:,} bytes", str(path))
        return file.read(max_bytes)


def read_json(path: Path) -> Any:
    """Read JSON of at most 16 MB; raises OSError for another file, ValueError for other text."""
    return json.loads(read_regular(path, MAX_JSON_BYTES).decode("utf-8"))
