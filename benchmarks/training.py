"""Training speed, memory and the grid: the lecture's script in plain Keras 3 against VAE Lab.

Both run in turn, each in a process of its own, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from vae.datasets import find_dataset
from vae.processes import WORKER_ENVIRONMENT

__all__ = ["compare"]

ROUNDS = 3
EPOCHS = 5


def compare() -> None:
    """Print the comparison as a Markdown table."""
    data = find_dataset("mnist")
    if data is None:
        print("Training is compared on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    baseline = ["benchmarks.lecture_keras", data]
    ours = ["benchmarks.lecture_ours"]
    measured: dict[str, list[dict[str, Any]]] = {"Keras 3": [], "VAE Lab": []}
    for _ in range(ROUNDS):
        measured["Keras 3"].append(_run(baseline, {}))
        measured["VAE Lab"].append(_run(ours, WORKER_ENVIRONMENT))
    print(f"\nThe lecture's network on MNIST, {ROUNDS} rounds of {EPOCHS} epochs in turn.\n")
    print("| | lecture's script, plain Keras 3 | VAE Lab | ratio (range over the rounds) |")
    print("|---|---|---|---|")
    # The first epoch holds the compilation, in both.
    _line("seconds an epoch, warm", measured, lambda r: statistics.median(r["epoch_seconds"][1:]))
    _line("first epoch, with compilation (s)", measured, lambda r: r["epoch_seconds"][0])
    _line("peak memory (MB)", measured, lambda r: r["peak_megabytes"], digits=0)
    _line("the 10 x 10 grid (s)", measured, lambda r: r["grid_seconds"], digits=5)
    _line("training loss after the last epoch", measured, lambda r: r["losses"][-1], digits=4)


def _run(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, "-m", *command, "--epochs", str(EPOCHS)],
        cwd=Path(__file__).parents[1],
        env=environment | os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(finished.stdout.splitlines()[-1])


def _line(title: str, measured: dict[str, list[dict]], value: Any, digits: int = 2) -> None:
    baseline, ours = ([value(round_) for round_ in rounds] for rounds in measured.values())
    ratios = [before / after for before, after in zip(baseline, ours, strict=True)]
    print(
        f"| {title} | {statistics.median(baseline):,.{digits}f} "
        f"| {statistics.median(ours):,.{digits}f} "
        f"| {statistics.median(ratios):,.2f} ({min(ratios):,.2f} to {max(ratios):,.2f}) |",
        flush=True,
    )
