"""The table of all runs, as pandas has it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import change_status, copy_run
from tests.kinds import Kinds
from vae.errors import RunError
from vae.files import write_json
from vae.runs.layout import CONFIG, HISTORY, LIKELIHOOD, METADATA, METRICS, QUALITY
from vae.runs.metadata import MAX_NOTE, MAX_TAG, MAX_TAGS
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.runs.summary import MAX_POINTS


@pytest.fixture
def store(run: Run) -> RunStore:
    return RunStore(run.path.parent, run.path.parent / "none")


def row(store: RunStore) -> pd.Series:
    """The row of the only run."""
    table = store.table()
    assert len(table) == 1
    return table.iloc[0]


def test_what_a_run_says(store: RunStore, run: Run) -> None:
    store.rename(run, "Mine")
    store.annotate(run, tags=["good"], note="To show.")
    found = row(store)
    assert [*found[["id", "name", "note", "dataset"]]] == ["copy", "Mine", "To show.", "Digits"]
    assert (found["kind"], found["state"], found["built_in"]) == ("vae", "finished", False)
    assert found["tags"] == ["good"]
    for name in ("reconstruction", "kl", "elbo", "active_units"):
        assert found[name] == run.metrics[name]
    assert found["epochs"] == len(run.history)
    assert found["seconds"] == run.status["seconds_trained"]
    assert found["created"] == pd.Timestamp(run.status["created"])
    assert math.isnan(found["nll"])
    assert math.isnan(found["frechet_distance"])
    name = "val_loss" if "val_loss" in run.history[0] else "loss"
    np.testing.assert_allclose(found["losses"], run.history[name])


def test_what_was_measured_later(store: RunStore, run: Run) -> None:
    estimate = {"nll": 21.5, "nll_standard_error": 0.1, "elbo": -22.0, "importance_samples": 10}
    words = {"images": "all", "treatment": "grey", "seconds": 1.0}
    binarisation = run.metrics.get("binarisation", "none")
    other = next(each for each in ("none", "fixed") if each != binarisation)
    write_json(
        run.path / LIKELIHOOD,
        {binarisation: estimate | words, other: estimate | words | {"nll": 1.0}},
    )
    assert row(store)["nll"] == 21.5


def test_what_differs_from_the_preset_in_words(store: RunStore, run: Run) -> None:
    config = run.info["config"] | {"preset": "recommended", "beta": 4.0, "seed": 7, "epochs": 3}
    write_json(run.path / CONFIG, {**run.info, "config": config})
    found = row(store)
    assert found["preset"] == "recommended"
    words = found["differs"].split(", ")
    assert {"beta 4", "seed 7"} <= {*words}
    assert not any("epoch" in each for each in words)  # which have a column


def test_every_kind_of_model(kinds: Kinds, tmp_path: Path) -> None:
    for name in ("classifier", "gan", "conditional gan"):
        network = "dense" if name == "gan" else "convolutional"
        copy_run(kinds[f"{name.replace(' ', '-')}-{network}"], tmp_path / name)
    table = RunStore(tmp_path, tmp_path / "none").table().set_index("id")
    assert {**table["kind"]} == {name: name for name in table.index}
    assert table.loc["classifier", "accuracy"] > 0.1
    assert table[["elbo", "kl", "nll", "active_units"]].isna().all(axis=None)


def test_no_runs(tmp_path: Path) -> None:
    table = RunStore(tmp_path, tmp_path / "none").table()
    assert len(table) == 0
    assert table.dtypes["elbo"] == "float64"
    assert "id" in table


@pytest.mark.parametrize("name", [METRICS, HISTORY, QUALITY, LIKELIHOOD, METADATA])
@pytest.mark.parametrize("content", [b"", b"{nope", b'{"elbo": NaN}', b"[1]"])
def test_a_damaged_file_reads_as_missing(
    store: RunStore, run: Run, name: str, content: bytes
) -> None:
    (run.path / name).write_bytes(content)
    assert row(store)["id"] == "copy"


def test_a_history_that_is_no_file(store: RunStore, run: Run) -> None:
    (run.path / HISTORY).unlink()
    (run.path / HISTORY).mkdir()
    assert row(store)["losses"] == []


def test_a_date_that_is_none(store: RunStore, run: Run) -> None:
    change_status(run, created="yesterday, <b>late</b>")
    assert row(store)["created"] is pd.NaT


def test_a_long_curve_has_its_first_and_its_last_point(store: RunStore, run: Run) -> None:
    line = (run.path / HISTORY).read_text().splitlines()[-1]
    epochs = [line.replace('"epoch": ', '"epoch": 1', 1) for _ in range(999)]
    with (run.path / HISTORY).open("a") as file:
        file.write("\n".join([*epochs, ""]))
    losses = row(store)["losses"]
    assert len(losses) == MAX_POINTS
    fresh = Run(run.path).history
    name = "val_loss" if "val_loss" in fresh[0] else "loss"
    assert (losses[0], losses[-1]) == (fresh[0][name], fresh[-1][name])


def test_tags_and_notes_fit_into_a_line(store: RunStore, run: Run) -> None:
    many = [f"tag {index}" for index in range(MAX_TAGS + 5)]
    store.annotate(run, tags=["  two,parts\n", "two", "", "x" * 99, *many], note="a\nb" * 999)
    found = Run(run.path).metadata
    assert found.tags[:3] == ("two", "parts", "x" * MAX_TAG)
    assert len(found.tags) == MAX_TAGS
    assert found.note.startswith("a ba b")
    assert len(found.note) <= MAX_NOTE
    store.annotate(run, note="")
    assert (Run(run.path).metadata.note, Run(run.path).metadata.tags) == ("", found.tags)


def test_a_built_in_run_takes_no_tags() -> None:
    store = RunStore(Path("nowhere"))
    with pytest.raises(RunError, match="built-in"):
        store.annotate(store.open("digits"), tags=["mine"])
