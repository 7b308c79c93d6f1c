"""python -m vae runs: a runs folder as a list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Output, has, refused
from tests.conftest import copy_run
from vae.cli.main import main
from vae.runs.run import Run
from vae.runs.store import RunStore


@pytest.fixture
def folder(finished_run: Run, autoencoder_run: Run, tmp_path: Path) -> Path:
    """A folder with a tagged VAE, an autoencoder, and a folder that is damaged."""
    runs = tmp_path / "runs"
    copy_run(autoencoder_run, runs / "code")
    run = copy_run(finished_run, runs / "first")
    RunStore(runs).annotate(run, tags=["good"])
    (runs / "broken").mkdir()
    (runs / "broken" / "config.json").write_text("{")
    return runs


def listed(capsys: Output, *arguments: object) -> list[dict[str, Any]]:
    assert main(["runs", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_list_for_programs(folder: Path, finished_run: Run, capsys: Output) -> None:
    found = {each["id"]: each for each in listed(capsys, folder)}
    assert {*found} == {"first", "code"}
    assert found["first"]["elbo"] == finished_run.metrics["elbo"]
    assert found["first"]["path"] == str(folder / "first")
    assert found["first"]["tags"] == ["good"]
    assert found["code"]["nll"] is None


def test_what_cannot_be_read_is_said(folder: Path, capsys: Output) -> None:
    assert main(["runs", str(folder), "--json"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Left out: broken.")


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("--tag", "good"), ["first"]),
        (("--state", "failed"), []),
        (("--dataset", "digits", "--tag", "good"), ["first"]),
        (("--dataset", "mnist"), []),
        (("--sort", "elbo"), ["first", "code"]),  # which has none
    ],
)
def test_filters_and_order(
    folder: Path, arguments: tuple[str, ...], ids: list[str], capsys: Output
) -> None:
    assert [each["id"] for each in listed(capsys, folder, *arguments)] == ids


def test_a_table_for_people(folder: Path, capsys: Output) -> None:
    assert main(["runs", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert has(lines, "2 runs, in nats per image.")
    assert has(lines, "first (good)")


def test_the_folder_of_the_app(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("VAE_RUNS_DIR", str(folder))
    assert len(listed(capsys)) == 2
    assert {"digits", "first"} <= {each["id"] for each in listed(capsys, "--built-in")}
    monkeypatch.setenv("VAE_RUNS_DIR", str(folder / "none"))
    assert listed(capsys) == []


def test_what_is_no_folder(folder: Path, capsys: Output) -> None:
    assert "A folder of runs was expected" in refused(["runs", str(folder / "none")], capsys)
    assert "invalid choice: 'x'" in refused(["runs", "--sort", "x"], capsys)
