"""What may stand in a file's place and is none: to read it waits for somebody, or never ends."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def socket_at(path: Path) -> None:
    """Make a socket; its address may be short alone, so that it is named from within its folder."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": socket_at,
    "folder": Path.mkdir,
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "circle": lambda path: path.symlink_to(path.name),
}


@contextmanager
def odd(path: Path, kind: str = "pipe") -> Iterator[None]:
    """Have something else stand in a file's place for a while."""
    aside = path.with_name(f".aside-{path.name}")
    if was_there := path.exists():
        path.rename(aside)
    path.parent.mkdir(parents=True, exist_ok=True)
    KINDS[kind](path)
    try:
        yield
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if was_there:
            aside.rename(path)
