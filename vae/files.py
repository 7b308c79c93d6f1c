"""Files that are never seen half-written: written beside their place, then moved into it."""

from __future__ import annotations

import errno
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vae.errors import RunError

__all__ = ["DISK_FULL", "file_mark", "read_json", "replacing", "write_json", "writing_to"]

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path with the same ending; what is written there replaces `path`."""
    temporary = path.with_name(f".writing-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
        with path.open("rb+") as file:
            size = len(file.read())
            file.seek(0)
            file.write(text.encode().rjust(size))


@contextmanager
def writing_to(folder: Path, expected: str) -> Iterator[None]:
    """Raise RunError, which says what was expected of the folder, where nothing can be written."""
    try:
        yield
    except OSError as error:
        raise RunError(f"{expected} ({error.strerror}). Received: {folder}") from None


def file_mark(path: Path) -> tuple[int, int]:
    """Return what changes when a file is replaced: its number and time, zeros if there is none."""
    try:
        found = path.stat()
        return found.st_ino, found.st_mtime_ns
    except OSError:
        return 0, 0


def read_json(path: Path) -> Any:
    """Read JSON; raises OSError or ValueError."""
    return json.loads(path.read_text(encoding="utf-8"))
