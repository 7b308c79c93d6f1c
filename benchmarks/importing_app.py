"""The app while somebody imports pictures: others' pages, and the memory of the server.

Visitors move through all pages before, during and after the import of a zip of PNG files of 28 x 28
in Chromium, from the upload to what will hurt, so that one server under one load is compared.
Run: python -m benchmarks.importing_app [COUNT] [--visitors N]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

import numpy as np
import psutil

from benchmarks.exchange import GoneError
from benchmarks.importing import write_zip
from benchmarks.load import Memory
from benchmarks.visitor import Visitor
from benchmarks.watching import PAGES, complain, percentiles, served, stroll
from tests.browser.driving import chromium, settled

QUIET_SECONDS = 40  # before and after
UPLOAD_SECONDS, IMPORT_SECONDS = 120, 600


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--visitors", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, runs = Path(folder, "pictures.zip"), Path(folder, "runs")
        write_zip(path, options.count)
        runs.mkdir()
        own = {"VAE_PUBLIC": "0", "VAE_DATA_DIR": str(Path(folder, "data"))}
        with served(runs, **own) as (address, server):
            asyncio.run(_measure(address, server, path, options.count, options.visitors))


async def _measure(
    address: str, server: psutil.Process, path: Path, count: int, visitors: int
) -> None:
    async with Visitor(address) as first:
        await first.open("/")
        for page in PAGES:  # the first visit to each imports what it needs
            await first.go(page)
    memory = Memory()
    follow = asyncio.create_task(memory.follow(server))
    print("\n| | updates | p50 / p95 (ms) | p95 | server, at most |\n|---|---|---|---|---|")
    before = await _phase("before", address, memory, visitors, asyncio.sleep(QUIET_SECONDS))
    began = time.monotonic()
    job = asyncio.to_thread(_import, address, path, count)
    during = await _phase(f"{count:,} pictures imported", address, memory, visitors, job)
    seconds = time.monotonic() - began
    await _phase("after", address, memory, visitors, asyncio.sleep(QUIET_SECONDS))
    follow.cancel()
    print(f"\nUploaded, read and checked in {seconds:.0f} s; p95 {during / before:.2f} times.")


async def _phase(
    title: str, address: str, memory: Memory, count: int, job: Awaitable[object]
) -> float:
    """Print what pages took while a job was done; return the 95th percentile in seconds."""
    visitors = [Visitor(address) for _ in range(count)]
    stays = [asyncio.create_task(_stay(each, index)) for index, each in enumerate(visitors)]
    memory.server = 0.0
    await job
    for stay in stays:
        stay.cancel()
    await asyncio.gather(*stays, return_exceptions=True)
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    complain(visitors, Path())
    taken = [update.seconds for visitor in visitors for update in visitor.updates]
    last = float(np.percentile(taken, 95))
    print(
        f"| {title} | {len(taken)} | {percentiles(taken)} | {last * 1000:,.0f} ms "
        f"| {memory.server:.0f} MB |"
    )
    return last


async def _stay(visitor: Visitor, index: int) -> None:
    """Move through all pages, each visitor from another one on."""
    dice = random.Random(index)
    await asyncio.sleep(dice.uniform(0, 3))
    try:
        await visitor.open(f"/{PAGES[index % len(PAGES)]}")
        await stroll(visitor, itertools.islice(itertools.cycle(PAGES), index + 1, None), dice)
    except GoneError:
        return  # it is among the visitor's failures


def _import(address: str, path: Path, count: int) -> None:
    """Upload a zip and have all of it read, until it can be added."""
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/data?view=add-your-own")
        settled(page)
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
        add = page.get_by_role("button", name="Add this data set")
        read = page.get_by_role("button", name=f"Read all {count:,} pictures")
        read.or_(add).wait_for(timeout=UPLOAD_SECONDS * 1000)
        if read.is_visible():
            read.click()
        add.wait_for(timeout=IMPORT_SECONDS * 1000)


if __name__ == "__main__":
    main()
