"""The studies that come along, so that there is an answer before anything is trained."""

from __future__ import annotations

from pathlib import Path

from vae.augmentation.study import Study, open_study
from vae.studies.layout import STUDY

__all__ = ["FOLDER", "stored_studies", "stored_study"]

FOLDER = Path(__file__).parent / "stored"


def stored_study(dataset: str) -> Study | None:
    """Return the stored study of a data set, None if there is none."""
    path = FOLDER / dataset
    return open_study(path) if (path / STUDY).is_file() else None


def stored_studies() -> list[Study]:
    """Return all stored studies: MNIST first, then by name."""
    names = sorted((path.parent.name for path in FOLDER.glob(f"*/{STUDY}")), key=_mnist_first)
    return [open_study(FOLDER / name) for name in names]


def _mnist_first(name: str) -> tuple[bool, str]:
    return name != "mnist", name
