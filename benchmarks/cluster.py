"""A sweep of 24 runs on two Ray nodes of this machine, one of which is killed in the middle.

python -m benchmarks.cluster. All runs must be there, equal to those of the same sweep on="local".
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from vae.archive.zip_export import export_zip
from vae.data.datasets import Dataset, load_dataset
from vae.presets import PRESETS
from vae.runs.layout import HISTORY
from vae.sweeps.address import connected
from vae.sweeps.arrivals import Arrivals
from vae.sweeps.create import create_sweep
from vae.sweeps.run import run_sweep
from vae.sweeps.study import Sweep

__all__ = ["cluster"]

CONFIG = PRESETS["recommended"].replace(hidden=(128,), epochs=5)
VARY = {"beta": [0.5, 1.0, 2.0, 4.0], "latent_dim": [2, 8]}
SEEDS = 3
NODES = 2
KILL_AT = 1 / 3  # of all runs


def cluster() -> None:
    """Print runs per hour, what Ray costs a run, and whether all runs are equal to local ones."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        head = {"num_cpus": 0, "include_dashboard": False}
        nodes = Cluster(initialize_head=True, head_node_args=head)
        try:
            for _ in range(NODES):
                last = nodes.add_node(num_cpus=1)
            started = time.monotonic() - began
            local = _measure(Path(folder, "local"), "local")
            on_ray = _measure(Path(folder, "ray"), nodes.address)
            cost = _task_seconds(nodes.address, on_ray[0])
            killed = _measure(Path(folder, "killed"), nodes.address, lambda: _kill(last))
        finally:
            nodes.shutdown()
        sides = {
            f"this machine, {NODES} processes": local,
            f"Ray, {NODES} nodes of one core": on_ray,
            "Ray, one node killed after a third": killed,
        }
        expected = _histories(local[0])
        print(f"\n{len(expected)} runs of {CONFIG.epochs} epochs on Digits.\n")
        print("| where | s | runs per hour | all there, equal to local ones |\n|---|--:|--:|---|")
        for side, (sweep, took) in sides.items():
            same = len(sweep.rows) == len(expected) and _histories(sweep) == expected
            rate = 3600 * len(expected) / took
            print(f"| {side} | {took:.0f} | {rate:,.0f} | {'yes' if same else 'NO'} |")
        size = statistics.median(len(export_zip(run)) for run in on_ray[0].open_runs()) / 1e6
        again = _arrival_seconds(on_ray[0], Path(folder, "again"))
        print("\n| | |\n|---|--:|")
        print(f"| to start {NODES + 1} nodes, once | {started:.1f} s |")
        print(f"| a task that trains nothing, with the images and a run's zip | {cost:.3f} s |")
        print(f"| a run's zip | {size:.2f} MB |")
        print(f"| to vet a run that came back, and write its ONNX files, here | {again:.2f} s |")


def _measure(path: Path, on: str, kill: Callable[[], None] | None = None) -> tuple[Sweep, float]:
    """Run the sweep in a folder; return it, and how long it took."""
    sweep = create_sweep(path, CONFIG, VARY, load_dataset("digits"), SEEDS)
    killed = kill is None

    def watch(fraction: float) -> None:
        nonlocal killed
        if fraction >= KILL_AT and not killed:
            killed = True
            kill()
            print(f"Killed a node at {fraction:.0%}.")

    began = time.monotonic()
    run_sweep(sweep, load_dataset("digits"), NODES if on == "local" else None, watch, on=on)
    return sweep, time.monotonic() - began


def _task_seconds(address: str, sweep: Sweep) -> float:
    """Return what Ray takes for a task with the images that trains nothing and gives a zip."""
    zips = [export_zip(run) for run in sweep.open_runs()]
    with connected(address) as ray:
        images = ray.put(load_dataset("digits"))
        task = ray.remote(_give_back).options(num_cpus=1)
        ray.get([task.remote(images, zips[0]) for _ in range(NODES)])  # their processes start
        began = time.monotonic()
        for content in zips:
            ray.get(task.remote(images, content))
        return (time.monotonic() - began) / len(zips)


def _give_back(images: Dataset, content: bytes) -> bytes:
    return content


def _kill(node: Any) -> None:
    """Kill a node's raylet and its workers, as kill -9 does."""
    raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
    for process in [*raylet.children(recursive=True), raylet]:
        process.kill()


def _histories(sweep: Sweep) -> list[bytes]:
    return [(run.path / HISTORY).read_bytes() for run in sweep.open_runs()]


def _arrival_seconds(sweep: Sweep, path: Path) -> float:
    """Return what this machine does for a run that comes back, without the start of TensorFlow."""
    zips = [export_zip(run) for run in sweep.open_runs()]
    again = create_sweep(path, CONFIG, VARY, load_dataset("digits"), SEEDS)
    arrivals = Arrivals(again)
    for planned, row, content in zip(again.plan.runs, _rows_by_plan(sweep), zips, strict=True):
        arrivals.take(planned, row, content)
    arrivals.close()
    times: list[float] = []
    while arrivals.is_open():
        times += [time.monotonic() for _ in arrivals.rows()]
        time.sleep(0.02)
    return (times[-1] - times[0]) / (len(times) - 1)


def _rows_by_plan(sweep: Sweep) -> list[dict[str, Any]]:
    rows: dict[str, Any] = {row["run"]: row for row in sweep.rows}
    return [rows[planned.readable_name] for planned in sweep.plan.runs]


if __name__ == "__main__":
    cluster()
