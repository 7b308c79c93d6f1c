"""The commands for data sets of one's own: vae data add | list | remove."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from vae.cli.parser import AddCommand
from vae.cli.report import Report
from vae.cli.streams import warn
from vae.data.datasets import Dataset
from vae.data.health import health
from vae.data.own_set_changes import add_own, check_new_name, remove_own
from vae.data.own_sets import OwnSet, find_own, own_sets
from vae.errors import DatasetError
from vae.runs.run_images import runs_of
from vae.runs.store import RunStore

__all__ = ["add_data"]


def add_data(add: AddCommand) -> None:
    """Give a parser these commands; `add` makes the part of one."""
    actions = add(data).add_subparsers(required=True, metavar="action")

    def add_action(name: str, function: Any) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=function.__doc__, description=function.__doc__)
        action.add_argument("--json", action="store_true", help="end with one JSON object")
        action.set_defaults(command=function, name=f"data {name}")
        return action

    action = add_action("add", add_set)
    action.add_argument(
        "path",
        type=Path,
        help="a folder or zip (one folder a class, or none) or a file of pictures",
    )
    action.add_argument("--name", help="(default: that of the file or folder)")
    action.add_argument("--size", type=int, default=28, metavar="N", help="8 to 64 (default: 28)")
    action.add_argument("--color", action="store_true", help="keep colours (default: grey)")
    action.add_argument("--fit", choices=("crop", "pad"), default="crop", help="(default: crop)")
    action.add_argument(
        "--invert", choices=("auto", "yes", "no"), default="auto",
        help="auto inverts drawings that are dark on a bright ground (default: auto)",
    )  # fmt: skip
    action.add_argument(
        "--paper", action="store_true", help="of photographed drawings take the ink alone"
    )
    action.add_argument(
        "--test-fraction", type=float, default=0.2, metavar="F", help="of each class (default: 0.2)"
    )
    action.add_argument("--seed", type=int, default=0, help="of the split (default: 0)")
    action.add_argument("--note", default="", metavar="TEXT", help="a description")
    add_action("list", list_sets)
    action = add_action("remove", remove_set)
    action.add_argument("dataset", help="its name")
    action.add_argument("--force", action="store_true", help="though runs need its images")


def data(options: argparse.Namespace) -> Report:
    """Add, list and remove data sets of one's own."""
    return list_sets(options)


def add_set(options: argparse.Namespace) -> Report:
    """Make a data set of one's own pictures: its name is one for --dataset from then on."""
    name = options.name or options.path.stem
    check_new_name(name)  # before much is read
    with warnings.catch_warnings(record=True) as left_out:
        dataset = Dataset.from_folder(
            options.path,
            name=name,
            size=options.size,
            color=options.color,
            fit=options.fit,
            invert=options.invert,
            paper=options.paper,
            test_fraction=options.test_fraction,
            seed=options.seed,
        )
    findings = [*(str(each.message) for each in left_out), *health(dataset)]
    for each in findings:
        warn(each)
    own = add_own(dataset, note=options.note)
    return Report({**_values(own), "findings": findings}, _table([own]))


def list_sets(options: argparse.Namespace) -> Report:
    """List the data sets of one's own."""
    every = own_sets()
    shown = _table(every) if every else Text("There is none yet: vae data add PATH makes one.")
    return Report({"datasets": [_values(own) for own in every]}, shown)


def remove_set(options: argparse.Namespace) -> Report:
    """Delete a data set of one's own; where runs need its images they are named instead."""
    own = find_own(options.dataset)
    if own is None:
        names = ", ".join(each.name for each in own_sets()) or "none"
        raise DatasetError(f"Data sets of your own: {names}. Received: {options.dataset!r:.80}")
    runs = [run.id for run in runs_of(own, RunStore())]
    if runs and not options.force:
        raise DatasetError(
            f"No run that needs {own.name}, or --force, was expected. Without its images they "
            f"cannot be continued or measured. Received: {', '.join(runs)}"
        )
    remove_own(own)
    return Report({"removed": own.name, "runs": runs}, Text(f"Removed {own.name} ({own.path})."))


def _values(own: OwnSet) -> dict[str, Any]:
    return {
        "name": own.name,
        "note": own.note,
        "class_names": own.class_names,
        "image_shape": own.image_shape,
        "training_images": own.training_images,
        "test_images": own.test_images,
        "fingerprint": own.fingerprint,
        "source": own.source,
        "path": str(own.path),
    }


def _table(every: list[OwnSet]) -> Table:
    table = Table("Name", "Images", "Test", "Pixels", "Classes", "Description")
    for own in every:
        height, width, channels = own.image_shape
        pixels = f"{height} x {width}{', colour' if channels > 1 else ''}"
        table.add_row(
            own.name,
            f"{own.training_images:,}",
            f"{own.test_images:,}",
            pixels,
            f"{len(own.class_names)}",
            own.note,
        )
    return table
