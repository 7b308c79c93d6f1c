"""No page names a folder of the server."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pages._shared import server
from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from tests.conftest import copy_run
from tests.pages.crafted import truncate
from tests.pages.driving import PAGES, open_page, watch
from tests.pages.shown import words
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED, Run

FILES = (
    "config.json",
    "status.json",
    "metrics.json",
    "latents.npz",
    "decoder.onnx",
    "encoder.onnx",
    "history.jsonl",
    "about.json",
    "control.json",
)


RUN_TEXTS = [
    ("Received: {runs}/abc", "Received: abc"),
    ("Received: {runs}/my run/latents.npz, which", "Received: my run/latents.npz, which"),
    (f"{SHIPPED}/mnist-2d is not a run", "mnist-2d is not a run"),
]
OTHER_TEXTS = [
    (f"[Errno 28] No space: '{tempfile.gettempdir()}/a b'", "[Errno 28] No space: 'a b'"),
    ("MNIST needs it in /srv/data/keras.", "MNIST needs it in keras."),
    ("Received: /elsewhere/x.npz (and '/y/z').", "Received: x.npz (and 'z')."),
    (r"It is in C:\Users\me\runs\abc.", "It is in abc."),
    ("Received: 1 /2/x and /3rd.", "Received: 1 x and 3rd."),
]
NO_PATHS = ["See https://a.example/b/c", "1/2, and/or ~/x/y", "3 / 4", "1 /2", "the (/10) of it"]


@pytest.mark.parametrize(("text", "said"), RUN_TEXTS)
def test_a_run_is_called_by_its_id(text: str, said: str, runs: Path) -> None:
    assert without_paths(text.replace("{runs}", str(runs))) == said


@pytest.mark.parametrize("text", [*(text for text, _ in OTHER_TEXTS), *NO_PATHS])
def test_ones_own_files_are_called_by_their_paths(text: str) -> None:
    assert without_paths(text) == text


@pytest.mark.parametrize(
    ("text", "said"), [*RUN_TEXTS, *OTHER_TEXTS, *zip(NO_PATHS, NO_PATHS, strict=True)]
)
def test_strangers_learn_no_path(
    text: str, said: str, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_PUBLIC", "1")
    assert without_paths(text.replace("{runs}", str(runs))) == said


@pytest.mark.usefixtures("browser")
def test_a_wrong_link_names_no_path() -> None:
    assert "Received: 'abc'." in words(open_page("start", run="/srv/place/abc"))
    assert "Received: 'abc'." in words(open_page("data", dataset="/srv/place/abc"))


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_run(file: str, finished_run: Run, runs: Path) -> None:
    copy_run(finished_run, runs / "whole")
    damaged = copy_run(finished_run, runs / "damaged")
    if not (damaged.path / file).exists():
        (damaged.path / file).write_text('{"a": 1}')
    truncate(damaged.path / file)
    for page in PAGES:
        app = open_page(page, run="damaged")
        assert str(runs) not in words(app)
        if page == "train":
            assert str(runs) not in words(watch(app))


def test_why_a_run_ended(run: Run) -> None:
    reason = f"[Errno 28] No space left on device: '{run.path}/history.jsonl'"
    write_json(
        run.path / "status.json",
        read_json(run.path / "status.json") | {"state": "interrupted", "reason": reason},
    )
    said = words(watch(open_page("train", run=run.id)))
    assert "No space left on device" in said
    assert str(run.path.parent) not in said


@pytest.mark.usefixtures("browser")
def test_a_public_server_names_no_folder_of_its_data(runs: Path) -> None:
    for page in ("data", "train"):
        said = words(open_page(page, dataset="mnist"))
        assert "MNIST is not on this machine yet. Download it here, or choose Digits" in said
        assert str(runs.parent) not in said
        said = words(open_page(page, dataset="animals"))
        assert "Whoever runs this server can install it, or choose Digits" in said
        assert "pip" not in said
        assert str(runs.parent) not in said
    (runs.parent / "data").mkdir()
    (runs.parent / "data" / "mnist.npz").write_bytes(b"half a file")
    said = words(open_page("data", dataset="mnist"))
    assert plain("in mnist.npz. Received: ") in said
    assert str(runs.parent) not in said


def test_a_request_by_the_id_is_answered_with_the_id(run: Run) -> None:
    (run.path / "config.json").write_text("[")
    with pytest.raises(ValueError, match=r"^finished is not a run that this version can read"):
        server.store().open(run.id)
