"""Runs with histories made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pages.crafted import craft
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run


@pytest.fixture
def make(tmp_path: Path, digits: Dataset) -> Any:
    """Makes a run of Digits with these settings and this history."""

    def make(rows: list[dict[str, Any]], state: str = "training", **settings: Any) -> Run:
        return craft(
            tmp_path / "run", digits, Config(latent_dim=2).replace(**settings), state, rows
        )

    return make
