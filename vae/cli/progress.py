"""Progress on standard error: a bar on a terminal, a few lines in a log file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from vae.cli.streams import warn
from vae.data.datasets import Dataset, load_dataset
from vae.data.download import OnProgress
from vae.runs.run import Run
from vae.runs.run_images import load_images
from vae.runs.schema import LearnedRow, Row
from vae.training.history_rows import ROWS_PER_EPOCH

__all__ = ["load_learned", "load_named", "progress_fraction", "training_progress"]

LOG_SECONDS = 30.0  # between two lines of a log file: a short job writes none

OnFraction = Callable[[float], None]
OnEvent = Callable[[Row], None]
Update = Callable[[float, str], None]


def _accuracy(row: LearnedRow) -> str:
    return f", accuracy {row['accuracy']:.1%}" if "accuracy" in row else ""


@contextmanager
def training_progress(epochs: int, *, with_kl: bool = True) -> Iterator[OnEvent]:
    """Yield a listener for the rows of a history; a log file gets a line an epoch.

    with_kl: whether the model has one, as an autoencoder has not.
    """
    with _bar(epochs) as update:
        done, parts, words = 0, 0, ""

        def on_event(row: Row) -> None:
            nonlocal done, parts, words
            if row["kind"] == "epoch":
                done, parts = row["epoch"], 0
                words = f"loss {row['loss']:.2f}"
                if with_kl and "kl" in row:
                    words += f", reconstruction {row['reconstruction']:.2f}, KL {row['kl']:.2f}"
                _log(f"epoch {done}/{epochs}: {words} nats per image{_accuracy(row)}")
                words += _accuracy(row)
            elif row["kind"] == "step":
                done, parts = row["epoch"] - 1, min(parts + 1, ROWS_PER_EPOCH)
            now = min(done + (parts > 0), epochs)
            update(done + parts / ROWS_PER_EPOCH, f"Epoch {now}/{epochs}  {words}")

        yield on_event


@contextmanager
def progress_fraction(what: str) -> Iterator[OnFraction]:
    """Yield a listener for the fraction that is done, 0 to 1. Nothing shows before it is called."""
    with _bar(1.0) as update:
        last = time.monotonic()

        def on_fraction(fraction: float) -> None:
            nonlocal last
            update(fraction, what)
            if time.monotonic() - last >= LOG_SECONDS:
                last = time.monotonic()
                _log(f"{what}: {fraction:.0%}")

        yield on_fraction


def load_named(name: str) -> Dataset:
    """Load a data set as `load_dataset` does; a download shows how far it is."""
    with _download_progress(name) as on_progress:
        return load_dataset(name, on_progress=on_progress)


def load_learned(run: Run) -> Dataset:
    """Load the data set that a run learned, as `load_images` does, with the same progress."""
    with _download_progress(run.dataset) as on_progress:
        return load_images(run, on_progress=on_progress)


@contextmanager
def _download_progress(name: str) -> Iterator[OnProgress]:
    with progress_fraction(f"Downloading {name}") as on_fraction:
        yield lambda done, total: on_fraction(done / total)


@contextmanager
def _bar(total: float) -> Iterator[Update]:
    """Yield what moves a bar, given what is done and words; it shows on a terminal alone."""
    if not sys.stderr.isatty():
        yield lambda done, words: None
        return
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
        console=console,
        expand=True,
    )
    task = progress.add_task("", total=total)

    def update(done: float, words: str) -> None:
        progress.start()
        console.show_cursor()  # a process that is ended would leave none
        progress.update(task, completed=done, description=words)

    try:
        yield update
    finally:
        progress.stop()


def _log(line: str) -> None:
    if not sys.stderr.isatty():
        warn(line)
