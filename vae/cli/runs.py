"""The command that lists runs: vae runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import ConsoleRenderable, Group
from rich.table import Column, Table
from rich.text import Text

from vae.cli.parser import AddCommand
from vae.cli.report import Report
from vae.cli.streams import warn
from vae.data.specs import DATASETS
from vae.errors import RunError
from vae.preset_notes import PRESET_NOTES
from vae.runs.schema import RunState
from vae.runs.store import RunStore
from vae.runs.table import FIGURES

__all__ = ["add_runs"]

SORTED_BY = ("created", "name", "dataset", "epochs", *FIGURES, "seconds")
LARGEST_FIRST = ("created", "elbo", "accuracy")  # the best, or the newest
FITTING = {"elbo": "ELBO", "nll": "NLL"}


def add_runs(add: AddCommand) -> None:
    """Give a parser this command; `add` makes the part of one."""
    command = add(runs)
    command.add_argument(
        "path", type=Path, nargs="?", help="a folder of runs (default: VAE_RUNS_DIR, or ./runs)"
    )
    command.add_argument("--dataset", metavar="D", help="those that learned it")
    command.add_argument("--state", choices=[*map(str, RunState)], help="those in this state")
    command.add_argument("--tag", metavar="TAG", help="those that have it")
    command.add_argument(
        "--sort", choices=SORTED_BY, default="created", metavar="COLUMN",
        help=f"the best or newest first: {', '.join(SORTED_BY)} (default: created)",
    )  # fmt: skip
    command.add_argument(
        "--built-in", action="store_true", help="also the models that come with VAE Lab"
    )


def runs(options: argparse.Namespace) -> Report:
    """List runs with their settings and figures; with --json as one list."""
    if options.path is not None and not options.path.is_dir():
        raise RunError(f"A folder of runs was expected. Received: {options.path}")
    store = RunStore(options.path)
    contents = store.read()
    for name, reason in contents.left_out.items():
        warn(f"Left out: {name}. {reason}")
    listed = [run for run in contents.runs if options.built_in or not run.shipped]
    records = [
        record | {"path": str(run.path)}
        for run, record in zip(listed, store.records(listed), strict=True)
        if _fits(record, options)
    ]
    records = _sorted(records, options.sort)
    return Report(records, _shown(records))


def _fits(record: dict[str, Any], options: argparse.Namespace) -> bool:
    known = DATASETS.get(options.dataset)
    title = options.dataset if known is None else known.title
    return (
        (title is None or record["dataset"].casefold() == title.casefold())
        and options.state in (None, record["state"])
        and (options.tag is None or options.tag in record["tags"])
    )


def _sorted(records: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """Return the best first, as the column has it, and last those without a value."""
    found = [each for each in records if each[column] is not None]
    rest = [each for each in records if each[column] is None]
    return sorted(found, key=lambda each: each[column], reverse=column in LARGEST_FIRST) + rest


def _shown(records: list[dict[str, Any]]) -> ConsoleRenderable:
    """Show what fits into the lines of a terminal."""
    if not records:
        return Text("There is none: vae train makes one.")
    table = Table(
        "Run", Column("Data set", no_wrap=True), "What differs", box=SIMPLE_HEAD, pad_edge=False
    )
    for title in ("Epochs", *FITTING.values()):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    for record in records:
        preset = PRESET_NOTES.get(record["preset"])
        recipe = ", ".join(filter(None, [preset.title if preset else "Custom", record["differs"]]))
        tags = f" ({', '.join(record['tags'])})" if record["tags"] else ""
        table.add_row(
            Text((record["name"] or record["short_id"]) + tags, overflow="fold"),
            Text(record["dataset"]),
            Text(recipe),
            f"{record['epochs']:,}",
            *("" if record[name] is None else f"{record[name]:,.2f}" for name in FITTING),
            record["state"],
        )
    count = len(records)
    words = f"{count:,} run{'s' * (count != 1)}, in nats per image. All that is known: --json."
    return Group(table, Text(words))
