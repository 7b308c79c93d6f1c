"""A classifier's epoch on MNIST: VAE Lab, plain Keras, PyTorch, and the arithmetic alone.

All sides run in turn, each in a process of its own; ratios are of the same round.
"""

from __future__ import annotations

import importlib.util
import statistics
from typing import Any, NamedTuple

from benchmarks.measuring import measured, ratios, spread, verdict
from benchmarks.training import INSTALL_TORCH, figures
from vae.data.datasets import find_dataset
from vae.server.worker_processes import WORKER_ENVIRONMENT

__all__ = ["compare"]

ROUNDS = 3
EPOCHS = 4
BATCH = 100
KERAS, TORCH, PRODUCTS, OURS = (
    "plain Keras 3, `fit` on float32 arrays",
    "PyTorch",
    "NumPy, the products alone",
    "VAE Lab, whole product",
)
DENSE_GOAL = 2  # times plain Keras


class Side(NamedTuple):
    """A program, its first arguments and its environment."""

    module: str
    arguments: tuple[object, ...] = ()
    environment: dict[str, str] | None = None


def compare() -> None:
    """Print the sides and their ratios for a dense and a convolutional network, as tables."""
    data = find_dataset("mnist")
    if data is None:
        print("Classifiers are compared on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    sides = {
        KERAS: Side("benchmarks.classifier_keras", (data,)),
        TORCH: Side("benchmarks.classifier_torch", (data,)),
        PRODUCTS: Side("benchmarks.classifier_products"),
        OURS: Side("benchmarks.classifier_ours", (), WORKER_ENVIRONMENT),
    }
    if importlib.util.find_spec("torch") is None:
        print(INSTALL_TORCH)
        del sides[TORCH]
    for network in ("dense", "convolutional"):
        _show(network, _measured(network, sides))


def _measured(network: str, sides: dict[str, Side]) -> dict[str, list[dict[str, float]]]:
    options = ("--network", network, "--batch", BATCH, "--epochs", EPOCHS)
    found: dict[str, list[Any]] = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            result = measured(side.module, *side.arguments, *options, environment=side.environment)
            found[name].append(figures(result))
    return found


def _show(network: str, found: dict[str, list[dict[str, float]]]) -> None:
    print(f"\nA {network} classifier, {ROUNDS} rounds of {EPOCHS} epochs in turn.\n")
    print("| | images/s (range) | seconds an epoch, warm | peak memory (MB) | training loss |")
    print("|---|---|---|---|---|")
    for side, rounds in found.items():
        losses = [round_["loss"] for round_ in rounds if "loss" in round_]
        cells = [
            spread([round_["images_per_second"] for round_ in rounds], 0),
            f"{statistics.median(round_['epoch_seconds'] for round_ in rounds):.2f}",
            f"{statistics.median(round_['peak_megabytes'] for round_ in rounds):,.0f}",
            f"{statistics.median(losses):.4f}" if losses else "",
        ]
        print(f"| {side} | {' | '.join(cells)} |")
    print("\nA ratio is VAE Lab's images a second divided by the other side's.\n")
    print("| against | ratio (range over the rounds) | goal |")
    print("|---|---|---|")
    ours = [round_["images_per_second"] for round_ in found[OURS]]
    for side in [name for name in found if name != OURS]:
        values = ratios(ours, [round_["images_per_second"] for round_ in found[side]])
        has_goal = (network, side) == ("dense", KERAS)
        goal = verdict(statistics.median(values), at_least=DENSE_GOAL) if has_goal else ""
        print(f"| {side} | {spread(values)} | {goal} |")
