"""docs/performance.md: what each benchmark printed stands there between a pair of markers."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["PAGE", "markers", "measure_into", "written"]

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def markers(name: str) -> tuple[str, str]:
    """Return the lines around what a benchmark printed; a reader does not see them."""
    return f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"


def written(page: str, name: str, text: str) -> str:
    """Return a page with this text between the markers of a benchmark.

    Raises ValueError unless the page has one pair of them, in their order.
    """
    begin, end = markers(name)
    before, opened, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (opened and closed) or begin in rest or end in after:
        raise ValueError(f"A page needs {begin!r} and {end!r} once. Received: others")
    return f"{before}{begin}\n{text.strip()}\n\n{end}{after}"


def measure_into(path: Path, name: str, benchmark: Callable[[], None]) -> None:
    """Run a benchmark and put what it prints into a page, where that is a table.

    One that has nothing to measure, such as a GPU, says so in a sentence: then the page stays.
    Raises ValueError before it measures if the page has no place for it.
    """
    written(path.read_text(encoding="utf-8"), name, "")
    printed = _Copy()
    with contextlib.redirect_stdout(printed):
        benchmark()
    if "\n|---" in printed.getvalue():
        page = path.read_text(encoding="utf-8")
        path.write_text(written(page, name, printed.getvalue()), encoding="utf-8")


class _Copy(io.StringIO):
    """What is printed, which still shows as it comes."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = sys.stdout

    def write(self, text: str, /) -> int:
        self._shown.write(text)
        return super().write(text)

    def flush(self) -> None:
        self._shown.flush()
