"""What watching costs: how much slower a run gets with visitors, and how fast their pages are.

One run on full MNIST. Inside it, phases with nobody, one visitor and twenty take turns, and each is
compared with the phases without visitors around it: a slow minute of the machine meets both.
"""

from __future__ import annotations

import asyncio
import datetime
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from benchmarks.visitor import GoneError, Update, Visitor
from tests.browser.driving import serve
from vae.data.datasets import find_dataset
from vae.files import read_json

__all__ = ["PAGES", "complain", "percentiles", "served", "stroll", "until", "watch"]

ROUNDS = 3
PHASE_SECONDS = 15
SETTLE_SECONDS = 5  # visitors come and go between phases, and nothing is measured
START_SECONDS = 120
CROWD = 20
LOG_CHARACTERS = 4000
PAUSE_SECONDS = (3.0, 8.0)  # a visitor stays on a page for so long
EPOCHS = 500  # the most that a run may have; the phases are over earlier
PAGES = ("", "data", "train", "latent", "evaluate", "generate")


class Phase(NamedTuple):
    """What was measured while so many visitors were there."""

    visitors: int
    speed: float  # training steps a second
    updates: list[Update]
    client: float  # seconds of processor time a second, of all visitors together
    others: float  # the same, of programs that have no part in this


def watch() -> None:
    """Print the figures as a Markdown table."""
    if find_dataset("mnist") is None:
        print("Watching is measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        runs.mkdir()
        with served(runs, VAE_PUBLIC="0") as (address, server):
            phases, visitors = asyncio.run(_measure(address, runs, server))
        _print(phases)
        complain(visitors, runs.parent)


def _print(phases: list[Phase]) -> None:
    rounds = sum(phase.visitors == 1 for phase in phases)
    print(
        f"\nA run of the preset Recommended on full MNIST, {rounds} rounds of phases of "
        f"{PHASE_SECONDS} s.\n\n"
        "| | training steps/s | slower by (range over the rounds) | page update, p50 / p95 (ms) "
        "| fragment update, p50 / p95 (ms) | visitors' CPU | other programs' CPU |\n"
        "|---|---|---|---|---|---|---|"
    )
    titles = {0: "nobody", 1: "one visitor watches", CROWD: f"{CROWD} move through all pages"}
    for count, title in titles.items():
        alike = [phase for phase in phases if phase.visitors == count]
        updates = [update for phase in alike for update in phase.updates]
        cells = [
            title,
            f"{statistics.median(phase.speed for phase in alike):,.0f}",
            _slowdown(phases, count) if count else "",
            *(
                percentiles(update.seconds for update in updates if update.kind == kind)
                for kind in ("page", "fragment")
            ),
            f"{statistics.mean(phase.client for phase in alike):.0%} of a core",
            f"{max(0.0, statistics.mean(phase.others for phase in alike)):.0%} of a core",
        ]
        print(f"| {' | '.join(cells)} |")


@contextmanager
def served(runs: Path, **environment: str) -> Iterator[tuple[str, psutil.Process]]:
    """Start the app; yield its address and process; end its workers, which would outlive it."""
    workers: list[psutil.Process] = []
    try:
        # A plain traceback in the log, for `complain`.
        environment["STREAMLIT_LOGGER_ENABLE_RICH"] = "false"
        with serve(runs, **environment) as (address, process):
            server = psutil.Process(process.pid)
            try:
                yield address, server
            finally:
                workers = server.children(recursive=True)
    finally:
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        psutil.wait_procs(workers)


async def stroll(visitor: Visitor, pages: Iterable[str], dice: random.Random) -> None:
    """Go from page to page as a person does, and on every other one look at another run."""
    for page in pages:
        pause = dice.uniform(*PAUSE_SECONDS)
        await visitor.go(page)
        if dice.random() < 0.5:
            await asyncio.sleep(pause / 2)
            await visitor.choose("Run", dice.choice(visitor.options("Run")))
            pause /= 2
        await asyncio.sleep(pause)


async def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition while visitors go on; end the program if it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"This did not happen within {seconds:.0f} s: {what}")
        await asyncio.sleep(0.1)


def percentiles(seconds: Iterable[float]) -> str:
    """Return the median and the 95th percentile in milliseconds, as "50 / 95"."""
    values = list(seconds)
    if not values:
        return "none"
    return " / ".join(f"{value * 1000:,.0f}" for value in np.percentile(values, [50, 95]))


