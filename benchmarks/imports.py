"""What importing Keras takes with and without the libraries that it can use: alternately, each in a
process of its own.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measuring import PROJECT, medians

__all__ = ["imports"]

ROUNDS = 5
IMPORTING = """
import resource, sys
from vae.model.lean_keras import import_lean
if sys.argv[1] == "lean":
    import_lean()
import vae.training.train
used = resource.getrusage(resource.RUSAGE_SELF)
unit = 1 if sys.platform == "darwin" else 1024
print(used.ru_utime + used.ru_stime, used.ru_maxrss * unit)
"""


def imports() -> None:
    """Print processor seconds and peak memory of both, and their ratios: medians."""
    found: dict[str, list[tuple[float, float]]] = {"whole": [], "lean": []}
    for _ in range(ROUNDS):
        for how, all_of_it in found.items():
            done = subprocess.run(
                [sys.executable, "-c", IMPORTING, how],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                check=True,
            )
            seconds, peak = map(float, done.stdout.split())
            all_of_it.append((seconds, peak))
    middle = medians(found)
    print(f"\nImporting what trains, {ROUNDS} rounds in turn: medians.\n")
    print("| Keras | processor time (s) | peak memory (MB) |")
    print("|---|---|---|")
    for how, (seconds, peak) in middle.items():
        print(f"| {how} | {seconds:.2f} | {peak / 1e6:.0f} |")
    seconds, peak = (
        lean / whole for lean, whole in zip(middle["lean"], middle["whole"], strict=True)
    )
    print(f"| lean to whole | {seconds:.2f} | {peak:.2f} |")
