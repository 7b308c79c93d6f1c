"""Runs of hardly any images or dimensions: every view has a picture or a sentence."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pages._shared import server
from tests.conftest import copy_run
from tests.pages.driving import open_page
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import VAEError
from vae.evaluation.class_probes import compute_class_probes
from vae.latent.projections import compute_tsne
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.sampling.fitted import compute_samplers

VIEWS = {
    "start": [""],
    "train": [""],
    "latent": ["map", "draw", "path", "dimensions", "projections", "knowledge"],
    "evaluate": ["overview", "likelihood", "classify", "samples", "latent-space"],
    "generate": [
        *("grid", "classes", "samplers", "by-hand", "manifold", "arithmetic"),
        *("animation", "take-away"),
    ],
    "runs": ["table", "compare", "rate-and-distortion", "sweeps"],
}


class World(NamedTuple):
    """How many images there are to train on and to test on, settings, and whether of one class."""

    train: int
    test: int
    settings: dict[str, Any]
    without_labels: bool = False


WORLDS = {
    "one test image": World(100, 1, {}),
    "two test images": World(100, 2, {}, without_labels=True),
    "one image of each": World(1, 1, {"kind": "conditional"}),
    "one dimension": World(100, 20, {"latent_dim": 1}),
    "one of everything": World(1, 1, {"latent_dim": 1, "hidden": (1,), "epochs": 1}),
    "early stopping": World(2, 1, {"validation_split": 0.5, "patience": 1}),
}


def part(dataset: Dataset, world: World) -> Dataset:
    """The first images of a data set, as one of one's own."""
    train, test = slice(world.train), slice(world.test)
    labels, names = (dataset.y_train[train], dataset.y_test[test]), dataset.class_names
    if world.without_labels:
        labels, names = (labels[0] * 0, labels[1] * 0), ("all",)
    return Dataset(
        *("few", "Few", dataset.x_train[train], labels[0], dataset.x_test[test], labels[1]),
        names,
        "part",
    )


@pytest.fixture(scope="module", params=WORLDS)
def small_run(
    request: pytest.FixtureRequest, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """A finished run, with all that can be computed of it."""
    from vae.training.train import train

    world = WORLDS[request.param]
    data = part(digits, world)
    config = Config(**{"latent_dim": 2, "hidden": (8,), "epochs": 2} | world.settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        run = train(config, data, out=tmp_path_factory.mktemp("small") / "run")
        for compute in (
            lambda: compute_class_probes(run, data),
            lambda: compute_samplers(run, data),
            lambda: compute_tsne(run),
        ):
            with contextlib.suppress(VAEError):  # a sentence: no library's words
                compute()
    return run


@pytest.mark.parametrize("page", VIEWS)
def test_every_view(page: str, small_run: Run, runs: Path) -> None:
    run = copy_run(small_run, runs / "small")
    for view in VIEWS[page]:
        app = open_page(page, run=run.id, **({"view": view} if view else {}))
        # What cannot be is said in a sentence of ours; an exception fails in `open_page`.
        assert all("Received" in error.value for error in app.error), (view, app.error)


def test_beside_another_run(small_run: Run, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "RunStore", RunStore)
    run = copy_run(small_run, runs / "small")
    for part in ("curves", "numbers", "images", "maps"):
        both = {"with": f"{run.id}/mnist-recommended"}
        app = open_page("runs", view="compare", part=part, **both)
        assert all("Received" in error.value for error in app.error), (part, app.error)


def test_taken_away_and_brought_back(small_run: Run, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    again = import_zip(io.BytesIO(export_zip(small_run)), store)
    assert len(again.latents["mean"]) == len(small_run.latents["mean"])
