"""Files that are never seen half-written: written beside their place, then moved into it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vae.errors import RunError

__all__ = ["file_mark", "read_json", "replacing", "write_json", "writing_to"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path with the same ending; what is written there replaces `path`."""
    temporary = path.with_name(f".writing-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically; NaN is refused, since no JSON reader must accept it."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, allow_nan=False) + "\n", encoding="utf-8")


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
