"""How long a visitor waits for the first screen, beside an empty Streamlit app (one title).

Seconds on one machine say little of another, so both are started in turn, in one browser, and what
counts is the ratio of the medians.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.measuring import medians
from tests.browser.driving import ROOT, SCREEN, chromium, serve

__all__ = ["first_screen"]

ROUNDS = 5
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'
SAMPLES = "A 10 by 10 grid of generated images"
STEPS = ("start of the process until healthy", "first visit to a healthy server", "reload")


def first_screen() -> None:
    """Print the medians of both apps and their ratios as a Markdown table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        apps: dict[str, tuple[Path, Callable[[Page], None]]] = {
            "empty": (empty, _empty_is_shown),
            "ours": (ROOT / "app.py", _ours_is_shown),
        }
        found: dict[str, list[list[float]]] = {name: [] for name in apps}
        for _ in range(ROUNDS):
            for name, (script, is_shown) in apps.items():
                found[name].append(_round(browser, Path(folder) / "runs", script, is_shown))
    middle = medians(found)
    print(f"\nThe first screen, whole: medians of {ROUNDS} rounds, in turn.\n")
    print("| what | empty app | ours | ratio |")
    print("|---|---|---|---|")
    for step, *seconds in zip(STEPS, *middle.values(), strict=True):
        _print_row(step, *seconds)
    both = (sum(seconds[:2]) for seconds in middle.values())
    _print_row("start of the process to the first screen", *both)


def _print_row(step: str, empty: float, ours: float) -> None:
    print(f"| {step} | {empty:.2f} s | {ours:.2f} s | {ours / empty:.1f} |")


def _round(
    browser: Browser, runs: Path, script: Path, is_shown: Callable[[Page], None]
) -> list[float]:
    """Return the seconds of each of `STEPS`, of a browser that has nothing of the app yet."""
    runs.mkdir(exist_ok=True)
    page = browser.new_context(viewport=SCREEN).new_page()
    times = [time.perf_counter()]
    with serve(runs, script=script) as (address, _):
        times.append(time.perf_counter())
        page.goto(address)
        is_shown(page)
        times.append(time.perf_counter())
        page.reload()
        is_shown(page)
        times.append(time.perf_counter())
        page.context.close()
    return [after - before for before, after in itertools.pairwise(times)]


def _empty_is_shown(page: Page) -> None:
    page.get_by_role("heading", name="Empty").wait_for()


def _ours_is_shown(page: Page) -> None:
    """Wait for the samples, the dots of the latent space and the curves."""
    page.get_by_alt_text(SAMPLES).wait_for()
    page.get_by_role("img", name="Test images in latent space").wait_for()
    page.locator("path.line.training[d]").first.wait_for()
