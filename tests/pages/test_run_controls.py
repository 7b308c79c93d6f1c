"""The buttons that run a training: which ones there are, and that they really ask for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from pages._shared.plain import plain
from pages.train import run_controls
from tests.conftest import change_status, wait_until
from tests.pages.crafted import ALIVE, TRAINED, Make, craft, enqueue, ticket_of
from tests.pages.doubles import Processes
from tests.pages.driving import act, open_page, open_watch, press, watch
from tests.pages.shown import words
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run

STEP = ("Step batch", "Step epoch")
# In each state: the buttons that can be pressed, those that cannot, and if there is slow motion.
BUTTONS = {
    "queued": (["Pause", "Stop"], [*STEP], True),
    "starting": (["Pause", *STEP, "Stop"], [], True),
    "training": (["Pause", *STEP, "Stop"], [], True),
    "paused": (["Play", *STEP, "Stop"], [], True),
    "stopped": (["Continue", *STEP], [], True),
    "finished": (["Continue"], [*STEP], False),
    "interrupted": (["Continue", *STEP], [], True),
    "diverged": (["Continue", *STEP], [], True),
    "failed": (["Continue", *STEP], [], True),
}


def shown(app: AppTest) -> dict[str, bool]:
    """The buttons of the transport, and whether they can be pressed."""
    buttons = [button for button in app.button if (button.key or "").endswith("-run")]
    return {b.label: not b.disabled for b in buttons if not b.key.startswith(("delete", "cure"))}


class TestWhatIsThere:
    @pytest.mark.parametrize("state", BUTTONS)
    def test_in_each_state(self, state: str, make_in_state: Make) -> None:
        app = open_watch(make_in_state(state))
        can, cannot, slow = BUTTONS[state]
        assert [label for label, enabled in shown(app).items() if enabled] == can
        assert [label for label, enabled in shown(app).items() if not enabled] == cannot
        assert [toggle.label for toggle in app.toggle if not toggle.disabled] == (
            ["Slow motion"] * slow
        )
        more = [each.label for each in app.text_input if each.label != "Name of this run"]
        assert more == (["More epochs"] if state == "finished" else [])
        assert not app.error

    @pytest.mark.parametrize("state", ["stopped", "finished", "failed", "interrupted"])
    def test_without_a_checkpoint(self, state: str, make_in_state: Make) -> None:
        app = open_watch(make_in_state(state, checkpoint=False))
        assert shown(app) == {}
        assert not app.toggle
        assert "This run cannot be continued: its folder lacks the state of the" in words(app)

    def test_a_run_that_failed_before_its_first_step_may_be_tried_again(
        self, make_in_state: Make
    ) -> None:
        app = open_watch(make_in_state("failed", rows=[], checkpoint=False))
        assert [*shown(app)] == ["Continue", *STEP]

    def test_a_shipped_run(self, shipped: list[Run]) -> None:
        app = watch(open_page("train", run=shipped[0].id))
        assert [button.label for button in app.button] == []
        assert "A built-in model, which is not trained further: set up one of" in words(app)

    @pytest.mark.parametrize(
        ("state", "rows", "said"),
        [
            ("starting", [], "Starting: TensorFlow needs a few seconds."),
            ("training", [], "Compiling the network: the first step follows in a few seconds."),
            ("training", TRAINED, "Epoch 2 of 12 · step 25 of 25"),
        ],
    )
    def test_before_the_first_step_it_says_what_it_waits_for(
        self, state: str, rows: list[dict[str, Any]], said: str, make_in_state: Make
    ) -> None:
        (bar,) = open_watch(make_in_state(state, rows=rows)).progress
        assert bar.text.startswith(said)

    def test_a_reason_is_no_markdown(self, make_in_state: Make) -> None:
        reason = "It failed. Received: '![x](https://example.org/x.png)'"
        make_in_state("failed", reason=reason)
        assert f"Failed. {plain(reason)}" in words(watch(open_page("train")))


class TestTraining:
    """What a process is there for: it reads control.json."""

    @pytest.mark.parametrize(
        ("label", "action"),
        [("Pause", "pause"), ("Step batch", "batch"), ("Step epoch", "epoch"), ("Stop", "stop")],
    )
    @pytest.mark.parametrize("state", ALIVE)
    def test_requests_of_the_process(
        self, label: str, action: str, state: str, make_in_state: Make
    ) -> None:
        run = make_in_state(state)
        press(open_watch(run), label)
        assert (run.control.action, run.control.turn, run.control.serial) == (action, 1, 1)
        assert ticket_of(run).started  # its place is still its own

    def test_play_while_its_process_waits(self, make_in_state: Make) -> None:
        run = make_in_state("paused", alive=True)
        run.requests.send("pause")
        press(open_watch(run), "Play")
        assert (run.control.action, run.control.turn) == ("run", 2)
        assert ticket_of(run).started
        assert Run(run.path).state == "paused"  # until the process says otherwise

    def test_stopping_says_so_and_locks_the_rest(self, make_in_state: Make) -> None:
        app = press(open_watch(make_in_state("training")), "Stop")
        assert shown(app) == dict.fromkeys(["Pause", *STEP, "Stopping…"], False)

    def test_the_answer_is_awaited(
        self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The process answers while the button's own drawing is still to come.
        run = make_in_state("training")
        monkeypatch.setattr(run_controls, "REPLY_SECONDS", 60.0)
        delays = []

        def answer(seconds: float) -> None:
            delays.append(seconds)
            if len(delays) == 3:
                change_status(run, state="paused", serial=run.control.serial)

        clock = SimpleNamespace(monotonic=time.monotonic, sleep=answer)
        monkeypatch.setattr(run_controls, "time", clock)
        app = press(open_watch(run), "Pause")
        assert len(delays) == 3
        assert [*shown(app)] == ["Play", *STEP, "Stop"]
        assert "Paused · Epoch 2 of 12 · step 25 of 25" in app.progress[0].text

    def test_nobody_waits_for_a_process_that_only_starts(
        self, make_in_state: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_controls, "REPLY_SECONDS", 60.0)
        run = make_in_state("starting")
        press(open_watch(run), "Pause")
        assert run.control.action == "pause"


class TestWithoutProcess:
    """What nobody trains has to wait for its turn: it gets a ticket."""

    @pytest.mark.parametrize("state", ["paused", "stopped", "interrupted", "diverged", "failed"])
    @pytest.mark.parametrize(
        ("label", "action"), [("", "run"), ("Step batch", "batch"), ("Step epoch", "epoch")]
    )
    def test_resuming(
        self, label: str, action: str, state: str, make_in_state: Make, processes: Processes
    ) -> None:
        run = make_in_state(state)
        app = press(open_watch(run), label or BUTTONS[state][0][0])
        assert run.control.action == action
        assert Run(run.path).state == "queued"
        assert ticket_of(run) is not None
        assert [*shown(app)] == ["Pause", *STEP, "Stop"]
        wait_until(lambda: "run-train" in processes, "the queue starts a process")

    def test_stop_ends_a_paused_run_and_makes_its_model(self, make_in_state: Make) -> None:
        run = make_in_state("paused")
        app = press(open_watch(run), "Stop")
        assert (Run(run.path).state, ticket_of(run)) == ("stopped", None)
        assert server.queue().is_pending(run, "recover")
        assert "Stopped by hand in epoch 2." in words(app)
        assert [*shown(app)] == ["Continue", *STEP]


class TestWaiting:
    @pytest.fixture
    def waiting(self, make_in_state: Make, digits: Dataset, runs: Path) -> Iterator[Run]:
        """A run that waits for another one of the same visitor."""
        first = craft(runs / "first", digits, state="training", rows=TRAINED)
        with first.lock():
            enqueue(first, started=True)
            yield make_in_state("queued", rows=[], checkpoint=False)

    def test_pause_and_play(self, waiting: Run) -> None:
        app = press(open_watch(waiting), "Pause")
        assert (Run(waiting.path).state, ticket_of(waiting)) == ("paused", None)
        (bar,) = app.progress
        assert bar.text == "Paused · Epoch 1 of 12 · nothing is lost"
        press(app, "Play")
        assert Run(waiting.path).state == "queued"
        assert ticket_of(waiting).started is False

    def test_stop_after_a_pause(self, waiting: Run, processes: Processes) -> None:
        app = press(press(open_watch(waiting), "Pause"), "Stop")
        assert "Stopped before it began." in words(app)
        assert (Run(waiting.path).state, ticket_of(waiting)) == ("stopped", None)
        assert not processes

    def test_stop_before_it_began(self, waiting: Run, processes: Processes) -> None:
        app = press(open_watch(waiting), "Stop")
        assert "Stopped before it began." in words(app)
        assert (Run(waiting.path).state, ticket_of(waiting)) == ("stopped", None)
        press(app, "Continue")
        assert Run(waiting.path).state == "queued"
        assert waiting.control.action == "run"
        assert not processes  # the other one still has the worker


def test_slow_motion_of_a_convolutional_autoencoder_pauses_it_too(
    make_in_state: Make, digits: Dataset
) -> None:
    config = Config(kind="autoencoder", beta=0.0, network="convolutional", hidden=(4, 4))
    run = make_in_state("training", config=config)
    app = open_watch(run)
    act(app.toggle[0].set_value(True))
    assert run.control.action == "batch"
    assert app.toggle[0].value is True
