"""Importing a run: what comes of a good file, and of a bad one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import copy_run, wait_until
from tests.pages.doubles import Processes, overtake
from tests.pages.driving import act, calm, labelled, open_page, picker
from vae.archive.zip_export import export_zip
from vae.runs.run import Run, open_run


def zip_of(*names: str) -> bytes:
    """A zip that holds files of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


BAD_FILES = {
    "no zip": b"this is no zip",
    "nothing": b"",
    "something else": zip_of("../../escape.txt"),
    "too many files": zip_of(*map(str, range(2000))),
    "markdown": zip_of("![x](//example.org/x.png)"),
}


def upload(app: AppTest, content: bytes) -> AppTest:
    uploader = labelled(app.file_uploader, "Import a run")
    return act(uploader.set_value(("run.zip", content, "application/zip")))


def folders(runs: Path) -> set[str]:
    return {path.name for path in runs.iterdir()} - {".queue"}


class TestImport:
    @pytest.fixture
    def content(self, finished_run: Run) -> bytes:
        return export_zip(finished_run)

    def test_a_good_file_becomes_the_chosen_run(
        self, content: bytes, finished_run: Run, runs: Path, processes: Processes
    ) -> None:
        app = upload(import_page(runs, finished_run), content)
        (new,) = folders(runs) - {"mine"}
        assert app.query_params["run"] == new
        assert picker(app).value == new
        assert open_run(runs / new).rows == finished_run.rows
        assert not app.error
        # Its ONNX files are made here, of the model that was vetted.
        assert server.queue().is_pending(Run(runs / new), "export")
        wait_until(lambda: f"{new}-export" in processes, "the export begins")

    def test_one_that_was_overtaken(
        self, content: bytes, finished_run: Run, runs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = import_page(runs, finished_run)
        overtake(monkeypatch)
        upload(app, content)
        (new,) = folders(runs) - {"mine"}
        act(app)  # what overtook it
        assert folders(runs) == {"mine", new}
        assert app.query_params["run"] == new
        assert labelled(app.file_uploader, "Import a run").value is None

    def test_once_and_again(self, content: bytes, finished_run: Run, runs: Path) -> None:
        app = upload(import_page(runs, finished_run), content)
        calm(app.run())
        assert len(folders(runs)) == 2  # the uploader is empty again
        assert labelled(app.file_uploader, "Import a run").value is None
        upload(app, content)
        assert len(folders(runs)) == 3

    @pytest.mark.parametrize("kind", BAD_FILES)
    def test_a_bad_file_says_why_and_creates_nothing(
        self, kind: str, finished_run: Run, runs: Path
    ) -> None:
        app = upload(import_page(runs, finished_run), BAD_FILES[kind])
        (error,) = app.error
        assert "Received: " in error.value
        assert "![" not in error.value
        assert len(error.value) < 300
        assert folders(runs) == {"mine"}
        assert picker(app).value == "mine"
        assert not list(runs.parent.rglob("escape.txt"))

    def test_after_a_bad_file_a_good_one(
        self, content: bytes, finished_run: Run, runs: Path
    ) -> None:
        app = upload(import_page(runs, finished_run), content[: len(content) // 2])
        assert len(app.error) == 1
        upload(app, content)
        assert not app.error
        assert len(folders(runs)) == 2


def import_page(runs: Path, run: Run) -> AppTest:
    """A page where a run can be imported: there is one already."""
    copy_run(run, runs / "mine")
    return open_page("data")
