"""The buttons that run a training: which ones there are, and that they really ask for it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from pages._shared.plain import plain
from pages.train import run_controls
from tests.conftest import change_status, wait_until
from tests.pages.conftest import act, calm, labelled, open_page, press, watch, words
from tests.pages.crafted import craft, enqueue, epochs, ticket_of
from tests.pages.doubles import Processes
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.control import Segment
from vae.runs.run import Run

Make = Callable[..., Run]
TRAINED = epochs(40.0, 30.0)
STEP = ("Step batch", "Step epoch")
ALIVE = ("starting", "training")
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


@pytest.fixture
def make(digits: Dataset, runs: Path) -> Iterator[Make]:
    """Makes a run in a state, with what belongs to it: its process, its place in the queue."""
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


def open_watch(run: Run) -> AppTest:
    """Open the page that shows this run."""
    app = open_page("train", run=run.id)
    return app if labelled(app.segmented_control, "View").value == "Watch" else watch(app)


def shown(app: AppTest) -> dict[str, bool]:
    """The buttons of the transport, and whether they can be pressed."""
    buttons = [button for button in app.button if (button.key or "").endswith("-run")]
    return {b.label: not b.disabled for b in buttons if not b.key.startswith(("delete", "cure"))}


def refused(app: AppTest) -> str:
    """The one message on the page, which the next look does not show again."""
    (error,) = app.error
    message = error.value
    assert not calm(app.run()).error
    return message


class TestWhatIsThere:
    @pytest.mark.parametrize("state", BUTTONS)
    def test_in_each_state(self, state: str, make: Make) -> None:
        app = open_watch(make(state))
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
    def test_without_a_checkpoint(self, state: str, make: Make) -> None:
        app = open_watch(make(state, checkpoint=False))
        assert shown(app) == {}
        assert not app.toggle
        assert "This run cannot be continued: its folder lacks the state of the" in words(app)

    def test_a_run_that_failed_before_its_first_step_may_be_tried_again(self, make: Make) -> None:
        app = open_watch(make("failed", rows=[], checkpoint=False))
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
        self, state: str, rows: list[dict[str, Any]], said: str, make: Make
    ) -> None:
        (bar,) = open_watch(make(state, rows=rows)).progress
        assert bar.text.startswith(said)

    def test_a_reason_is_no_markdown(self, make: Make) -> None:
        reason = "It failed. Received: '![x](https://example.org/x.png)'"
        make("failed", reason=reason)
        assert f"Failed. {plain(reason)}" in words(watch(open_page("train")))


class TestTraining:
    """What a process is there for: it reads control.json."""

    @pytest.mark.parametrize(
        ("label", "action"),
        [("Pause", "pause"), ("Step batch", "batch"), ("Step epoch", "epoch"), ("Stop", "stop")],
    )
    @pytest.mark.parametrize("state", ALIVE)
    def test_requests_of_the_process(self, label: str, action: str, state: str, make: Make) -> None:
        run = make(state)
        press(open_watch(run), label)
        assert (run.control.action, run.control.turn, run.control.serial) == (action, 1, 1)
        assert ticket_of(run).started  # its place is still its own

    def test_play_while_its_process_waits(self, make: Make) -> None:
        run = make("paused", alive=True)
        run.requests.send("pause")
        press(open_watch(run), "Play")
        assert (run.control.action, run.control.turn) == ("run", 2)
        assert ticket_of(run).started
        assert Run(run.path).state == "paused"  # until the process says otherwise

    def test_stopping_says_so_and_locks_the_rest(self, make: Make) -> None:
        app = press(open_watch(make("training")), "Stop")
        assert shown(app) == dict.fromkeys(["Pause", *STEP, "Stopping…"], False)

    def test_the_answer_is_awaited(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        # The process answers while the button's own drawing is still to come.
        run = make("training")
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
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_controls, "REPLY_SECONDS", 60.0)
        run = make("starting")
        press(open_watch(run), "Pause")
        assert run.control.action == "pause"


class TestWithoutProcess:
    """What nobody trains has to wait for its turn: it gets a ticket."""

    @pytest.mark.parametrize("state", ["paused", "stopped", "interrupted", "diverged", "failed"])
    @pytest.mark.parametrize(
        ("label", "action"), [("", "run"), ("Step batch", "batch"), ("Step epoch", "epoch")]
    )
    def test_resuming(
        self, label: str, action: str, state: str, make: Make, processes: Processes
    ) -> None:
        run = make(state)
        app = press(open_watch(run), label or BUTTONS[state][0][0])
        assert run.control.action == action
        assert Run(run.path).state == "queued"
        assert ticket_of(run) is not None
        assert [*shown(app)] == ["Pause", *STEP, "Stop"]
        wait_until(lambda: "run-train" in processes, "the queue starts a process")

    def test_stop_ends_a_paused_run_and_makes_its_model(self, make: Make) -> None:
        run = make("paused")
        app = press(open_watch(run), "Stop")
        assert (Run(run.path).state, ticket_of(run)) == ("stopped", None)
        assert server.queue().is_pending(run, "recover")
        assert "Stopped by hand in epoch 2." in words(app)
        assert [*shown(app)] == ["Continue", *STEP]


class TestWaiting:
    @pytest.fixture
    def waiting(self, make: Make, digits: Dataset, runs: Path) -> Iterator[Run]:
        """A run that waits for another one of the same visitor."""
        first = craft(runs / "first", digits, state="training", rows=TRAINED)
        with first.lock():
            enqueue(first, started=True)
            yield make("queued", rows=[], checkpoint=False)

    def test_pause_and_play(self, waiting: Run) -> None:
        app = press(open_watch(waiting), "Pause")
        assert (Run(waiting.path).state, ticket_of(waiting)) == ("paused", None)
        (bar,) = app.progress
        assert bar.text == "Paused · Epoch 1 of 12 · nothing is lost if you leave"
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
        assert not processes  # the other one still has the place


class TestMoreEpochs:
    def test_a_finished_run_gets_a_segment_and_a_ticket(self, make: Make) -> None:
        run = make("finished", rows=epochs(*range(40, 28, -1)))
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

    def test_after_early_stopping_they_begin_where_it_ended(self, make: Make) -> None:
        run = make("finished", rows=TRAINED)
        press(open_watch(run), "Continue")
        assert run.control.more == (Segment(2, 12),)

    def test_more_than_a_run_may_have(self, make: Make) -> None:
        run = make("finished")
        app = open_watch(run)
        act(labelled(app.text_input, "More epochs").set_value("500"))
        message = refused(press(app, "Continue"))
        assert message == "epochs must be a whole number from 1 to 500. Received: epochs=502"
        assert run.control.serial == 0


class TestRefused:
    def test_more_epochs_than_the_server_allows(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "15")
        run = make("finished", rows=epochs(*range(40, 28, -1)))
        app = press(open_watch(run), "Continue")
        assert refused(app) == "On this server a run has at most 15 epochs. Received: 22"
        assert (run.control.serial, ticket_of(run)) == (0, None)
        assert Run(run.path).state == "finished"

    def test_a_network_larger_than_the_server_allows(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "1000")
        run = make("stopped")
        message = refused(press(open_watch(run), "Step epoch"))
        assert message.startswith("On this server a run has at most 1,000 parameters. Received: ")
        assert ticket_of(run) is None

    def test_a_run_that_has_used_up_its_time(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_SECONDS", "60")
        run = make("stopped", seconds_trained=60.5)
        message = refused(press(open_watch(run), "Continue"))
        assert message == (
            "On this server a run has at most 1 minute of training. "
            "Received: a run that has used up its time"
        )
        assert ticket_of(run) is None

    def test_a_run_that_is_gone_meanwhile(self, make: Make) -> None:
        run = make("stopped")
        app = open_watch(run)
        shutil.rmtree(run.path)
        press(app, "Continue")  # shows no traceback
        assert "No runs yet" in words(app)

    def test_a_full_disk(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        run = make("training")
        app = open_watch(run)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.control.write_json", full)
        assert "No space left on device" in refused(press(app, "Pause"))


def test_slow_motion_of_a_convolutional_autoencoder_pauses_it_too(
    make: Make, digits: Dataset
) -> None:
    config = Config(kind="autoencoder", beta=0.0, network="convolutional", hidden=(4, 4))
    run = make("training", config=config)
    app = open_watch(run)
    act(app.toggle[0].set_value(True))
    assert run.control.action == "batch"
    assert app.toggle[0].value is True
