"""python -m vae augment: a small study, continued, refused, and an enlarged set taken away."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.augmentation.tiny import RECIPE
from tests.cli.commands import Output, last_json, refused
from vae.augmentation.study import create_study, open_study
from vae.cli.main import main
from vae.data.datasets import Dataset

METHODS = ["--methods", "vae,real"]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have new studies train tiny networks, in this process."""

    def create(path: Path, dataset: Dataset, *asked: Any) -> Any:
        return create_study(path, dataset, *asked, recipe=RECIPE)

    monkeypatch.setattr("vae.cli.augment.create_study", create)
    monkeypatch.setattr("vae.augmentation.run.loads_the_same", lambda dataset: False)


@pytest.fixture
def study(tiny: None, tmp_path: Path, capsys: Output) -> Path:
    path = tmp_path / "study"
    assert main(["augment", "--dataset", "digits", "--per-class", "3", "--seeds", "2",
                 *METHODS, "--out", str(path), "--json"]) == 0  # fmt: skip
    values = last_json(capsys.readouterr().out)
    assert (values["state"], values["done"], values["total"]) == ("finished", 22, 22)
    assert [cell["method"] for cell in values["cells"]] == ["real", "vae"]
    assert set(values["cells"][0]["accuracy"]) == {"mean", "low", "high", "size"}
    assert values["choices"][0]["generator"] == "vae"
    return path


def test_a_finished_one_is_shown_again(study: Path, capsys: Output) -> None:
    before = (study / "rows.jsonl").read_bytes()
    assert main(["augment", "--out", str(study)]) == 0
    shown = capsys.readouterr().out
    assert "Conditional VAE" in shown
    assert "Finished: 22 of 22 trainings" in shown
    assert (study / "rows.jsonl").read_bytes() == before


def test_one_that_lost_rows_is_continued_to_the_same(study: Path, capsys: Output) -> None:
    rows = (study / "rows.jsonl").read_text().splitlines()
    (study / "rows.jsonl").write_text("\n".join(rows[:2]) + "\n")
    assert main(["augment", "--out", str(study), "--per-class", "3", "--json"]) == 0

    def correct(row: Any) -> Any:
        return row["seed"], row["method"], row["correct"]

    import json

    assert sorted(map(correct, open_study(study).rows)) == sorted(
        correct(json.loads(row)) for row in rows
    )


def test_the_enlarged_set_as_arrays(study: Path, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "enlarged.npz"
    assert main(["augment", "--out", str(study), "--take", str(path), "--seed", "1", "--json"]) == 0
    values = last_json(capsys.readouterr().out)
    with np.load(path) as arrays:
        assert len(arrays["x"]) == values["images"]
        assert arrays["synthetic"].sum() == values["synthetic"] > 0
        assert (~arrays["synthetic"]).sum() == 30
        assert str(arrays["generator"]) == "vae"
        assert int(arrays["seed"]) == 1


def test_the_enlarged_set_as_folders(study: Path, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "enlarged.zip"
    assert main(["augment", "--out", str(study), "--take", str(path)]) == 0
    assert "30 real images and" in capsys.readouterr().out
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert "index.csv" in names
    assert sum("/real-" in name for name in names) == 30
    assert any(name.startswith("7/synthetic-vae-seed0-") for name in names)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--per-class", "five"], "whole numbers with commas"),
        (["--per-class", "2"], "3 or more"),
        (["--per-class", "5000"], "Received: 5,000"),
        (["--seeds", "0"], "Seeds must be from 1"),
        (["--seeds", "many"], "invalid int"),
        (["--methods", "magic"], "Received: magic"),
        (["--dataset", "letters"], "Received: letters"),
        (["--processes", "0"], "Received: 0"),
        (["--take", "x.rar"], ".npz or .zip. Received: x.rar"),
        (["--take", "x.npz"], "study.json"),
    ],
    ids=" ".join,
)
def test_refused(arguments: list[str], words: str, tmp_path: Path, capsys: Output) -> None:
    out = ["--dataset", "digits", "--out", str(tmp_path / "new")]
    assert words in refused(["augment", *out, *arguments], capsys)
    assert not (tmp_path / "new").exists()


def test_other_answers_than_the_study_has(study: Path, capsys: Output) -> None:
    for arguments in (["--seeds", "3"], ["--dataset", "mnist"], ["--per-class", "3,5"]):
        said = refused(["augment", "--out", str(study), *arguments], capsys)
        assert "leave the option out" in said


def test_a_generator_that_the_study_has_not(study: Path, capsys: Output) -> None:
    arguments = ["--take", "x.npz", "--methods", "gan"]
    said = refused(["augment", "--out", str(study), *arguments], capsys)
    assert "one of its generators" in said


def test_a_foreign_folder(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "study.json").write_text("{}")
    assert "whole" in refused(["augment", "--out", str(tmp_path)], capsys)
