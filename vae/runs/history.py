"""Reads histories that grow: what was parsed once is not parsed again.

While a run trains, each page that shows it reads its history every second.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple, SupportsIndex, overload

from vae.errors import RunError
from vae.files import open_regular
from vae.runs.schema import LearnedRow, Row, decode_row

__all__ = ["History", "history_fault", "read_rows"]

# Of text, over all files; as rows it takes two to three times as much. More than one long history
# has: else reading another run's would drop it, and every page reads several.
MAX_BYTES = 60_000_000
TAIL = 64  # bytes that tell whether a file is still the one that was read


class History(list[LearnedRow]):
    """The epochs of a run, oldest first: `history[-1]["loss"]` or `history["loss"][-1]`."""

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> LearnedRow: ...
    @overload
    def __getitem__(self, key: slice, /) -> list[LearnedRow]: ...
    @overload
    def __getitem__(self, key: str, /) -> list[Any]: ...
    def __getitem__(self, key: SupportsIndex | slice | str, /) -> Any:
        """Return an epoch, some, or a column of all."""
        if isinstance(key, str):
            return [row[key] for row in self]
        return super().__getitem__(key)


class _Read(NamedTuple):
    inode: int
    end: int  # bytes, up to the end of the last whole line
    tail: bytes
    rows: list[Row]
    lines: int
    fault: str  # of the first line that is no row, or ""


_NOTHING = _Read(0, 0, b"", [], 0, "")
_cache: OrderedDict[Path, _Read] = OrderedDict()
_guard = threading.Lock()


def read_rows(path: Path) -> list[Row]:
    """Return all rows of a history; an invalid line is left out.

    That is a line cut short by a crash, or what somebody else wrote. The rows are shared by all who
    ask: they must not be changed. Raises OSError for a file that cannot be read.
    """
    return _read(path).rows


def history_fault(path: Path) -> str:
    """Return why lines of a history are left out, or "" if all of them are rows.

    Of a file that cannot be read its reader says so.
    """
    try:
        return _read(path).fault
    except OSError:
        return ""


def _read(path: Path) -> _Read:
    try:
        with open_regular(path) as file:
            inode = os.fstat(file.fileno()).st_ino  # of what was opened, whatever took its place
            known = _cache.get(path)
            if known is not None and known.inode == inode:
                file.seek(known.end - len(known.tail))
                if file.read(len(known.tail)) != known.tail:
                    known = None
            else:
                known = None
            if known is None:
                known = _NOTHING._replace(inode=inode)
                file.seek(0)
            new = file.read()
    except FileNotFoundError:
        return _NOTHING
    whole, line_break, _ = new.rpartition(b"\n")
    if line_break:
        end = known.end + len(whole) + 1
        tail = (known.tail + whole + b"\n")[-TAIL:]
        rows, lines, fault = _parse(whole, known.lines)
        known = _Read(inode, end, tail, known.rows + rows, lines, known.fault or fault)
    with _guard:
        _cache[path] = known
        _cache.move_to_end(path)
        while len(_cache) > 1 and sum(read.end for read in _cache.values()) > MAX_BYTES:
            _cache.popitem(last=False)
    return known


def _parse(text: bytes, before: int) -> tuple[list[Row], int, str]:
    """Return the rows of whole lines, how many lines there are by now, and the first fault."""
    rows: list[Row] = []
    fault, lines = "", text.split(b"\n")
    for number, line in enumerate(lines, start=before + 1):
        try:
            if line.strip():
                rows.append(decode_row(line))
        except RunError as error:
            fault = fault or f"Line {number} of history.jsonl is left out. {error}"
    return rows, before + len(lines), fault
