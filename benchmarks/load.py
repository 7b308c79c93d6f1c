"""A class of fifty opens the app at once: everyone walks through all pages, ten start a run.

Nobody may get an error, all ten runs must finish, and no history may have a gap.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.visitor import GoneError, Visitor
from benchmarks.watching import PAGES, complain, percentiles, served, stroll, until
from vae.data.datasets import find_dataset
from vae.files import read_json
from vae.runs.run import ACTIVE_STATES, open_run

__all__ = ["load"]

VISITORS = 50
STARTERS = 10
ARRIVAL_SECONDS = 20  # the last one opens the app so long after the first
FINISH_SECONDS = 900
LAST_POLL_SECONDS = 3  # in which the pages show the end of the runs
POLL_SECONDS = 0.5
COOKIE = "vae_visitor"
EPOCHS = 4
DIGITS = f"dataset=digits&preset=lecture-fast&epochs={EPOCHS}"
MNIST = f"dataset=mnist&preset=recommended&train_share=0.1&epochs={EPOCHS}"
MNIST_STARTERS = 2


class Memory:
    """The most that server and workers held, in megabytes of resident memory."""

    def __init__(self) -> None:
        self.server = self.worker = self.workers = self.all = 0.0

    async def follow(self, server: psutil.Process) -> None:
        """Poll until this is cancelled."""
        while True:
            sizes = [_megabytes(child) for child in server.children(recursive=True)]
            here = _megabytes(server)
            self.server = max(self.server, here)
            self.worker = max(self.worker, *sizes, 0.0)
            self.workers = max(self.workers, sum(sizes))
            self.all = max(self.all, here + sum(sizes))
            await asyncio.sleep(POLL_SECONDS)


def load() -> None:
    """Print the figures as a Markdown table; end the program if one visitor got an error."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        runs.mkdir()
        with served(runs, VAE_PUBLIC="1") as (address, server):
            visitors, memory, seconds = asyncio.run(_fifty(address, server, runs))
        _print(visitors, memory, seconds)
        complain(visitors, runs.parent)
        if faults := _faults(runs):
            raise SystemExit("Not every run came through:\n" + "\n".join(faults))


def _print(visitors: list[Visitor], memory: Memory, seconds: float) -> None:
    print(
        f"\n{VISITORS} visitors within {ARRIVAL_SECONDS} s, all pages each; {STARTERS} start a run "
        f"of {EPOCHS} epochs and watch it.\n\n| what | measured |\n|---|---|"
    )
    for kind in ("page", "fragment"):
        times = [u.seconds for visitor in visitors for u in visitor.updates if u.kind == kind]
        print(f"| {len(times):,} {kind} updates, p50 / p95 | {percentiles(times)} ms |")
    print(f"| errors | {sum(len(visitor.failures) for visitor in visitors)} |")
    print(f"| from the first visit until all {STARTERS} runs were finished | {seconds:.0f} s |")
    print(f"| peak memory of the server | {memory.server:.0f} MB |")
    print(f"| of the largest worker | {memory.worker:.0f} MB |")
    print(f"| of all workers together | {memory.workers:,.0f} MB |")
    print(f"| of server and workers together | {memory.all:,.0f} MB |")


async def _fifty(
    address: str, server: psutil.Process, runs: Path
) -> tuple[list[Visitor], Memory, float]:
    began, memory = time.monotonic(), Memory()
    follow = asyncio.create_task(memory.follow(server))
    visitors = [Visitor(address, {COOKIE: f"{index:032x}"}) for index in range(VISITORS)]
    links = [MNIST if find_dataset("mnist") else DIGITS] * MNIST_STARTERS
    links += [DIGITS] * (STARTERS - MNIST_STARTERS)
    every = VISITORS // STARTERS
    stays = [
        _walk(visitor, index) if index % every else _train(visitor, index, links[index // every])
        for index, visitor in enumerate(visitors)
    ]
    await asyncio.gather(*stays)
    complain(visitors, runs.parent)  # now, because a run that never began would be waited for

    def over() -> bool:
        states = [read_json(path)["state"] for path in runs.glob("*/status.json")]
        return not {"queued", "paused", *ACTIVE_STATES} & set(states)

    await until(over, FINISH_SECONDS, f"all {STARTERS} runs have come to their end")
    seconds = time.monotonic() - began
    await asyncio.sleep(LAST_POLL_SECONDS)
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    follow.cancel()
    return visitors, memory, seconds


async def _walk(visitor: Visitor, index: int) -> None:
    """Look at every page, and leave."""
    dice = random.Random(index)
    await asyncio.sleep(dice.uniform(0, ARRIVAL_SECONDS))
    with suppress(GoneError):  # it is among the visitor's failures
        await visitor.open()
        await stroll(visitor, PAGES[1:], dice)
        await visitor.close()


async def _train(visitor: Visitor, index: int, link: str) -> None:
    """Start a run, look at every page, come back to the run and stay."""
    dice = random.Random(index)
    await asyncio.sleep(dice.uniform(0, ARRIVAL_SECONDS))
    with suppress(GoneError):
        await visitor.open(f"/train?{link}")
        await visitor.click("Train")
        run_id = visitor.run_id
        await stroll(visitor, PAGES, dice)
        await visitor.open(f"/train?run={run_id}")


def _faults(runs: Path) -> list[str]:
    """Say of each run what its history lacks."""
    faults, found = [], [path.parent for path in runs.glob("*/config.json")]
    if len(found) != STARTERS:
        faults.append(f"{STARTERS} runs were started, {len(found)} are there")
    for run in map(open_run, found):
        if run.state != "finished":
            faults.append(f"{run.id} is {run.state}: {run.status.get('reason', '')}")
        epochs = [row["epoch"] for row in run.history]
        if epochs != list(range(1, EPOCHS + 1)):
            faults.append(f"{run.id} has rows of the epochs {epochs}")
        steps = [(row["epoch"], row["step"]) for row in run.rows if row["kind"] == "step"]
        ends = {(epoch, run.status.get("steps")) for epoch in range(1, EPOCHS + 1)}
        if steps != sorted(set(steps)) or not ends <= set(steps):
            faults.append(f"{run.id} has rows of the steps {steps}")
    return faults


def _megabytes(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0
