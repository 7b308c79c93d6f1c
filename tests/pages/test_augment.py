"""Generate: the stored augmentation study, small ones of one's own, and what is taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.augmentation.made import FOUND, made_rows, made_study
from tests.pages.doubles import ANNA, BEN, Browser, Processes, owner_of
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.generating import control
from tests.pages.shown import component, components, words
from vae.augmentation import stored as stored_module
from vae.augmentation.study import Study, open_study
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.runs.lock import run_lock
from vae.server.study_store import StudyStore
from vae.studies.layout import CONTROL
from vae.studies.schema import StudyState
from vae.studies.writer import write_status

pytestmark = pytest.mark.usefixtures("run")


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the stored studies, which is empty."""
    folder = tmp_path / "stored"
    monkeypatch.setattr(stored_module, "FOLDER", folder)
    return folder


@pytest.fixture
def make(runs: Path, digits: Dataset) -> Callable[..., Study]:
    """Makes a study of one's own."""
    return lambda **more: made_study(StudyStore(runs).new_path(), digits, **more)


def open_view(**address: str) -> AppTest:
    return open_page("generate", view="augment", **address)


def tables(app: AppTest) -> dict[str, str]:
    """The tables of methods, by their names."""
    found = [each.proto.body for each in app.main.get("html") if 'class="study"' in each.proto.body]
    return {body.partition('aria-label="')[2].partition('"')[0]: body for body in found}


def test_without_any_study_it_says_so_and_offers_one() -> None:
    app = open_view()
    assert "No study comes with this version yet" in words(app)
    assert not labelled(app.button, "Start study").disabled
    assert "on this machine" in words(app)
    assert tables(app) == {}


class TestStored:
    def test_verdict_figure_and_table_come_from_its_rows(
        self, stored: Path, digits: Dataset
    ) -> None:
        made_study(stored / "digits", digits)
        app = open_view()
        assert "**Digits: synthetic images help at 5 images a class: they add" in words(app)
        lines = component(app, "stored-digits")
        assert [line["name"] for line in lines["data"]][2] == "Conditional VAE"
        assert lines["layout"]["yaxis"]["title"]["text"] == "accuracy on 360 test images, %"
        (table,) = tables(app).values()
        assert "5 images a class" in table
        assert "−3.0<small>−3.8 to −2.1" in table.replace("</small>", "")

    def test_another_data_set(self, stored: Path, digits: Dataset) -> None:
        made_study(stored / "digits", digits)
        other = made_study(stored / "mnist", digits, made_rows({5: FOUND[5]}))
        text = (other.path / "study.json").read_text()
        text = text.replace('"digits"', '"mnist"')
        text = text.replace(digits.fingerprint, DATASETS["mnist"].fingerprint)
        (other.path / "study.json").write_text(text)
        app = open_view()
        assert "**MNIST:" in words(app)
        act(labelled(app.segmented_control, "Data set of the stored study").set_value("digits"))
        assert "**Digits:" in words(app)
        assert app.query_params["data"] == "digits"

    def test_a_damaged_one_is_said_and_the_form_stays(self, stored: Path) -> None:
        (stored / "mnist").mkdir(parents=True)
        (stored / "mnist" / "study.json").write_text("{")
        app = open_view()
        assert "A study's folder must be whole" in words(app)
        assert not labelled(app.button, "Start study").disabled


class TestForm:
    def test_what_is_asked_is_put_into_the_queue(self, processes: Processes) -> None:
        app = open_view()
        act(control(app, "Images a class").set_value("5; 20"))
        act(control(app, "Seeds").set_value("2"))
        act(labelled(app.button_group, "Methods beside real images alone").set_value(["vae"]))
        press(app, "Start study")
        (study,) = server.queue().studies.store.all()
        settings = study.settings
        assert (settings["per_class"], settings["seeds"]) == ([5, 20], 2)
        assert settings["methods"] == ["real", "vae"]
        assert settings["dataset"] == "digits"
        assert app.query_params["study"] == study.path.name
        assert "Next in the queue" in words(app) or "Starting" in words(app)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("5000", "at most 1"),
            ("1", "whole numbers from 3"),
            ("many", "whole numbers from 3"),
            ("", "whole numbers from 3"),
        ],
    )
    def test_numbers_that_cannot_be(self, text: str, says: str) -> None:
        app = act(control(open_view(), "Images a class").set_value(text))
        assert says in words(app)
        assert labelled(app.button, "Start study").disabled

    def test_a_method_of_other_numbers_is_named(self) -> None:
        app = open_view()
        act(labelled(app.button_group, "Methods beside real images alone").set_value(["gan"]))
        assert "Conditional GAN is studied with 50 or 100 images a class alone" in words(app)

    def test_a_disk_without_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = open_view()
        monkeypatch.setenv("VAE_FREE_MEGABYTES", "1e12")
        press(app, "Start study")
        assert "of the disk free" in words(app)
        assert server.queue().studies.store.all() == []


