"""How quickly a run on full MNIST begins, and answers to what is asked of it while it trains."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.browser.driving import wait_until
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.presets import PRESETS, preset_label
from vae.runs.run import open_run
from vae.runs.store import RunStore
from vae.server.queue import Queue

__all__ = ["answers"]

TIMES = 10
PATIENCE_SECONDS = 120
REST_SECONDS = 3.0
NETWORKS = ("recommended", "convolutional")


def answers() -> None:
    """Print the figures as a Markdown table."""
    dataset = load_dataset("mnist" if find_dataset("mnist") else "digits", download=False)
    columns = [_measure(name, dataset) for name in NETWORKS]
    print(f"\nA run on {dataset.title}, asked {TIMES} times for each: median and longest.\n")
    print("| | " + " | ".join(preset_label(PRESETS[name]) for name in NETWORKS) + " |")
    print("|---|---|---|")
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns) + " |")


def _measure(preset: str, dataset: Dataset) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "runs", Path(folder) / "none")
        store.folder.mkdir()
        queue = Queue(store, workers=1)
        try:
            return _begin(queue, preset, dataset) | _answer(queue, preset, dataset)
        finally:
            queue.close()


def _begin(queue: Queue, preset: str, dataset: Dataset) -> dict[str, str]:
    """Start a run without and with a process that was ready for it."""
    found = {}
    for words, warm in (("without a warm process", False), ("with one", True)):
        if warm:
            wait_until(lambda: not queue.tickets.list(), PATIENCE_SECONDS)
            queue.warm_up()
            # As long as a person takes over the form.
            time.sleep(10.0)
        began = time.perf_counter()
        run = queue.submit(PRESETS[preset].replace(epochs=500, seed=int(warm)), dataset)
        wait_until(lambda run=run: open_run(run.path).rows, PATIENCE_SECONDS)
        found[f"from Train to the first point on the curves, {words}"] = (
            f"{time.perf_counter() - began:.1f} s"
        )
        queue.stop(open_run(run.path))
    wait_until(lambda: not queue.tickets.list(), PATIENCE_SECONDS)
    return found


def _answer(queue: Queue, preset: str, dataset: Dataset) -> dict[str, str]:
    """Ask a run that trains."""
    run = queue.submit(PRESETS[preset].replace(epochs=500, seed=2), dataset)
    wait_until(lambda: open_run(run.path).history, PATIENCE_SECONDS)
    process = psutil.Process(open_run(run.path).status["pid"])
    pauses, changes, fractions = [], [], []
    for turn in range(TIMES):
        beta = 1.0 + 0.1 * (turn + 1)
        changes.append(
            _seconds(
                lambda beta=beta: open_run(run.path).requests.change(beta=beta),
                lambda beta=beta: any(row["beta"] == beta for row in open_run(run.path).rows[-3:]),
            )
        )
        pauses.append(
            _seconds(
                lambda: queue.pause(open_run(run.path)),
                lambda: open_run(run.path).state == "paused",
            )
        )
        used, began = sum(process.cpu_times()[:2]), time.perf_counter()
        time.sleep(REST_SECONDS)
        fractions.append((sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began))
        queue.resume(open_run(run.path))
        wait_until(lambda: open_run(run.path).state == "training", PATIENCE_SECONDS)
    stop = _seconds(
        lambda: queue.stop(open_run(run.path)), lambda: open_run(run.path).state == "stopped"
    )
    return {
        "a change of beta acts after": _milliseconds(changes),
        "Pause is answered after": _milliseconds(pauses),
        "processor time while paused": f"{statistics.median(fractions):.1%} of a core, "
        f"at most {max(fractions):.1%}",
        "Stop, with test figures and model written": f"{stop:.1f} s",
    }


def _seconds(ask: Callable[[], object], answered: Callable[[], bool]) -> float:
    began = time.perf_counter()
    ask()
    wait_until(answered, PATIENCE_SECONDS)
    return time.perf_counter() - began


def _milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms, at most {max(seconds) * 1000:.0f} ms"
