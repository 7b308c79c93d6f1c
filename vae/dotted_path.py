"""What a dotted path names: "module:name", for tables that must load nothing to be read."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["resolve"]


def resolve(path: str) -> Any:
    """Import and return what a dotted path names: "vae.latent.projections:compute_tsne"."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
