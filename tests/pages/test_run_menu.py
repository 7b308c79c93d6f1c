"""What can be done with a whole run: name, download, import, delete, undo."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import run_menu, server
from pages._shared.plain import plain
from tests.conftest import change_status, copy_run, wait_until
from tests.pages.conftest import (
    act,
    calm,
    labelled,
    open_page,
    picker,
    press,
    watch,
    words,
)
from tests.pages.crafted import craft, enqueue, epochs, ticket_of
from tests.pages.doubles import Processes, overtake
from vae.archive.archive import export_zip, import_zip
from vae.data.datasets import Dataset
from vae.runs.metadata import MAX_NAME
from vae.runs.run import Run, open_run
from vae.runs.store import UNDO_SECONDS, RunStore
from vae.server.queue import Queue

HOSTILE = {
    "markdown": "**bold** :red[red] [a link](https://example.org) `code` $x^2$ :material/home:",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "path": "../../etc/passwd",
    "emoji": "💥 ünï — 数字",
    "quotes": "\"'; DROP TABLE runs; --",
}


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


@pytest.fixture
def made(digits: Dataset, runs: Path) -> Run:
    """A run of one's own."""
    return craft(runs / "made", digits, state="stopped", rows=epochs(40.0, 30.0))


def rename(app: AppTest, name: str) -> AppTest:
    return act(labelled(app.text_input, "Name of this run").set_value(name))


def upload(app: AppTest, content: bytes) -> AppTest:
    uploader = labelled(app.file_uploader, "Import a run")
    return act(uploader.set_value(("run.zip", content, "application/zip")))


def options(app: AppTest) -> list[str]:
    return picker(app).options


def folders(runs: Path) -> set[str]:
    return {path.name for path in runs.iterdir()} - {".queue"}


