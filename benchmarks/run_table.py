"""A thousand runs: how long the server takes to list them, from an index and from their folders."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.visitor import Visitor
from tests.browser.driving import serve
from vae.runs.index import INDEX
from vae.runs.run import SHIPPED
from vae.runs.store import RunStore
from vae.runs.summary import SUMMARY_FILES
from vae.runs.table import as_table

__all__ = ["run_table"]

RUNS, ROUNDS = 1000, 7


def run_table() -> None:
    """Print the milliseconds of the processor as a Markdown table, and those of the page."""
    as_table([])  # pandas loads once a server
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        _copy(runs)
        index = runs / INDEX
        rows = {
            "from the folders alone": [_listed(runs, index.unlink) for _ in range(3)],
            "from the index, in a server that has just started": [
                _listed(runs) for _ in range(ROUNDS)
            ],
        }
        store = RunStore(runs)
        _milliseconds(store)
        rows["again"] = [_milliseconds(store) for _ in range(ROUNDS)]
        print(f"\n{RUNS:,} runs as a table, milliseconds of the processor; median and longest.\n")
        print("| | median | longest |")
        print("|---|---|---|")
        for name, found in rows.items():
            print(f"| {name} | {statistics.median(found):.0f} | {max(found):.0f} |")
        print(f"| the page, script and answer (elapsed) | {_page(runs)} |")


def _copy(runs: Path) -> None:
    """Make folders of a small run, each with what the table rests on."""
    for _ in range(RUNS):
        path = runs / secrets.token_hex(16)
        path.mkdir(parents=True)
        for name in SUMMARY_FILES:
            if (SHIPPED / "digits" / name).exists():
                shutil.copy(SHIPPED / "digits" / name, path)
    RunStore(runs).table()


def _listed(runs: Path, before: Callable[[], None] = lambda: None) -> float:
    before()
    return _milliseconds(RunStore(runs))


def _milliseconds(store: RunStore) -> float:
    began = time.process_time()
    store.table()
    return 1000 * (time.process_time() - began)


def _page(runs: Path) -> str:
    with serve(runs) as (address, _):
        found = asyncio.run(_reruns(address))
    return f"{statistics.median(found):.0f} | {max(found):.0f}"


async def _reruns(address: str) -> list[float]:
    found: list[float] = []
    async with Visitor(address) as visitor:
        await visitor.open("/runs")
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await visitor.rerun()
            found.append(1000 * (time.perf_counter() - began))
    return found


if __name__ == "__main__":
    run_table()
