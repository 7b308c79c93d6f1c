"""docs/augmentation.md: what the stored studies hold is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.augmentation.test_summary import row
from tests.augmentation.tiny import tiny_study
from vae.augmentation.stored import stored_studies, stored_study
from vae.data.datasets import Dataset
from vae.files import write_json
from vae.shipped.augmentation_page import PAGE, augmentation_page, figure_file
from vae.studies.writer import append_line

MIN_SEEDS = 3  # for an interval


def test_the_page_is_what_its_command_writes_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == augmentation_page(stored_studies())


def test_every_stored_study_has_whole_seeds_and_its_figure() -> None:
    for study in stored_studies():
        assert study.seeds_done >= MIN_SEEDS
        assert {cell.accuracy.size for cell in study.summary()} >= {study.seeds_done}
        assert (PAGE.parent / figure_file(study)).is_file()


def test_what_is_not_stored() -> None:
    assert stored_study("letters") is None


def test_literature_stands_beside() -> None:
    page = augmentation_page([])
    for figure in ("66.3 %", "74.3 %", "1.17 %", "0.69 %"):
        assert figure in page


@pytest.fixture
def page(stripes: Dataset, tmp_path: Path) -> str:
    """The page of a study whose rows and choices are made up."""
    study = tiny_study(tmp_path / "study", stripes)
    for seed, noise in enumerate((0.0, 0.01)):
        for method, accuracy in (("real", 0.6), ("classical", 0.8), ("vae", 0.5)):
            append_line(study.path / "rows.jsonl", row(method, seed, accuracy + noise, 3))
    append_line(study.path / "rows.jsonl", row("all", 0, 0.991, 0))
    choice = {"per_class": 3, "generator": "vae", "sampler": "mixture", "copies": 4}
    write_json(study.path / "choices.json", [choice | {"accuracy": 0.755, "candidates": []}])
    return augmentation_page([study])


def test_a_study_has_its_table_its_verdict_and_its_choices(page: str) -> None:
    assert "| 3 | Classical augmentation | **80.5 %** |" in page
    assert "| all | All labels | 99.1 % |" in page
    assert "Conditional VAE: -10.0 points" in page
    assert "worse than real images alone" in page
    assert "| 3 | Conditional VAE | mixture | 4 | 75.5 % |" in page
    assert "augmentation-stripes.svg" in page
