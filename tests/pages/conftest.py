"""The app in streamlit's AppTest, in a world of its own: no runs, no data set but Digits."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import UnknownElement
from streamlit.util import calc_hash

from pages._shared import server
from pages.train import run_controls
from tests.conftest import PATIENCE_SECONDS, ROOT, change_status, copy_run
from tests.pages.crafted import enqueue
from tests.pages.doubles import Browser, Processes
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.sampling.fitted import compute_samplers

PAGES = ("start", "data", "train", "latent", "evaluate", "generate")
# What each page is called at its top.
TITLES = {
    "start": "VAE Lab",
    "data": "Data",
    "train": "Train",
    "latent": "Latent space",
    "evaluate": "Evaluate",
    "generate": "Generate",
}

# AppTest searches all installed packages for components, anew for every run of a page: 0.2 s of
# processor time, four fifths of what a page takes. None has one. Not a fixture, because the tours
# that open pages in a process of their own come past here too.
BidiComponentManager.discover_and_register_components = lambda *_, **__: None


PICTURES = ("pairs", "samples")  # of the learning board


def open_page(page: str, **address: str) -> AppTest:
    """Open a page by its address in a new session, as a link does; address: what stands after ?."""
    app = AppTest.from_file(ROOT / "pages" / "router.py", default_timeout=PATIENCE_SECONDS)
    app.query_params.update(address)
    # AppTest opens Start first and has no public way to begin with another page.
    app._page_hash = calc_hash("" if page == "start" else page)
    return calm(app.run(), page)


def go(app: AppTest, page: str) -> AppTest:
    """Go to another page by the navigation, in the same session."""
    return calm(app.switch_page(f"{page}/page.py").run(), page)


def watch(app: AppTest) -> AppTest:
    """Turn the Train page to the view that shows the chosen run."""
    return act(labelled(app.segmented_control, "View").set_value("Watch"))


def tour(**address: str) -> Iterator[tuple[str, AppTest]]:
    """Go through all pages in one session, each at what it shows of the chosen run."""
    app = open_page("train", **address)
    if labelled(app.segmented_control, "View").value != "Watch":
        watch(app)
    yield "train", app
    for page in PAGES:
        if page != "train":
            yield page, go(app, page)


def calm(app: AppTest, page: str | None = None) -> AppTest:
    """Return the app; it must show no exception, and the page whose name is given."""
    assert [element.value for element in app.exception] == []
    if page:
        assert [title.value for title in app.title] == [TITLES[page]]
    return app


def act(widget: Any) -> AppTest:
    """Have the app run with what was done to the widget."""
    return calm(widget.run())


SAYING = (
    *("title", "header", "markdown", "caption"),
    *("info", "warning", "error", "success", "progress", "metric"),
)


def words(app: AppTest) -> str:
    """All that a page says, in its order."""
    said = []
    for element in app.main:
        if element.type in SAYING:
            label = getattr(element, "label", "") or getattr(element, "text", "")
            said.append(f"{label}: {element.value}" if label else str(element.value))
    return "\n".join(said)


def labelled(widgets: Any, label: str) -> Any:
    """The one widget with this label."""
    (found,) = (widget for widget in widgets if widget.label == label)
    return found


def picker(app: AppTest) -> Any:
    """The run picker."""
    return labelled(app.selectbox, "Run")


def press(app: AppTest, label: str) -> AppTest:
    """Press the one button with this label."""
    return act(labelled(app.button, label).click())


def chart(app: AppTest, key: str) -> dict[str, Any]:
    """The Plotly chart with this key, as the browser gets it."""
    element = app.main.get_by_key(key)
    assert isinstance(element, UnknownElement)
    return json.loads(element.proto.spec)


def charts(app: AppTest) -> list[str]:
    """The keys of all Plotly charts."""
    return [element.key for element in app.main.get("plotly_chart")]


def table_of_bars(app: AppTest, name: str) -> dict[str, list[float]]:
    """The numbers of each row of the bars with this name, from top to bottom."""
    (body,) = (
        each.proto.body
        for each in app.main.get("html")
        if f'<table class="bars" aria-label="{name}">' in each.proto.body
    )
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body)
    return {
        html.unescape(row): [
            float(each.replace(",", "")) for each in re.findall("<b>([^<]*)", rest)
        ]
        for row, rest in rows
    }


def names_of_bars(app: AppTest) -> list[str]:
    """The names of all bars that are shown."""
    bodies = [each.proto.body for each in app.main.get("html")]
    return [name for body in bodies for name in re.findall('class="bars" aria-label="(.*?)"', body)]


def numbers(values: Any) -> np.ndarray:
    """A Plotly array as NumPy has it, whether it was sent as JSON or as bytes."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.asarray(values)


