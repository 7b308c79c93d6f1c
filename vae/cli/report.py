"""A report of a command: values for programs, and what people read, which rich prints."""

from __future__ import annotations

import io
import math
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleRenderable, Group
from rich.filesize import decimal
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from vae.cli.streams import say, to_json

__all__ = [
    "UNIT",
    "Line",
    "Report",
    "figure_table",
    "next_commands",
    "number",
    "plus_minus",
    "print_report",
    "quoted",
    "wrote",
    "wrote_line",
]

PROGRAM = "python -m vae"
UNIT = "nats per image"
Line = tuple[str, str, str]  # a figure's name, its value, its standard error and unit


@dataclass(frozen=True)
class Report:
    """What a command found: `values` for programs, one JSON object or list; `shown` for people."""

    values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    shown: ConsoleRenderable


class _Page(io.StringIO):
    """A text for standard output: rich uses lines that its encoding has."""

    @property
    def encoding(  # pyright: ignore[reportIncompatibleVariableOverride] -- an attribute in io
        self,
    ) -> str:
        return sys.stdout.encoding or "utf-8"


def print_report(report: Report, *, as_json: bool) -> int:
    """Print a report to standard output; return the exit status that follows from that."""
    if as_json:
        return say(to_json(report.values))
    # Put together first: errors of writing are handled once.
    page = _Page()
    console = Console(file=page, highlight=False, force_terminal=sys.stdout.isatty())
    console.print(report.shown, soft_wrap=True)  # a path stays on one line, to be copied
    # Rich pads its lines with blanks.
    return say("\n".join(line.rstrip() for line in page.getvalue().rstrip("\n").split("\n")))


def wrote(out: Path, size: int, what: str, *ahead: str) -> ConsoleRenderable:
    """Show that a file was written, with its size, what is in it, and lines on what to do next."""
    return Group(wrote_line(out, size, what), *(Text(line) for line in ahead))


def figure_table(lines: Iterable[Line]) -> ConsoleRenderable:
    """Lay figures out one below the other."""
    grid = Table.grid("", Column(justify="right"), "", padding=(0, 1))
    for line in lines:
        grid.add_row(*line)
    return Padding(grid, (0, 0, 1, 2))


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure with so many decimals; "no number" for one that is not finite."""
    if value is None or not math.isfinite(value):
        return "no number"
    return f"{value:,.{digits}f}"


def plus_minus(value: float | None) -> str:
    """Return a standard error as it stands behind its figure; one of a single image is none."""
    return f"± {number(value)} " if value else ""


def wrote_line(out: Path, size: int, what: str = "") -> Text:
    """Say that a file or folder was written, and its size in bytes as people read it."""
    return Text(f"Wrote {out} ({decimal(size)})" + (f": {what}" if what else ""))


def next_commands(*commands: str) -> ConsoleRenderable:
    """Show what one may type next: commands of this program, without its name."""
    return Group(Text("Next:"), *(Text(f"  {PROGRAM} {command}") for command in commands))


def quoted(path: Path) -> str:
    """Return a path as a shell takes it."""
    return shlex.quote(str(path))
