"""Reads histories that grow: what was parsed once is not parsed again.

While a run trains, every visitor who looks at it reads its history every second.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

from vae.files import open_regular

__all__ = ["read_rows"]

MOST_BYTES = 20_000_000  # of text, over all files; as rows it takes up to eight times as much
TAIL = 64  # bytes that tell whether a file is still the one that was read


class _Read(NamedTuple):
    inode: int
    end: int  # bytes, up to the end of the last whole line
    tail: bytes
    rows: list[dict[str, Any]]


_known: OrderedDict[Path, _Read] = OrderedDict()
_guard = threading.Lock()


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return all rows of a history; a line cut short by a crash is left out.

    The rows are shared by all who ask: they must not be changed. Raises OSError for what cannot be
    read.
    """
    try:
        with open_regular(path) as file:
            inode = path.stat().st_ino
            known = _known.get(path)
            if known is not None and known.inode == inode:
                file.seek(known.end - len(known.tail))
                if file.read(len(known.tail)) != known.tail:
                    known = None
            else:
                known = None
            if known is None:
                known = _Read(inode, 0, b"", [])
                file.seek(0)
            new = file.read()
    except FileNotFoundError:
        return []
    whole, line_break, _ = new.rpartition(b"\n")
    if line_break:
        end = known.end + len(whole) + 1
        tail = (known.tail + whole + b"\n")[-TAIL:]
        known = _Read(inode, end, tail, known.rows + _parse(whole))
    with _guard:
        _known[path] = known
        _known.move_to_end(path)
        while len(_known) > 1 and sum(read.end for read in _known.values()) > MOST_BYTES:
            _known.popitem(last=False)
    return known.rows


def _parse(text: bytes) -> list[dict[str, Any]]:
    rows = []
    for line in text.decode("utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and "kind" in row:
            rows.append(row)
    return rows
