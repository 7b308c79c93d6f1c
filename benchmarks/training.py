"""Training speed, memory and the grid: plain Keras 3, PyTorch, bare NumPy, and VAE Lab.

All sides run in turn, each in a process of its own, so that a slow moment of the machine meets them
all; ratios are of the same round.
"""

from __future__ import annotations

import importlib.util
import statistics
from typing import Any, NamedTuple

from benchmarks.measuring import measured, ratios, spread, verdict
from vae.data.datasets import find_dataset
from vae.server.worker_processes import WORKER_ENVIRONMENT

__all__ = ["compare"]

ROUNDS = 3
EPOCHS = 5
IMAGES = 60_000
INSTALL_TORCH = (
    "PyTorch is not compared, since this Python has none: "
    "`python -m pip install -r requirements-bench.txt` installs it."
)
KERAS, TORCH, PRODUCTS, OURS, LOOP = (
    "lecture's script, plain Keras 3",
    "PyTorch",
    "NumPy, the five products alone",
    "VAE Lab, whole product",
    "VAE Lab, its loop alone",
)


class Goal(NamedTuple):
    """A ratio of the whole product's figure to another side's, and where it should be."""

    title: str
    against: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None


GOALS = (
    Goal("images a second", KERAS, "images_per_second", at_least=4),
    Goal("images a second", TORCH, "images_per_second", at_least=1.8),
    Goal("seconds an epoch", PRODUCTS, "epoch_seconds", at_most=1.3),
    Goal("the 10 x 10 grid, how many times faster", KERAS, "grids_per_second", at_least=1000),
    Goal("first epoch, with compilation (s)", KERAS, "first_epoch_seconds"),
    Goal("peak memory", KERAS, "peak_megabytes"),
)


def compare() -> None:
    """Print the sides and their ratios as two Markdown tables."""
    data = find_dataset("mnist")
    if data is None:
        print("Training is compared on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    sides = {
        KERAS: ("benchmarks.lecture_keras", [data], {}),
        TORCH: ("benchmarks.lecture_torch", [data], {}),
        PRODUCTS: ("benchmarks.matrix_products", [], {}),
        OURS: ("benchmarks.lecture_ours", [], WORKER_ENVIRONMENT),
        LOOP: ("benchmarks.lecture_loop", [], WORKER_ENVIRONMENT),
    }
    if importlib.util.find_spec("torch") is None:
        print(INSTALL_TORCH)
        del sides[TORCH]
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for side, (module, arguments, environment) in sides.items():
            result = measured(module, *arguments, "--epochs", EPOCHS, environment=environment)
            found[side].append(figures(result))
    print(f"\nThe lecture's network on MNIST, {ROUNDS} rounds of {EPOCHS} epochs in turn.\n")
    print(
        "| | images/s (range over the rounds) | seconds an epoch, warm | first epoch, with "
        "compilation (s) | peak memory (MB) | the 10 x 10 grid (ms) | training loss |"
    )
    print("|---|---|---|---|---|---|---|")
    for side, rounds in found.items():
        cells = [
            spread([round_["images_per_second"] for round_ in rounds], 0),
            _median(rounds, "epoch_seconds", 2),
            _median(rounds, "first_epoch_seconds", 2),
            _median(rounds, "peak_megabytes", 0),
            _median(rounds, "grid_milliseconds", 2),
            _median(rounds, "loss", 4),
        ]
        print(f"| {side} | " + " | ".join(cells) + " |")
    print("\nA ratio is the figure of VAE Lab's whole product divided by the other side's.\n")
    print("| against | figure | ratio (range over the rounds) | goal |")
    print("|---|---|---|---|")
    for goal in GOALS:
        if goal.against in found:
            print(goal_line(goal, found))


def figures(result: dict[str, Any]) -> dict[str, float]:
    """Return what is compared of one process's result; the first epoch holds the compilation."""
    warm = statistics.median(result["epoch_seconds"][1:])
    found = {
        "epoch_seconds": warm,
        "images_per_second": IMAGES / warm,
        "first_epoch_seconds": result["epoch_seconds"][0],
        "peak_megabytes": result["peak_megabytes"],
    }
    if "losses" in result:
        found["loss"] = result["losses"][-1]
    if "grid_seconds" in result:
        found["grid_milliseconds"] = 1000 * result["grid_seconds"]
        found["grids_per_second"] = 1 / result["grid_seconds"]
    return found


def goal_line(goal: Goal, found: dict[str, list[dict[str, float]]]) -> str:
    """Return a row of the table of goals; a goal is met if the median ratio meets it."""
    ours, other = ([round_[goal.figure] for round_ in found[side]] for side in (OURS, goal.against))
    values = ratios(ours, other)
    bounds = {"at_least": goal.at_least, "at_most": goal.at_most}
    met = "" if bounds == dict.fromkeys(bounds) else verdict(statistics.median(values), **bounds)
    return f"| {goal.against} | {goal.title} | {spread(values)} | {met} |"


def _median(rounds: list[dict[str, float]], figure: str, digits: int) -> str:
    values = [round_[figure] for round_ in rounds if figure in round_]
    return f"{statistics.median(values):,.{digits}f}" if values else ""
