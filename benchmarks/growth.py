"""How time and memory grow with images, latent dimensions, width and image size.

Each point is a training in a process of its own, whose warm epochs are timed as `train` has them,
with checkpoint, snapshot and curves. An exponent is the slope of the logarithm of seconds over that
of what grows; the work is the multiplications of all images, forward, so that both have one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from benchmarks.measuring import measured, peak_megabytes
from vae.architecture import summarize
from vae.config import Config
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.presets import PRESETS
from vae.server.worker_processes import WORKER_ENVIRONMENT

__all__ = ["AXES", "Axis", "Point", "exponent", "growth", "keeps_up"]

# Warm epochs of a point: together so many images, as short epochs are noisy, within bounds.
WARM_IMAGES, FEWEST_EPOCHS, MAX_EPOCHS = 30_000, 3, 15
IMAGES, SIDE = 6_000, 28  # where they are not what grows
TEST_IMAGES = 1_000
# Exponents of noisy seconds differ by so much from one run to the next.
TOLERANCE = 0.05
NETWORKS = {
    "dense": PRESETS["lecture"],
    "convolutional": PRESETS["convolutional"].replace(hidden=(8, 16), latent_dim=4),
}


class Axis(NamedTuple):
    """What grows, in which network, and through which values."""

    title: str
    network: str
    values: tuple[int, ...]


class Point(NamedTuple):
    """What was measured at one value; work is in multiplications an epoch."""

    value: int
    seconds: float
    megabytes: float
    work: float


AXES = (
    Axis("images", "dense", (1_000, 3_000, 10_000, 30_000, 60_000)),
    Axis("images", "convolutional", (1_000, 3_000, 10_000, 30_000, 60_000)),
    Axis("latent_dim", "dense", (2, 8, 32, 64, 128)),
    Axis("hidden width", "dense", (64, 128, 256, 512, 1_024)),
    Axis("image side", "dense", (8, 16, 32, 64)),
    Axis("image side", "convolutional", (8, 16, 32, 64)),
)


def growth() -> None:
    """Print a Markdown table and plot docs/performance-growth.svg."""
    if find_dataset("mnist") is None:
        print("Growth is measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    print(
        f"\nGrowth on MNIST: medians of {FEWEST_EPOCHS} to {MAX_EPOCHS} warm epochs, a process "
        "for each point.\n"
    )
    print(
        "| what grows | network | values | seconds an epoch | peak MB | exponent of time "
        "(upper half) | of work | grows no faster than its work |"
    )
    print("|---|---|---|---|---|---|---|---|")
    found = {}
    for axis in AXES:
        found[axis] = [_point(axis, value) for value in axis.values]
        print(line(axis, found[axis]), flush=True)
    # Here, so that no point's process loads Matplotlib.
    from benchmarks.growth_figure import draw

    print(f"\nThe figure is in {draw(found)}.")


def setting(axis: Axis, value: int) -> tuple[Config, int, int]:
    """Return configuration, number of images and image side at a value of an axis."""
    images = value if axis.title == "images" else IMAGES
    warm = min(max(WARM_IMAGES // images, FEWEST_EPOCHS), MAX_EPOCHS)
    config = NETWORKS[axis.network].replace(epochs=1 + warm)
    if axis.title == "latent_dim":
        config = config.replace(latent_dim=value)
    elif axis.title == "hidden width":
        config = config.replace(hidden=(value,))
    return config, images, value if axis.title == "image side" else SIDE


def exponent(values: Sequence[float], amounts: Sequence[float]) -> float:
    """Return the power of the values that the amounts grow with: a straight line of logarithms."""
    return float(np.polyfit(np.log(values), np.log(amounts), 1)[0])


def upper_half(points: Sequence[Point]) -> Sequence[Point]:
    """Return the larger values, the middle one included, where fixed costs weigh less."""
    return points[len(points) // 2 :] if len(points) % 2 else points[len(points) // 2 - 1 :]


def keeps_up(points: Sequence[Point]) -> bool:
    """Whether time grows no faster than work, over all values and over the larger ones."""
    return all(
        _exponents(part)[0] <= _exponents(part)[1] + TOLERANCE
        for part in (points, upper_half(points))
    )


def line(axis: Axis, points: Sequence[Point]) -> str:
    """Return an axis as a row of the table."""
    (time_all, work_all), (time_upper, work_upper) = map(_exponents, (points, upper_half(points)))
    cells = [
        axis.title,
        axis.network,
        ", ".join(f"{point.value:,}" for point in points),
        ", ".join(f"{point.seconds:.3g}" for point in points),
        ", ".join(f"{point.megabytes:,.0f}" for point in points),
        f"{time_all:.2f} ({time_upper:.2f})",
        f"{work_all:.2f} ({work_upper:.2f})",
        "yes" if keeps_up(points) else "no",
    ]
    return f"| {' | '.join(cells)} |"


def _exponents(points: Sequence[Point]) -> tuple[float, float]:
    values, seconds, _, work = zip(*points, strict=True)
    return exponent(values, seconds), exponent(values, work)


def _point(axis: Axis, value: int) -> Point:
    config, images, side = setting(axis, value)
    arguments = [config.to_json(), images, side]
    found = measured("benchmarks.growth", *arguments, environment=WORKER_ENVIRONMENT)
    work = summarize(config, (side, side, 1)).multiplications * images
    return Point(value, found["seconds"], found["peak_megabytes"], work)


def _resized(images: np.ndarray, side: int) -> np.ndarray:
    """Return images (N, H, W, 1) with another height and width, uint8."""
    if images.shape[1] == side:
        return images
    size, kind = (side, side), Image.Resampling.BILINEAR
    pictures = [Image.fromarray(image[..., 0]).resize(size, kind) for image in images]
    return np.stack([np.asarray(picture) for picture in pictures])[..., None]


def _part(images: int, side: int) -> Dataset:
    """Return the first images of MNIST at this size; copies, which let go of the rest."""
    whole = load_dataset("mnist")
    return replace(
        whole,
        x_train=_resized(whole.x_train[:images].copy(), side),
        y_train=whole.y_train[:images].copy(),
        x_test=_resized(whole.x_test[:TEST_IMAGES].copy(), side),
        y_test=whole.y_test[:TEST_IMAGES].copy(),
    )


def main() -> None:
    """Measure one point and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", help="as JSON")
    parser.add_argument("images", type=int)
    parser.add_argument("side", type=int)
    arguments = parser.parse_args()
    from vae.training.train import train

    ends: list[float] = []

    def listen(row: dict[str, Any]) -> None:
        if row["kind"] == "epoch":
            ends.append(time.perf_counter())

    config = Config.from_json(arguments.config)
    with tempfile.TemporaryDirectory() as folder:
        train(config, _part(arguments.images, arguments.side), listen, out=Path(folder) / "run")
    # From the end of the first epoch, which compiles.
    seconds = statistics.median(after - before for before, after in pairwise(ends))
    print(json.dumps({"seconds": seconds, "peak_megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
