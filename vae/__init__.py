"""Variational autoencoders: configure, train, look inside, generate.

The names are loaded when they are first used, so `import vae` does not import TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae.config import Config
    from vae.data.datasets import Dataset, load_dataset
    from vae.errors import ConfigError, DatasetError, RunError, VAEError
    from vae.model.vae import VAE, build
    from vae.presets import PRESETS
    from vae.runs.run import Run, open_run
    from vae.runs.store import RunStore
    from vae.training.train import resume, train

__all__ = [
    "PRESETS",
    "VAE",
    "Config",
    "ConfigError",
    "Dataset",
    "DatasetError",
    "Run",
    "RunError",
    "RunStore",
    "VAEError",
    "build",
    "load_dataset",
    "open_run",
    "resume",
    "train",
]

_HOME = {
    "PRESETS": "presets",
    "VAE": "model.vae",
    "Config": "config",
    "ConfigError": "errors",
    "Dataset": "data.datasets",
    "DatasetError": "errors",
    "Run": "runs.run",
    "RunError": "errors",
    "RunStore": "runs.store",
    "VAEError": "errors",
    "build": "model.vae",
    "load_dataset": "data.datasets",
    "open_run": "runs.run",
    "resume": "training.train",
    "train": "training.train",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vae' has no attribute {name!r}")
    return getattr(importlib.import_module(f"vae.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