class TestOwn:
    def test_a_finished_one(self, make: Callable[..., Study]) -> None:
        study = make()
        app = open_view()
        assert "Finished:" in words(app)
        assert list(tables(app)) == ["What your study found"]
        assert component(app, f"accuracy-{study.path.name}")["data"]
        assert app.query_params["study"] == study.path.name

    def test_one_that_runs_shows_what_is_there(self, make: Callable[..., Study]) -> None:
        study = make(rows=made_rows()[:5], state=StudyState.RUNNING)
        with run_lock(study.path):
            app = open_view()
            assert "of " in (said := words(app))
            assert "trainings · about" in said
            press(app, "Pause")
            assert open_study(study.path).requested == "pause"
            assert labelled(app.button, "Pausing…").disabled

    def test_what_is_refused_is_said_until_the_next_act(
        self, make: Callable[..., Study], processes: Processes
    ) -> None:
        study = make(rows=made_rows()[:5], state=StudyState.PAUSED)
        (study.path / CONTROL).mkdir()
        app = press(open_view(), "Continue")
        assert "folder must be writable" in words(app)
        assert "folder must be writable" in words(act(app))  # another run of the script keeps it
        (study.path / CONTROL).rmdir()
        assert "folder must be writable" not in words(press(app, "Continue"))

    @pytest.mark.parametrize(
        ("state", "reason", "says"),
        [
            (StudyState.PAUSED, "", "Paused. Nothing is lost."),
            (StudyState.STOPPED, "", "Stopped. What was found stays."),
            (StudyState.INTERRUPTED, "The disk is full: free some space first.", "disk is full"),
            (StudyState.FAILED, "A job of the study failed: x.", "A job of the study failed"),
        ],
    )
    def test_one_that_rests_can_continue(
        self, make: Callable[..., Study], processes: Processes, state: StudyState,
        reason: str, says: str,
    ) -> None:  # fmt: skip
        study = make(rows=made_rows()[:5], state=state, reason=reason)
        app = open_view()
        assert says in words(app)
        press(app, "Continue")
        assert open_study(study.path).state == "queued"
        assert server.queue().studies.is_pending(study, "study")

    def test_it_is_deleted(self, make: Callable[..., Study]) -> None:
        study = make()
        app = press(open_view(), "Delete this study")
        assert not study.path.exists()
        assert tables(app) == {}

    def test_the_newest_first_and_any_can_be_chosen(self, make: Callable[..., Study]) -> None:
        older, newer = make(), make()
        app = open_view()
        assert app.query_params["study"] == newer.path.name
        act(labelled(app.selectbox, "Your study").set_value(older.path.name))
        assert app.query_params["study"] == older.path.name

    @pytest.mark.parametrize("text", ["{", '{"format": 1, "kind": "sweep", "created": "now"}'])
    def test_a_damaged_or_foreign_one_is_said(self, make: Callable[..., Study], text: str) -> None:
        study = make()
        (study.path / "study.json").write_text(text)
        app = open_view(study=study.path.name)
        assert "Received" in words(app)
        assert not labelled(app.button, "Start study").disabled

    def test_a_wrong_link(self) -> None:
        assert "No study has this id" in words(open_view(study="nowhere"))


class TestAnnounced:
    """What a screen reader is given to read out."""

    @pytest.mark.parametrize(
        ("done", "said"),
        [(0, "The study is starting."), (1, "Study: 0 % done."), (39, "Study: 30 % done.")],
    )
    def test_each_tenth_of_one_that_runs(
        self, make: Callable[..., Study], done: int, said: str
    ) -> None:
        study = make(rows=[])
        write_status(study.path, state=StudyState.RUNNING, done=done, total=100, seconds=9.0)
        with run_lock(study.path):
            read_out = component(open_view(), "announcer")
        assert read_out["words"] == said
        assert read_out["urgent"] == (done == 0)

    def test_its_end(self, make: Callable[..., Study]) -> None:
        study = make(rows=made_rows()[:5], state=StudyState.RUNNING)
        with run_lock(study.path):
            app = open_view()
        reason = "The disk is full: free some space first."
        write_status(
            study.path, state=StudyState.INTERRUPTED, done=5, total=9, seconds=9.0, reason=reason
        )
        read_out = component(act(app), "announcer")
        assert (read_out["words"], read_out["urgent"]) == (f"Interrupted. {reason}", True)

    def test_one_that_was_at_rest_is_silent(self, make: Callable[..., Study]) -> None:
        study = make()
        app = open_view()
        assert f"accuracy-{study.path.name}" in components(app)
        assert "announcer" not in components(app)


class TestVisitors:
    def test_nobody_lists_anothers(self, make: Callable[..., Study], browser: Browser) -> None:
        study = make(owner=owner_of(ANNA))
        browser.take(BEN)
        assert tables(open_view()) == {}
        linked = open_view(study=study.path.name)
        assert list(tables(linked)) == ["What your study found"]
        assert not [each for each in linked.button if each.label == "Delete this study"]
        browser.take(ANNA)
        assert labelled(open_view().button, "Delete this study")


class TestEnlargedSet:
    def test_it_is_made_on_request_and_then_offered(
        self, make: Callable[..., Study], downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        study = make()
        app = open_view()
        assert "50 real and 200 synthetic images" in words(app)
        act(labelled(app.selectbox, "Images a class").set_value(50))
        act(control(app, "Seed of the study").set_value("2"))
        press(app, "Make the files")
        assert server.queue().studies.is_pending(study, "enlarge")
        assert "Making the files" in words(app)
        server.queue().close()
        for suffix in (".npz", ".zip"):
            path = study.path / f"enlarged-50-a-class-seed-2-vae{suffix}"
            path.write_bytes(suffix.encode())
        for ticket in server.queue().tickets.list():
            server.queue().tickets.remove(ticket)
        act(app)
        assert downloads["digits-enlarged-50-a-class-seed-2-vae.zip"]() == b".zip"
        assert downloads["digits-enlarged-50-a-class-seed-2-vae.npz"]() == b".npz"

    def test_before_anything_is_chosen(self, make: Callable[..., Study]) -> None:
        make(rows=[], state=StudyState.PAUSED)
        assert "as soon as it has chosen" in words(open_view())
