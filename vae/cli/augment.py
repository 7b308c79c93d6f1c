"""The command that studies data augmentation with generative models, or takes an enlarged set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import ConsoleRenderable, Group
from rich.table import Column, Table
from rich.text import Text

from vae.augmentation.enlarged import SUFFIXES, check_suffix, enlarge, write_enlarged
from vae.augmentation.methods import METHODS
from vae.augmentation.run import run_study
from vae.augmentation.study import Study, create_study, open_study
from vae.augmentation.summary import Cell
from vae.cli.files import check_new_folder
from vae.cli.parser import AddCommand
from vae.cli.progress import load_named, progress_fraction
from vae.cli.report import Report, wrote
from vae.cli.streams import import_tensorflow
from vae.data.datasets import Dataset
from vae.errors import StudyError
from vae.server.durations import time_in_words
from vae.statistics import Interval
from vae.studies.layout import STUDY

__all__ = ["add_augment"]

PER_CLASS, SEEDS = (5, 10, 50, 100), 10


def add_augment(add: AddCommand) -> None:
    """Give a parser this command; `add` makes the part of one."""
    command = add(augment)
    command.add_argument("--dataset", help="(default: that of the study in --out, else mnist)")
    command.add_argument(
        "--per-class", type=_numbers, metavar="N,N",
        help=f"labelled images a class (default: {','.join(map(str, PER_CLASS))})",
    )  # fmt: skip
    command.add_argument("--seeds", type=int, metavar="N", help=f"(default: {SEEDS})")
    command.add_argument(
        "--methods", type=_words, metavar="M,M", help=f"{', '.join(METHODS)} (default: all)"
    )
    command.add_argument(
        "--processes", type=int, metavar="N", help="that train (default: as many as cores)"
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="the study's folder; one that is there is continued",
    )  # fmt: skip
    command.add_argument(
        "--take", type=Path, metavar="FILE",
        help="train no classifier, but write an enlarged data set of the study in --out: real "
        f"images and samples of its first generator ({', '.join(SUFFIXES)})",
    )  # fmt: skip
    command.add_argument("--seed", type=int, default=0, help="of --take (default: %(default)s)")


def augment(options: argparse.Namespace) -> Report:
    """Measure whether synthetic images help a classifier that has few labelled ones."""
    if options.take:
        return _take(options)
    if options.processes is not None and options.processes < 1:
        raise StudyError(f"Processes must be 1 or more. Received: {options.processes}")
    study, dataset = _study(options)
    with progress_fraction("Augmentation study") as on_progress:
        run_study(study, dataset, options.processes, on_progress)
    return Report(_values(study), _shown(study, options.out))


def _study(options: argparse.Namespace) -> tuple[Study, Dataset]:
    """Return the study in --out, or a new one, and its images."""
    if (options.out / STUDY).exists():
        study = open_study(options.out)
        settings = study.settings
        for name, asked in (
            ("dataset", options.dataset),
            ("per_class", options.per_class and sorted(set(options.per_class))),
            ("seeds", options.seeds),
            ("methods", options.methods and [each for each in METHODS if each in options.methods]),
        ):
            if asked and asked != settings[name]:
                raise StudyError(
                    f"The study in {options.out} has {name.replace('_', '-')} {settings[name]}: "
                    "leave the option out to continue it, or choose another folder. "
                    f"Received: {asked}"
                )
        return study, load_named(study.dataset)
    check_new_folder(options.out)
    dataset = load_named(options.dataset or "mnist")
    methods = options.methods or tuple(METHODS)
    seeds = SEEDS if options.seeds is None else options.seeds
    return create_study(
        options.out, dataset, options.per_class or PER_CLASS, seeds, methods
    ), dataset


def _take(options: argparse.Namespace) -> Report:
    """Write the training set that a classifier of the study had: real images and synthetic ones."""
    check_suffix(options.take)
    study = open_study(options.out)
    choices = [
        each
        for each in study.choices
        if (not options.methods or each["generator"] in options.methods)
        and (not options.per_class or each["per_class"] in options.per_class)
    ]
    if not choices:
        raise StudyError(
            "To take an enlarged data set, the study needs its choices, and --methods and "
            "--per-class, where they are given, one of its generators. Received: "
            f"{'none that fits' if study.choices else 'a study without; continue it first'}"
        )
    dataset = load_named(study.dataset)
    import_tensorflow()
    choice = choices[0]
    enlarged = enlarge(study, dataset, choice["generator"], choice["per_class"], options.seed)
    write_enlarged(enlarged, options.take)
    values = {
        "path": str(options.take),
        "images": len(enlarged.labels),
        "synthetic": int(np.sum(enlarged.synthetic)),
        "generator": enlarged.generator,
        "sampler": enlarged.sampler,
        "per_class": enlarged.per_class,
        "seed": enlarged.seed,
    }
    real, made = len(enlarged.labels) - values["synthetic"], values["synthetic"]
    what = f"{real:,} real images and {made:,} synthetic ones"
    return Report(values, wrote(options.take, options.take.stat().st_size, what))


def _values(study: Study) -> dict[str, Any]:
    """Return a study for programs; an interval of a single seed has no ends."""
    status = study.status
    cells = [
        cell._asdict()
        | {name: value._asdict() for name, value in cell._asdict().items() if _is_interval(value)}
        for cell in study.summary()
    ]
    return {
        "path": str(study.path),
        "state": str(status["state"]),
        "done": status["done"],
        "total": status["total"],
        "seconds": status["seconds"],
        "choices": [
            {name: value for name, value in choice.items() if name != "candidates"}
            for choice in study.choices
        ],
        "cells": cells,
    }


def _is_interval(value: object) -> bool:
    return isinstance(value, Interval)


def _shown(study: Study, path: Path) -> ConsoleRenderable:
    """Show a study as a table."""
    status = study.status
    table = Table("n", Column("Method", no_wrap=True))
    for name in ("Accuracy, %", "over real", "over classical", "Labels agree"):
        table.add_column(name, justify="right")
    last = None
    for cell in study.summary():
        first = "" if cell.per_class == last else (str(cell.per_class) if cell.per_class else "all")
        last = cell.per_class
        table.add_row(first, METHODS[cell.method].title, *_figures(cell))
    took = time_in_words(status["seconds"])
    sentence = f"{status['state'].capitalize()}: {status['done']} of {status['total']} trainings"
    return Group(
        table,
        Text(
            "n: labelled images a class. Means over seeds with 95 % intervals; differences are in "
            "percentage points, paired by seed."
        ),
        Text(f"{sentence}, in {took}. {path}"),
    )


def _figures(cell: Cell) -> list[str]:
    return [
        _points(cell.accuracy, sign=""),
        *(_points(each) for each in (cell.over_real, cell.over_classical)),
        f"{cell.agreement.mean:.0%}" if cell.agreement else "–",
    ]


def _points(found: Interval | None, sign: str = "+") -> str:
    """Return a share in percent, or a difference of shares, with half the width of its interval."""
    if found is None:
        return "–"
    text = f"{100 * found.mean:{sign}.1f}"
    return text if found.size < 2 else f"{text} ± {100 * (found.high - found.mean):.1f}"


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"whole numbers with commas between them, as 5,10. Received: {text!r}"
        ) from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))