class TestRename:
    def test_the_name_comes_first_in_the_list(self, made: Run) -> None:
        app = rename(open_page("start"), "My first")
        assert options(app) == ["My first · Digits · Custom (2-D) · training loss 37.0 nats · "
                                "stopped · yours, made"]  # fmt: skip
        assert Run(made.path).metadata.name == "My first"
        assert options(open_page("latent"))[0].startswith("My first · ")

    def test_none_again(self, made: Run) -> None:
        app = rename(rename(open_page("start"), "My first"), "  ")
        assert options(app)[0].startswith("Digits · ")

    @pytest.mark.parametrize("kind", HOSTILE)
    def test_a_hostile_name_is_shown_as_it_is(self, kind: str, made: Run) -> None:
        name = HOSTILE[kind][:MAX_NAME]
        app = rename(open_page("train"), name)
        assert options(app)[0].startswith(f"{name} · Digits")
        for page in ("start", "train", "latent"):
            app = open_page(page)
            assert name not in words(app)  # nowhere as text that is rendered
            assert not [each for each in app.get("html") if name in each.proto.body]

    def test_a_very_long_one_is_cut(self, made: Run) -> None:
        app = open_page("start")
        box = labelled(app.text_input, "Name of this run")
        assert box.proto.max_chars == MAX_NAME
        rename(app, "x" * 5000)
        assert Run(made.path).metadata.name == "x" * MAX_NAME

    def test_control_characters_are_no_part_of_it(self, made: Run) -> None:
        rename(open_page("start"), "a\nb\x00c\u202ed")
        assert Run(made.path).metadata.name == "a b c d"

    def test_each_run_has_its_own(self, made: Run, digits: Dataset, runs: Path) -> None:
        other = craft(runs / "other", digits)
        app = rename(open_page("start", run="made"), "First")
        act(picker(app).set_value("other"))
        assert labelled(app.text_input, "Name of this run").value == ""
        rename(app, "Second")
        assert [Run(run.path).metadata.name for run in (made, other)] == ["First", "Second"]

    def test_a_run_that_is_gone_meanwhile(self, made: Run) -> None:
        app = open_page("start")
        shutil.rmtree(made.path)
        assert "No run has this id. Received: 'made'" in rename(app, "Late").error[0].value

    def test_a_full_disk(self, made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        app = open_page("start")

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.metadata.write_json", full)
        assert "No space left on device" in rename(app, "Late").error[0].value


class TestDownload:
    def test_the_file_is_the_run(
        self, run: Run, downloads: dict[str, Callable[[], bytes]], tmp_path: Path
    ) -> None:
        open_page("start")
        content = downloads["digits Custom finished.zip"]()
        assert content == export_zip(run)
        imported = import_zip(io.BytesIO(content), RunStore(tmp_path / "elsewhere"))
        assert imported.config == run.config
        assert imported.rows == run.rows
        assert imported.metrics == run.metrics

    def test_it_has_the_runs_name(
        self, made: Run, downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        rename(open_page("start"), "My first")
        with zipfile.ZipFile(io.BytesIO(downloads["My first.zip"]())) as archive:
            assert "My-first/config.json" in archive.namelist()

    def test_shipped_runs_too(
        self, shipped: list[Run], downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        open_page("start")
        assert zipfile.is_zipfile(io.BytesIO(downloads[f"{shipped[0].id}.zip"]()))


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


UNDO = "Undo: digits Custom made"


def undos(app: AppTest) -> list[str]:
    """The deletions that can be undone."""
    return [button.label for button in app.button if button.label.startswith("Undo")]


class TestDelete:
    def test_the_only_run_and_back_again(self, made: Run) -> None:
        app = press(open_page("train"), "Delete this run")
        assert "No runs yet" in words(app)
        assert "run" not in app.query_params
        assert "Deleted. You can undo this for 10 minutes:" in words(app)
        assert UNDO_SECONDS == 600
        assert "No runs yet" in words(open_page("start"))
        press(app, UNDO)
        assert picker(app).value == "made"
        assert app.query_params["run"] == "made"
        assert undos(app) == []
        assert Run(made.path).rows == made.rows

    def test_a_second_click_that_overtakes_the_first(
        self, made: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each click runs in a thread of its own: what is asked may be old when it is used."""
        deleted = Queue.deleted

        def late(queue: Queue, visitor: str = "") -> list[Run]:
            found = deleted(queue, visitor)
            if not Run(made.path).metadata.deleted:
                queue.store.delete(made)  # by the other click, meanwhile
            return found

        app = open_page("train")
        with monkeypatch.context() as patch:
            patch.setattr(Queue, "deleted", late)
            press(app, "Delete this run")
        assert [error.value for error in app.error] == []
        assert "No runs yet" in words(app)

    def test_one_of_several(self, made: Run, digits: Dataset, runs: Path) -> None:
        craft(runs / "other", digits)
        app = press(open_page("start", run="made"), "Delete this run")
        assert picker(app).value == "other"
        assert len(options(app)) == 1
        press(app, UNDO)
        assert picker(app).value == "made"
        assert len(options(app)) == 2

    @pytest.mark.parametrize("order", [("made", "second", "third"), ("second", "third", "made")])
    def test_several_come_back_in_any_order(
        self, order: tuple[str, ...], made: Run, digits: Dataset, runs: Path
    ) -> None:
        for name in ("second", "third", "left"):
            craft(runs / name, digits)
        server.store().rename(Run(runs / "second"), HOSTILE["markdown"])
        called = {"made": UNDO, "third": "Undo: digits Custom third"}
        called["second"] = f"Undo: {plain(HOSTILE['markdown'][:MAX_NAME])}"
        app = open_page("start")
        for name in ("made", "second", "third"):
            app = act(picker(app).set_value(name))
            press(app, "Delete this run")
        assert undos(app) == [called[name] for name in ("third", "second", "made")]
        assert len(options(app)) == 1
        for index, name in enumerate(order):
            press(app, called[name])
            assert picker(app).value == name
            assert len(undos(app)) == 2 - index
        assert len(options(app)) == 4

    def test_in_another_tab_too(self, made: Run) -> None:
        press(open_page("start"), "Delete this run")
        app = press(open_page("data"), UNDO)
        assert picker(app).value == "made"

    def test_the_menu_is_the_runs_own(self, made: Run, digits: Dataset, runs: Path) -> None:
        # A browser closes the menu of a run that is no longer chosen.
        craft(runs / "other", digits)
        app = open_page("start", run="made")
        assert app.main.get_by_key("menu-made")
        press(app, "Delete this run")
        assert app.main.get_by_key("menu-other")

    def test_a_second_click_changes_nothing(self, made: Run, digits: Dataset, runs: Path) -> None:
        craft(runs / "other", digits)
        app = open_page("start", run="made")
        run_menu._delete("made", "")
        press(app, "Delete this run")
        assert not app.error
        assert [run.id for run in server.store().list()] == ["other"]
        assert undos(app) == [UNDO]

    def test_its_link_leads_nowhere(self, made: Run) -> None:
        press(open_page("start"), "Delete this run")
        assert "No run has this id. Received: 'made'" in words(open_page("start", run="made"))

    def test_it_is_offered_as_long_as_it_is_possible(
        self, made: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = press(open_page("start"), "Delete this run")
        assert undos(calm(app.run())) == [UNDO]
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        assert undos(calm(app.run())) == []
        assert "Deleted" not in words(app)

    def test_it_is_over_when_the_run_is_gone(self, made: Run) -> None:
        app = press(open_page("start"), "Delete this run")
        shutil.rmtree(made.path)
        press(app, UNDO)
        assert undos(app) == []
        assert "No runs yet" in words(app)

    def test_what_trains_gets_a_request_to_exit(self, made: Run, processes: Processes) -> None:
        change_status(made, state="queued")
        enqueue(made)
        app = open_page("train")
        wait_until(lambda: "made-train" in processes, "its process has started")
        with made.lock():
            change_status(made, state="training")
            press(app, "Delete this run")
            assert processes["made-train"].requested_exits
            server.queue().close()

    def test_what_waits_is_no_longer_queued(self, made: Run, busy: Run) -> None:
        change_status(made, state="queued")
        enqueue(made)
        app = press(open_page("train", run="made"), "Delete this run")
        assert ticket_of(made) is None
        press(app, UNDO)
        assert Run(made.path).state == "paused"

    def test_a_run_that_is_gone_meanwhile(self, made: Run) -> None:
        app = open_page("start")
        shutil.rmtree(made.path)
        press(app, "Delete this run")
        assert "No run has this id. Received: 'made'" in app.error[0].value
        assert undos(app) == []


class TestShipped:
    def test_they_can_only_be_downloaded(self, shipped: list[Run]) -> None:
        app = watch(open_page("train"))
        assert [box.label for box in app.text_input] == []
        assert [button.label for button in app.button] == []
        assert [b.label for b in app.download_button] == ["Download as zip"]
        assert labelled(app.file_uploader, "Import a run")
