"""More epochs, and what a run controls' button does where it is refused."""

from __future__ import annotations

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import change_status
from tests.pages.crafted import TRAINED, Make, epochs, ticket_of
from tests.pages.driving import act, calm, labelled, open_watch, press
from tests.pages.shown import words
from vae.runs.control import Segment
from vae.runs.run import Run


class TestMoreEpochs:
    def test_a_finished_run_gets_a_segment_and_a_ticket(self, make_in_state: Make) -> None:
        run = make_in_state("finished", rows=epochs(*range(40, 28, -1)))
        app = open_watch(run)
        act(labelled(app.text_input, "More epochs").set_value("7"))
        assert not run.control.more  # not before the button
        press(app, "Continue")
        assert run.control.more == (Segment(12, 19),)
        assert (run.epochs, Run(run.path).state) == (19, "queued")
        assert ticket_of(run) is not None
        change_status(run, state="training", epoch=13, step=5)
        with run.lock():
            (bar,) = calm(app.run()).progress
        assert bar.text.startswith("Epoch 13 of 19 · step 5 of 25")

    def test_after_early_stopping_they_begin_where_it_ended(self, make_in_state: Make) -> None:
        run = make_in_state("finished", rows=TRAINED)
        press(open_watch(run), "Continue")
        assert run.control.more == (Segment(2, 12),)

    def test_more_than_a_run_may_have(self, make_in_state: Make) -> None:
        run = make_in_state("finished")
        app = open_watch(run)
        act(labelled(app.text_input, "More epochs").set_value("500"))
        message = refused(press(app, "Continue"))
        assert message == "epochs must be a whole number from 1 to 500. Received: epochs=502"
        assert run.control.serial == 0


class TestRefused:
    def test_more_epochs_than_the_server_allows(
        self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "15")
        run = make_in_state("finished", rows=epochs(*range(40, 28, -1)))
        app = press(open_watch(run), "Continue")
        assert refused(app) == "On this server a run has at most 15 epochs. Received: 22"
        assert (run.control.serial, ticket_of(run)) == (0, None)
        assert Run(run.path).state == "finished"

    def test_a_network_larger_than_the_server_allows(
        self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "1000")
        run = make_in_state("stopped")
        message = refused(press(open_watch(run), "Step epoch"))
        assert message.startswith("On this server a run has at most 1,000 parameters. Received: ")
        assert ticket_of(run) is None

    def test_a_run_that_has_used_up_its_time(
        self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_SECONDS", "60")
        run = make_in_state("stopped", seconds_trained=60.5)
        message = refused(press(open_watch(run), "Continue"))
        assert message == (
            "On this server a run has at most 1 minute of training. "
            "Received: a run that has used up its time"
        )
        assert ticket_of(run) is None

    def test_a_run_that_is_gone_meanwhile(self, make_in_state: Make) -> None:
        run = make_in_state("stopped")
        app = open_watch(run)
        shutil.rmtree(run.path)
        press(app, "Continue")  # shows no traceback
        assert "No runs yet" in words(app)

    def test_a_full_disk(self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        run = make_in_state("training")
        app = open_watch(run)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.control.write_json", full)
        assert "No space left on device" in refused(press(app, "Pause"))


def refused(app: AppTest) -> str:
    """The one message on the page, which the next look does not show again."""
    (error,) = app.error
    message = error.value
    assert not calm(app.run()).error
    return message
