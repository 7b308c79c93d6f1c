"""Does it help? Few labelled images, enlarged in several ways, and what a classifier makes of it.

`create_study` and `open_study` are for who reads and plans, without TensorFlow; `run_study` trains.
The names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae.augmentation.methods import METHODS
    from vae.augmentation.recipe import Recipe
    from vae.augmentation.study import Study, create_study, open_study

__all__ = ["METHODS", "Recipe", "Study", "create_study", "open_study"]

_HOME = {
    "METHODS": "methods",
    "Recipe": "recipe",
    "Study": "study",
    "create_study": "study",
    "open_study": "study",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'vae.augmentation' has no attribute {name!r}")
    return getattr(importlib.import_module(f"vae.augmentation.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
