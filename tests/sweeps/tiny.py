"""A sweep that takes a moment: two classes of stripes, networks of a few weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vae.config import Config
from vae.data.datasets import Dataset
from vae.sweeps.create import create_sweep
from vae.sweeps.schema import SweepRow
from vae.sweeps.study import Sweep

__all__ = ["CONFIG", "made_row", "tiny_sweep"]

# Convolutions are not compiled by XLA, which takes longer than to train these.
CONFIG = Config(
    network="convolutional",
    latent_dim=2,
    hidden=(2,),
    batch_size=60,
    epochs=2,
    validation_split=0.0,
    seed=3,
)


def tiny_sweep(path: Path, dataset: Dataset, **more: Any) -> Sweep:
    vary = {"beta": [0.5, 4.0], "latent_dim": [1, 2]}
    return create_sweep(path, CONFIG, **{"vary": vary, "dataset": dataset, **more})


def made_row(settings: dict[str, Any], seed: int = 3, **metrics: float) -> SweepRow:
    row: Any = {
        "settings": settings,
        "seed": seed,
        "run": "run",
        "state": "finished",
        "metrics": metrics,
        "seconds": 1.0,
        "reason": "",
    }
    return row