def complain(visitors: Iterable[Visitor], folder: Path) -> None:
    """End the program with a message if a visitor got an error; the server's log tells more."""
    failures = [failure for visitor in visitors for failure in visitor.failures]
    if failures:
        log = "".join(path.read_text(errors="replace") for path in folder.glob("server-*.log"))
        first = log[log.find("Traceback") :][:LOG_CHARACTERS] if "Traceback" in log else ""
        words = [f"{len(failures)} errors reached visitors:", *sorted(set(failures))[:5], first]
        raise SystemExit("\n".join(words))


async def _measure(
    address: str, runs: Path, server: psutil.Process
) -> tuple[list[Phase], list[Visitor]]:
    async with Visitor(address) as starter:
        await starter.open(f"/train?dataset=mnist&preset=recommended&epochs={EPOCHS}")
        await starter.click("Train")
        run_id = starter.run_id
        for page in PAGES:  # the first visit to each imports what it needs
            await starter.go(page)
    status = runs / run_id / "status.json"
    # The first epoch holds the compilation.
    await until(lambda: read_json(status).get("epoch", 0) > 1, START_SECONDS, "the run trains")
    phases: list[Phase] = []
    visitors = [starter]
    for count in [0, *[1, 0, CROWD, 0] * ROUNDS]:
        crowd = [Visitor(address) for _ in range(count)]
        visitors += crowd
        stays = [
            asyncio.create_task(_visit(visitor, run_id, index if count > 1 else None))
            for index, visitor in enumerate(crowd)
        ]
        await asyncio.sleep(SETTLE_SECONDS)
        for visitor in crowd:
            visitor.updates.clear()
        began, before = time.monotonic(), _processor_seconds(server)
        speed = await _speed(status)
        after, seconds = _processor_seconds(server), time.monotonic() - began
        client, others = ((now - then) / seconds for now, then in zip(after, before, strict=True))
        for stay in stays:
            stay.cancel()
        for error in await asyncio.gather(*stays, return_exceptions=True):
            if isinstance(error, Exception) and not isinstance(error, GoneError):
                raise error  # a GoneError is among the visitor's failures
        await asyncio.gather(*(visitor.close() for visitor in crowd))
        if speed is None:
            break  # a fast machine: the run is over
        updates = [update for visitor in crowd for update in visitor.updates]
        phases.append(Phase(count, speed, updates, client, others))
    if len(phases) < 5:
        raise SystemExit("The run ended before one round was over.")
    return phases, visitors


async def _visit(visitor: Visitor, run_id: str, index: int | None) -> None:
    """Watch the run; with an index in the crowd, move through all pages, each from another one."""
    if index is None:
        await visitor.open(f"/train?run={run_id}")
        return  # the page asks for what is new by itself
    dice = random.Random(index)
    await asyncio.sleep(dice.uniform(0, SETTLE_SECONDS / 2))
    await visitor.open(f"/{PAGES[index % len(PAGES)]}?run={run_id}")
    await stroll(visitor, itertools.islice(itertools.cycle(PAGES), index + 1, None), dice)


async def _speed(status: Path) -> float | None:
    """Return steps a second over whole epochs, by the worker's clock; None if the run has ended."""
    observed: list[tuple[int, int, float]] = []
    steps, deadline = 0, time.monotonic() + PHASE_SECONDS
    while time.monotonic() < deadline:
        now = read_json(status)
        if now["state"] != "training":
            return None
        position, steps = (now["epoch"], now["step"]), now["steps"]
        # Not the end of an epoch, which is said twice: before validation and after it.
        if position[1] < steps and (not observed or position != observed[-1][:2]):
            observed.append(
                (*position, datetime.datetime.fromisoformat(now["updated"]).timestamp())
            )
        await asyncio.sleep(0.03)
    epoch, step, began = observed[0]
    last = next((point for point in reversed(observed) if point[1] == step), observed[0])
    if last[0] == epoch:  # a slow machine: no whole epoch has passed
        last = observed[-1]
    return ((last[0] - epoch) * steps + last[1] - step) / (last[2] - began)


def _slowdown(phases: list[Phase], visitors: int) -> str:
    losses = [
        1 - phase.speed / statistics.mean((before.speed, after.speed))
        for before, phase, after in zip(phases, phases[1:], phases[2:], strict=False)
        if phase.visitors == visitors
    ]
    return f"{statistics.median(losses):.0%} ({min(losses):.0%} to {max(losses):.0%})"


def _processor_seconds(server: psutil.Process) -> tuple[float, float]:
    """Return what this process has used, and what all that is not of this benchmark has."""
    machine = psutil.cpu_times()
    ours = [psutil.Process(), server, *server.children(recursive=True)]
    used = [times.user + times.system for times in (process.cpu_times() for process in ours)]
    return used[0], machine.user + machine.nice + machine.system - sum(used)
