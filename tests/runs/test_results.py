"""What a worker computes: each record names a function, files of its own, and how long it takes."""

from __future__ import annotations

import inspect

import pytest

from tests.conftest import run_python
from vae.archive.zip_export import FILES
from vae.dotted_path import resolve
from vae.runs import layout
from vae.runs.results import ARRAYS, FIGURES, RESULTS, Result, result_files
from vae.runs.run import SHIPPED, Run
from vae.server.durations import result_seconds
from vae.server.tickets import ACTIONS

EVERY_RESULT = pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)


@EVERY_RESULT
def test_its_function_takes_what_the_worker_gives(result: Result) -> None:
    names = ["run", "dataset", "on_progress"] if result.needs_images else ["run", "on_progress"]
    assert list(inspect.signature(resolve(result.compute)).parameters) == names
    if result.check is not None:
        assert callable(resolve(result.check))


@EVERY_RESULT
def test_it_says_how_long_it_takes(result: Result) -> None:
    assert 0.0 <= result_seconds(Run(SHIPPED / "mnist-2d"), result.name) < 600.0


def test_names_on_the_disk_stay() -> None:
    assert list(RESULTS) == [
        *("tsne", "knowledge", "likelihood", "quality", "samplers", "classification")
    ]
    assert result_files() == [
        *("tsne.npz", "tsne-3d.npz"),
        *("knowledge.json", "likelihood.json", "quality.json", "samplers.npz"),
        "classification.json",
    ]
    assert layout.progress_file("knowledge") == "knowledge-progress.json"


def test_every_file_is_archived_and_can_be_checked() -> None:
    for name in result_files():
        assert name in FILES
        assert (name in FIGURES) != (name in ARRAYS)


def test_every_result_is_an_action_of_the_queue() -> None:
    assert ("train", "recover", "export", *RESULTS) == ACTIONS


def test_reading_the_registry_loads_nothing() -> None:
    done = run_python(
        "-c",
        "import sys, vae.runs.results\n"
        "print([m for m in sys.modules if m.startswith(('vae.evaluation', 'vae.latent', 'sklearn'))"
        "])",
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_an_array_file_has_its_suffix() -> None:
    with pytest.raises(ValueError, match="Received: 'samplers'"):
        layout.array_file("samplers")
