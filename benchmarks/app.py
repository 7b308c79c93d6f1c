"""The app as a visitor meets it: cold start to first paint, and memory while a run trains."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from tests.browser.driving import SCREEN, chromium, serve, settled, wait_until
from vae.data.datasets import find_dataset
from vae.runs.store import RunStore
from vae.server.worker_processes import WARM_SECONDS

__all__ = ["measure"]

EPOCHS = 5


def measure() -> None:
    """Print the figures as a Markdown table."""
    dataset = "mnist" if find_dataset("mnist") else "digits"
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder) / "runs"
        runs.mkdir()
        page = browser.new_context(viewport=SCREEN).new_page()
        start = time.perf_counter()
        with serve(runs) as (address, process):
            page.goto(address)
            page.get_by_alt_text("A 10 by 10 grid of generated images").wait_for()
            first_paint = time.perf_counter() - start
            settled(page)
            server = psutil.Process(process.pid)
            idle = _megabytes(server)
            start = time.perf_counter()
            page.reload()
            page.get_by_alt_text("A 10 by 10 grid of generated images").wait_for()
            warm_paint = time.perf_counter() - start
            page.goto(f"{address}/train?dataset={dataset}&preset=lecture&epochs={EPOCHS}")
            settled(page)
            page.get_by_role("button", name="Train", exact=True).click()
            peak = {"server": idle, "worker": 0.0}

            def finished() -> bool:
                for child in server.children(recursive=True):
                    peak["worker"] = max(peak["worker"], _megabytes(child))
                peak["server"] = max(peak["server"], _megabytes(server))
                return any(run.state == "finished" for run in RunStore(runs, runs).list())

            wait_until(finished, 300)
            wait_until(lambda: not server.children(), 60)
            page.goto(f"{address}/train?dataset={dataset}")  # where a process is kept warm
            settled(page)
            wait_until(server.children, 60)
            page.close()
            wait_until(lambda: not server.children(), WARM_SECONDS + 60)
            unused = _megabytes(server)
    print(f"\nThe app, one visitor, {EPOCHS} epochs of the preset Lecture on {dataset}.\n")
    print("| what | measured |")
    print("|---|---|")
    print(f"| cold start of the server to the first paint in Chromium | {first_paint:.1f} s |")
    print(f"| the same page again | {warm_paint:.1f} s |")
    print(f"| server after the first visit | {idle:.0f} MB |")
    print(f"| server while a run trains, at most | {peak['server']:.0f} MB |")
    print(f"| server {WARM_SECONDS / 60:.0f} minutes after, without a worker | {unused:.0f} MB |")
    print(f"| worker, at most | {peak['worker']:.0f} MB |")


def _megabytes(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0
