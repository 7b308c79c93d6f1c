"""Seconds until the lecture's network is as good as the lecture's script makes it in 50 epochs.

Good is the loss on the test images, in the lecture's units: means over pixels and over latent
dimensions. The script trains 50 epochs. VAE Lab trains the same network towards the same objective
with the preset "lecture-fast" and as few epochs as suffice; its time ends when `train` has
returned, with test figures and model files written.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Any

from benchmarks.measuring import measured, ratios, spread, verdict
from vae.data.datasets import find_dataset
from vae.server.worker_processes import WORKER_ENVIRONMENT

__all__ = ["fewest", "time_to_quality"]

ROUNDS = 3
BASELINE_EPOCHS = 50
# The fewest whose loss is no higher than the script's with each seed:
# python -m benchmarks.time_to_quality --search 9 10 11 12
EPOCHS = 10
GOAL = 10


def time_to_quality() -> None:
    """Print both sides as a Markdown table."""
    data = find_dataset("mnist")
    if data is None:
        print("Time to quality is measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    script, ours = [], []
    for seed in range(ROUNDS):
        script.append(_script(data, seed))
        ours.append(_ours(EPOCHS, seed))
    print(
        f"\nThe lecture's network on MNIST until the test loss of the lecture's script after "
        f"{BASELINE_EPOCHS} epochs, {ROUNDS} rounds in turn, a seed each.\n"
    )
    print("| | lecture's script, plain Keras 3 | VAE Lab | ratio (range over the rounds) | goal |")
    print("|---|---|---|---|---|")
    print(f"| epochs | {BASELINE_EPOCHS} | {EPOCHS} | | |")
    for title, figure in (
        ("seconds, compilation included", "training_seconds"),
        ("seconds, Python's start and imports too", "all_seconds"),
    ):
        sides = [[round_[figure] for round_ in rounds] for rounds in (script, ours)]
        values = ratios(*sides)
        met = verdict(statistics.median(values), at_least=GOAL)
        cells = [*(f"{statistics.median(side):.1f}" for side in sides), spread(values, 1), met]
        print(f"| {title} | " + " | ".join(cells) + " |")
    losses = [[round_["test_loss"] for round_ in rounds] for rounds in (script, ours)]
    reached = sum(after <= before for before, after in zip(*losses, strict=True))
    cells = [*(spread(side, 4) for side in losses), "", f"reached in {reached} of {ROUNDS} rounds"]
    print("| test loss, lecture's units | " + " | ".join(cells) + " |")


def search(epochs: list[int]) -> None:
    """Print the test loss after each number of epochs, and the fewest that suffice."""
    data = find_dataset("mnist")
    if data is None:
        raise SystemExit("The search needs MNIST: set VAE_DATA_DIR, or download it in the app.")
    seeds = range(ROUNDS)
    found = {count: [_ours(count, seed)["test_loss"] for seed in seeds] for count in epochs}
    for count, losses in found.items():
        print(f"{count} epochs: test loss {spread(losses, 4)}", flush=True)
    script = [_script(data, seed)["test_loss"] for seed in seeds]
    print(f"The lecture's script, {BASELINE_EPOCHS} epochs: {spread(script, 4)}")
    print(f"The fewest that suffice with every seed: {fewest(found, min(script)) or 'none'}")


def fewest(losses: dict[int, list[float]], wanted: float) -> int | None:
    """Return the smallest number of epochs after which no loss is above the wanted one."""
    return min((count for count, found in losses.items() if max(found) <= wanted), default=None)


def _script(data: Path, seed: int) -> dict[str, Any]:
    arguments = [data, "--epochs", BASELINE_EPOCHS, "--seed", seed]
    return _with_start(measured("benchmarks.lecture_keras", *arguments))


def _ours(epochs: int, seed: int) -> dict[str, Any]:
    arguments = ["--preset", "lecture-fast", "--epochs", epochs, "--seed", seed]
    return _with_start(
        measured("benchmarks.lecture_ours", *arguments, environment=WORKER_ENVIRONMENT)
    )


def _with_start(result: dict[str, Any]) -> dict[str, Any]:
    return {**result, "all_seconds": result["trained_at"] - result["began"]}


def main() -> None:
    """Search for EPOCHS."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--search", type=int, nargs="+", metavar="EPOCHS", required=True)
    search(parser.parse_args().search)


if __name__ == "__main__":
    main()
