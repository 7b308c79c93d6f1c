"""The packages that a study's numbers depend on."""

from __future__ import annotations

import importlib.metadata
import platform

__all__ = ["package_versions"]

PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy")


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that train, of those that are installed."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