def component(app: AppTest, key: str) -> dict[str, Any]:
    """What a component of our own was given."""
    return json.loads(app.main.get_by_key(key).proto.json)


def components(app: AppTest) -> list[str]:
    """The keys of all components of our own."""
    return [element.key for element in app.main.get("bidi_component")]


def board(app: AppTest, run_id: str) -> dict[str, Any]:
    """What the learning board of a run was given."""
    return component(app, f"board-{run_id}")


def numbers_of(app: AppTest, run_id: str) -> dict[str, str]:
    """The line of numbers of the learning board, by their names."""
    return {each["name"]: each["value"] for each in board(app, run_id)["numbers"]}


def decoded_url(address: str) -> bytes:
    """The file that a data URL holds."""
    return base64.b64decode(address.partition(",")[2])


def picture(content: bytes) -> np.ndarray:
    """A PNG file as an image (H, W, C), uint8."""
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    return pixels[..., None] if pixels.ndim == 2 else pixels


def shows(content: bytes, image: np.ndarray) -> bool:
    """Whether a PNG file is this image (H, W, C), uint8, enlarged by a whole factor."""
    shown = picture(content)
    scale = shown.shape[0] // image.shape[0]
    return np.array_equal(shown, image.repeat(scale, axis=0).repeat(scale, axis=1))


def alternatives(app: AppTest) -> list[str]:
    """What each picture says to who cannot see it, those of the learning board first."""
    boards = [
        json.loads(element.proto.json)
        for element in app.main
        if element.type == "bidi_component" and element.key.startswith("board-")
    ]
    on_boards = [shown["alt"][name] for shown in boards if shown["frames"] for name in PICTURES]
    return on_boards + [shown.alt for element in app.image for shown in element.proto.imgs]


def picture_called(app: AppTest, alt: str) -> str:
    """The address of the one picture that says this to who cannot see it."""
    (address,) = (
        shown.url for element in app.image for shown in element.proto.imgs if shown.alt == alt
    )
    return address


def tell(run: Run, state: str, **status: Any) -> Run:
    """Make a copied run say that it is in another state."""
    return change_status(run, state=state, **status)


def unfinished(run: Run, path: Path) -> Run:
    """Copy a run as it was before its end: without model, latents and figures."""
    copied = copy_run(run, path)
    for name in ("encoder.onnx", "decoder.onnx", "model.keras", "latents.npz", "metrics.json"):
        (path / name).unlink()
    return copied


def truncate(path: Path) -> None:
    """Leave half of a file, as a full disk does."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


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
def busy(finished_run: Run, runs: Path) -> Iterator[Run]:
    """A run in its second of twelve epochs, with its process alive: the queue's only place."""
    live = unfinished(finished_run, runs / "busy")
    tell(live, "training", epoch=2, step=3, steps=25, seconds_per_epoch=30.0)
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
    keep = MemoryMediaFileStorage.load_and_get_id

    def load_and_get_id(
        storage: MemoryMediaFileStorage, content: Any, mimetype: str, *rest: Any, **more: Any
    ) -> str:
        file_id = keep(storage, content, mimetype, *rest, **more)
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


def untrained(digits: Dataset, folder: Path, latent_dim: int) -> Run:
    """A run that was stopped before its first step, which has all files nevertheless."""
    from vae.training.train import train

    config = Config(latent_dim=latent_dim, hidden=(8,), epochs=1)
    return train(config, digits, out=folder / "run", should_stop=lambda: True)
