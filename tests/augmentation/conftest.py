"""A finished study that its tests share."""

from __future__ import annotations

import pytest

from tests.augmentation.tiny import tiny_study
from tests.trained import TrainedOnce
from vae.augmentation.study import Study, open_study
from vae.data.datasets import Dataset


@pytest.fixture(scope="session")
def finished(stripes: Dataset, trained_once: TrainedOnce) -> Study:
    """A study of 3 images a class, two seeds, that nothing happened to."""
    from vae.augmentation.run import run_study

    folder = trained_once.folder(
        "augmentation", lambda path: run_study(tiny_study(path / "study", stripes), stripes)
    )
    return open_study(folder / "study")
