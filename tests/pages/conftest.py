"""The app in streamlit's AppTest, in a world of its own: no runs, no data set but Digits."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages._shared import server
from pages.train import run_controls
from tests.conftest import copy_run
from tests.pages.crafted import (
    ALIVE,
    TRAINED,
    Make,
    craft,
    enqueue,
    epochs,
    set_state,
    unfinished,
    untrained,
)
from tests.pages.doubles import Browser, Processes
from vae.data.datasets import Dataset
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.sampling.fitted import compute_samplers


@pytest.fixture(autouse=True)
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """What the queue has started: nothing that takes processor time, unless a test wants it."""
    return Processes(monkeypatch)


@pytest.fixture(autouse=True)
def runs(processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The runs folder, empty; nothing is shipped, and no data set is here but Digits."""
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setenv("VAE_RUNS_DIR", str(folder))
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setitem(sys.modules, "animal_mnist", None)
    monkeypatch.setenv("VAE_WORKERS", "1")
    for name in ("PUBLIC", "MOST_EPOCHS", "MOST_SECONDS", "MOST_PARAMETERS", "GRACE_SECONDS"):
        monkeypatch.delenv(f"VAE_{name}", raising=False)
    monkeypatch.setattr(run_controls, "REPLY_SECONDS", 0.0)  # nobody is there to answer
    monkeypatch.setattr(server, "RunStore", partial(RunStore, shipped=tmp_path / "none"))
    st.cache_resource.clear()
    yield folder
    st.cache_resource.clear()  # the queue's thread ends before its folder goes
    shutil.rmtree(folder)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs that come with the project."""
    monkeypatch.setattr(server, "RunStore", RunStore)
    return server.store().list()


@pytest.fixture
def run(finished_run: Run, runs: Path) -> Run:
    """A finished VAE with two latent dimensions on Digits, the only run of the server."""
    return copy_run(finished_run, runs / "finished")


@pytest.fixture
def conditional(conditional_run: Run, runs: Path) -> Run:
    """A finished conditional VAE on Digits, the newest run of the server."""
    return copy_run(conditional_run, runs / "labelled")


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    """An untrained run with many latent dimensions."""
    return copy_run(wide_run, runs / "wide")


@pytest.fixture
def code_run(autoencoder_run: Run, runs: Path) -> Run:
    """An autoencoder on the same data set as `run`."""
    return copy_run(autoencoder_run, runs / "code")


@pytest.fixture
def color_run(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with 64 latent dimensions on pictures of 64 x 64 pixels in color, from elsewhere."""
    random = np.random.default_rng(0)
    images = random.integers(256, size=(40, 64, 64, 3), dtype=np.uint8)
    labels = random.integers(2, size=40, dtype=np.uint8)
    halves = images[:20], labels[:20], images[20:], labels[20:]
    data = Dataset("mine", "Mine", *halves, ("a", "b"), "drawn")
    made = untrained(data, tmp_path_factory.mktemp("colors"), latent_dim=64)
    return copy_run(made, runs / "colors")


@pytest.fixture
def own_run(digits: Dataset, runs: Path) -> Run:
    """A run of one's own."""
    return craft(runs / "made", digits, state="stopped", rows=epochs(40.0, 30.0))


@pytest.fixture
def make_in_state(digits: Dataset, runs: Path) -> Iterator[Make]:
    """Makes a run in a state, with what belongs to it: its process, its position in the queue."""
    with ExitStack() as locks:

        def make(
            state: str,
            *,
            rows: list[dict[str, Any]] = TRAINED,
            alive: bool = False,
            **more: Any,
        ) -> Run:
            run = craft(runs / "run", digits, state=state, rows=rows, **more)
            if state in ALIVE or alive:
                locks.enter_context(run.lock())
            if state in (*ALIVE, "queued") or alive:
                enqueue(run, started=state != "queued")
            return run

        yield make
        server.queue().close()  # before the death of what was alive is noticed


@pytest.fixture
def busy(finished_run: Run, runs: Path) -> Iterator[Run]:
    """A run in its second of twelve epochs, with its process alive: the queue's only place."""
    live = unfinished(finished_run, runs / "busy")
    set_state(live, "training", epoch=2, step=3, steps=25, seconds_per_epoch=30.0)
    with live.lock():
        yield Run(enqueue(live, started=True).path)
        st.cache_resource.clear()  # before its death is noticed, and anyone else has a turn


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The browser in which the next session begins, on a server that strangers share."""
    monkeypatch.setenv("VAE_PUBLIC", "1")
    return Browser(monkeypatch)


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files of all pictures and downloads that were shown, by their addresses."""
    files: dict[str, bytes] = {}
    store = MemoryMediaFileStorage.load_and_get_id

    def load_and_get_id(
        storage: MemoryMediaFileStorage, content: Any, mimetype: str, *rest: Any, **more: Any
    ) -> str:
        file_id = store(storage, content, mimetype, *rest, **more)
        files[storage.get_url(file_id)] = content
        return file_id

    monkeypatch.setattr(MemoryMediaFileStorage, "load_and_get_id", load_and_get_id)
    return files


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What makes each file that is packed only when someone wants it, by the file's name."""
    found: dict[str, Callable[[], bytes]] = {}
    add = MediaFileManager.add_deferred

    def add_deferred(manager: MediaFileManager, data: Any, *rest: Any, **more: Any) -> str:
        found[more["file_name"]] = data
        return add(manager, data, *rest, **more)

    monkeypatch.setattr(MediaFileManager, "add_deferred", add_deferred)
    return found


@pytest.fixture(scope="session")
def fitted(finished_run: Run, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose samplers are fitted."""
    run = copy_run(finished_run, tmp_path_factory.mktemp("fitted") / "run")
    compute_samplers(run, digits)
    return run


@pytest.fixture
def sampled(fitted: Run, runs: Path) -> Run:
    """The only run of the server, with its samplers."""
    return copy_run(fitted, runs / "sampled")


@pytest.fixture(scope="session")
def line_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A VAE with a single latent dimension."""
    return untrained(digits, tmp_path_factory.mktemp("line"), latent_dim=1)


@pytest.fixture(scope="session")
def wide_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A VAE with more latent dimensions than there are sliders."""
    return untrained(digits, tmp_path_factory.mktemp("wide"), latent_dim=40)
