"""What a dotted path names: "module:name", for tables that must load nothing to be read."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names", "resolve"]


def resolve(path: str) -> Any:
    """Import and return what a dotted path names: "vae.latent.projections:compute_tsne"."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names load when they are first used.

    modules: by each public name the package's module that has it.
    """

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return resolve(f"{package}.{modules[name]}:{name}")

    return load, lambda: sorted(modules)
