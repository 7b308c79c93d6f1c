"""How quickly the Generate page answers: grids on demand, and the nearest training images."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measuring import verdict
from benchmarks.visitor import Visitor
from tests.browser.driving import serve
from vae.data.datasets import find_dataset, load_dataset
from vae.images import tile, to_png, to_uint8
from vae.latent.neighbours import latent_neighbours, pixel_neighbours
from vae.runs.run import SHIPPED, open_run
from vae.sampling.prior import MAX_ROWS
from vae.sampling.samplers import SAMPLERS, SampleSpec, sample_codes

__all__ = ["generate"]

TIMES = 20
NETWORKS = ("mnist-recommended", "mnist-convolutional")
GRID_MILLISECONDS, NEAREST_MILLISECONDS = 100, 300


def generate() -> None:
    """Print the figures as two Markdown tables."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as (address, _):
        pages = {name: asyncio.run(_grids(address, name)) for name in NETWORKS}
    print(f"\nGenerate, {TIMES} times each: median and longest, in milliseconds.\n")
    print("| | " + " | ".join(name.removeprefix("mnist-") for name in NETWORKS) + " |")
    print("|---|" + "---|" * len(NETWORKS))
    rows: dict[str, Callable[[str], Sequence[float]]] = {
        f"{MAX_ROWS} x {MAX_ROWS}, from a click on Again to the end of the answer": pages.get,
        "of that: codes, decoded, tiled, as PNG": lambda name: _alone(name, SampleSpec()),
    }
    rows |= {
        f"the same from the sampler {name}": lambda run, name=name: _alone(run, SampleSpec(name))
        for name in SAMPLERS[1:]
    }
    for words, measure in rows.items():
        cells = [_words(measure(name)) for name in NETWORKS]
        print(f"| {words} | " + " | ".join(cells) + " |")
    goal = statistics.median(pages[NETWORKS[0]])
    print(f"\nThe dense decoder, goal {verdict(goal, at_most=GRID_MILLISECONDS)}.")
    if find_dataset("mnist"):
        _nearest()


async def _grids(address: str, name: str) -> list[float]:
    """Return how long a visitor waits for each of the largest grids."""
    async with Visitor(address) as visitor:
        await visitor.open(f"/generate?run={name}")
        await visitor.slide("Rows", MAX_ROWS)
        await visitor.slide("Columns", MAX_ROWS)
        count = len(visitor.updates)
        for _ in range(TIMES):
            await visitor.click("New samples")
        if visitor.failures:
            raise SystemExit("\n".join(visitor.failures))
        return [1000 * update.seconds for update in visitor.updates[count:]]


def _alone(name: str, spec: SampleSpec) -> list[float]:
    run = open_run(SHIPPED / name)

    def make() -> None:
        images = to_uint8(run.decode(sample_codes(run, spec, MAX_ROWS**2)))
        to_png(tile(images, MAX_ROWS, MAX_ROWS), quick=True)

    return _timed(make)


def _nearest() -> None:
    dataset = load_dataset("mnist", download=False)
    print(f"\nThe nearest of {len(dataset.x_train):,} training images, in milliseconds.\n")
    print("| | in pixels | by the codes of " + " | by those of ".join(NETWORKS) + " |")
    print("|---|---|---|---|")
    began = time.perf_counter()
    indices = [pixel_neighbours(dataset)]
    ready = [1000 * (time.perf_counter() - began)]
    for name in NETWORKS:
        began = time.perf_counter()
        indices.append(latent_neighbours(open_run(SHIPPED / name), dataset))
        ready.append(1000 * (time.perf_counter() - began))
    print("| once, to be ready | " + " | ".join(f"{each:,.0f}" for each in ready) + " |")
    points = [dataset.x_test[:1], *(index.rows[:1] for index in indices[1:])]
    times = [
        _timed(lambda index=index, point=point: index.nearest(point, 5))
        for index, point in zip(indices, points, strict=True)
    ]
    print("| of one sample | " + " | ".join(map(_words, times)) + " |")
    slowest = max(map(statistics.median, times))
    print(f"\nGoal {verdict(slowest, at_most=NEAREST_MILLISECONDS)}.")


def _timed(work: Callable[[], object]) -> list[float]:
    work()  # the first one reads files
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return found


def _words(milliseconds: Sequence[float]) -> str:
    return f"{statistics.median(milliseconds):,.0f}, {max(milliseconds):,.0f}"
