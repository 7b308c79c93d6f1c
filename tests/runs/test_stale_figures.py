"""What was computed of a model goes when the run has another one, and stays until then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.schemas.test_figures import CLASS_PROBES, CLASSIFICATION, LIKELIHOOD, QUALITY
from tests.workshop import Workshop
from vae.runs.layout import SAMPLERS, TSNE
from vae.runs.progress import read_progress, write_progress
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.server.worker import work

JOBS = ("tsne", "knowledge", "likelihood", "quality", "samplers", "classification")


@pytest.fixture
def run(workshop: Workshop, tmp_path: Path) -> Run:
    """A run of one epoch that has ended, and of whose model everything was computed."""
    return computed(workshop.resume(workshop.new(tmp_path / "run", epochs=1)))


def computed(run: Run) -> Run:
    writer = RunWriter(run.path)
    for count, name in TSNE.items():
        writer.arrays(name, points=np.zeros((1, count), np.float32))
    writer.figures("knowledge.json", CLASS_PROBES)
    writer.figures("likelihood.json", LIKELIHOOD)
    writer.figures("quality.json", QUALITY)
    writer.figures("classification.json", CLASSIFICATION)
    writer.arrays("samplers.npz", y=np.zeros(1))
    for job in JOBS:
        write_progress(run.path, job, 0.0, "It failed.")
    return open_run(run.path)


def holds(run: Run) -> set[bool]:
    """Whether the run holds what was computed: all of it, nothing, or (both) some."""
    run = open_run(run.path)
    found = [bool(run.arrays(name)) for name in (*TSNE.values(), SAMPLERS)]
    found += [bool(figures) for figures in (run.class_probes, run.likelihood, run.quality)]
    found.append(bool(run.classification))
    return {*found, *(bool(read_progress(run.path, job).error) for job in JOBS)}


def test_they_stay_as_long_as_the_model_does(run: Run) -> None:
    assert holds(run) == {True}
    assert work(run.path, "train") == 0  # nothing is left to do
    assert holds(run) == {True}


def test_more_epochs_make_another_model(run: Run, workshop: Workshop) -> None:
    run.requests.resume(1)
    stored: list[set[bool]] = []
    workshop.at(run, (2, 5), lambda: stored.append(holds(run)))
    assert stored == [{True}]  # the model in the folder is still the one of epoch 1
    assert open_run(run.path).status["model_epoch"] == 2
    assert holds(run) == {False}


def test_a_preview_of_a_run_that_trains(run: Run, workshop: Workshop) -> None:
    run.requests.resume(1)
    observed: list[set[bool]] = []

    def should_end() -> bool:
        if workshop.position == (2, 3):
            run.requests.show_model()
        if open_run(run.path).status.get("shown"):
            observed.append(holds(run))
        return bool(observed)

    workshop.resume(run, should_end=should_end)
    assert observed == [{False}]


def test_the_model_of_a_killed_run(run: Run, workshop: Workshop) -> None:
    run.requests.resume(2)
    workshop.kill_at(run, (3, 5))
    assert holds(run) == {True}
    assert work(run.path, "recover") == 0
    assert holds(run) == {False}
