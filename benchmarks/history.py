"""Runs with long histories: reading one, what the curves get of it, and the page in Chromium."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.driving import SCREEN, chromium, serve, settled
from vae.evaluation.diagnostics import describe_training, problems
from vae.figures.curves import curve_marks, curve_points
from vae.runs.history import read_rows
from vae.runs.run import SHIPPED, Run

__all__ = ["history"]

ROWS = (1_000, 10_000, 100_000)
STEPS = (2, 5, 7, 10, 12, 15, 17, 20, 22, 25)  # of an epoch of 25, with a row each


def history() -> None:
    """Print the figures as a Markdown table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder) / "runs"
        found = {count: _long(runs / f"rows-{count}", count) for count in ROWS}
        figures = [_measure(run) for run in found.values()]
        with serve(runs) as (address, _):
            _seconds_to_curves(browser, address, SHIPPED.joinpath("digits").name)  # warm
            for run, each in zip(found.values(), figures, strict=True):
                each["from the address to the curves of Start (s)"] = _seconds_to_curves(
                    browser, address, run.id
                )
    print("\nHistories of four latent dimensions, ten rows an epoch and one at its end.\n")
    print("| rows | " + " | ".join(f"{count:,}" for count in ROWS) + " |")
    print("|---" * (len(ROWS) + 1) + "|")
    for name in figures[0]:
        print(f"| {name} | " + " | ".join(f"{each[name]:,.3g}" for each in figures) + " |")


def _long(path: Path, count: int) -> Run:
    """Make a copy of a shipped run with a history of so many rows."""
    shutil.copytree(SHIPPED / "digits", path)
    generator = random.Random(0)
    with (path / "history.jsonl").open("w", encoding="utf-8") as file:
        for index in range(count):
            epoch, part = divmod(index, len(STEPS) + 1)
            file.write(json.dumps(_row(epoch + 1, part, generator)) + "\n")
    return Run(path)


def _row(epoch: int, part: int, generator: random.Random) -> dict[str, Any]:
    ends = part == len(STEPS)
    kl = [generator.random() for _ in range(4)]
    reconstruction = 20.0 + 10.0 / epoch + generator.random()
    parts = {
        "loss": reconstruction + sum(kl),
        "reconstruction": reconstruction,
        "kl": sum(kl),
        "kl_per_dimension": kl,
    }
    row = {"kind": "epoch" if ends else "step", "epoch": epoch, "step": STEPS[part - ends]}
    row |= parts | {"beta": 1.0, "learning_rate": 1e-3, "gradient_norm": 5.0}
    return row | ({f"val_{name}": value for name, value in parts.items()} if ends else {})


def _measure(run: Run) -> dict[str, float]:
    path = run.path / "history.jsonl"
    rows, first = _timed(lambda: read_rows(path))
    read_rows(SHIPPED / "mnist-lecture" / "history.jsonl")  # as a page does for its run picker
    _, again = _timed(lambda: read_rows(path))
    points, thinning = _timed(lambda: (curve_points(rows, 25), curve_marks(rows, 25)))
    _, judging = _timed(lambda: (problems(run), describe_training(run.config, rows)))
    return {
        "read first (CPU s)": first,
        "read again, after another (CPU s)": again,
        "points of the curves (CPU s)": thinning,
        "how it goes (CPU s)": judging,
        "points of training sent": len(points[0]["training"]["epoch"]),
        "bytes of points sent": len(json.dumps(points)),
    }


def _seconds_to_curves(browser: Browser, address: str, run_id: str) -> float:
    page = browser.new_context(viewport=SCREEN).new_page()
    began = time.perf_counter()
    page.goto(f"{address}/start?run={run_id}")
    page.wait_for_selector(".curves .panel path.training[d^=M]")
    seconds = time.perf_counter() - began
    settled(page)
    page.context.close()
    return seconds


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what it returns, and the seconds of processor time that it took."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began
