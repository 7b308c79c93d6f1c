"""Train: starting a run, the server's limits, and waiting for one's turn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from pages.train import setup_view
from tests.conftest import wait_until
from tests.pages.crafted import craft, enqueue, epochs
from tests.pages.doubles import ANNA, BEN, Browser, NoWarmWorker, Processes, overtake, owner_of
from tests.pages.driving import act, calm, go, labelled, open_page, picker, press
from tests.pages.form import OTHER, as_form, fill
from tests.pages.shown import words
from vae.config import Config
from vae.data.datasets import Dataset
from vae.files import read_json
from vae.presets import PRESETS
from vae.runs.run import Run, open_run
from vae.server.scheduler import Scheduler


def set_up(app: AppTest) -> AppTest:
    """Turn to the form."""
    return act(labelled(app.segmented_control, "View").set_value("Set up"))


def submitted(app: AppTest) -> dict[str, Any]:
    """What stands in the folder of the run that this session has just started."""
    path = server.store().open(app.query_params["run"]).path
    return read_json(path / "config.json")


class TestSubmit:
    @pytest.mark.usefixtures("busy")
    def test_a_run_whose_start_was_overtaken(
        self, runs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = set_up(open_page("train", preset="lecture"))
        before = {path.name for path in runs.iterdir()}
        overtake(monkeypatch, setup_view)
        press(app, "Train")
        (made,) = {path.name for path in runs.iterdir()} - before
        assert app.query_params["run"] != made
        act(app)  # what overtook it
        assert app.query_params["run"] == made
        assert labelled(app.segmented_control, "View").value == "Watch"
        assert {path.name for path in runs.iterdir()} == before | {made}

    @pytest.mark.usefixtures("busy")
    @pytest.mark.parametrize("config", [*PRESETS.values(), OTHER], ids=[*PRESETS, "other"])
    def test_the_run_gets_what_the_form_holds(self, config: Config, runs: Path) -> None:
        app = set_up(open_page("train", preset=config.preset))
        fill(app, **as_form(config))
        press(app, "Train")
        found = submitted(app)
        assert Config.from_dict(found["config"]) == config
        assert (found["dataset"], found["images"], found["seed"]) == ("digits", 1437, config.seed)
        assert labelled(app.segmented_control, "View").value == "Watch"
        assert "Number 2 in the queue: 1 run goes first, about 5 min." in words(app)
        press(app, "Stop")
        assert "Stopped before it began." in words(app)
        assert open_run(runs / app.query_params["run"]).state == "stopped"

    def test_a_free_worker_is_used_at_once(self, processes: Processes) -> None:
        app = press(open_page("train"), "Train")
        wait_until(lambda: f"{app.query_params['run']}-train" in processes, "it begins")

    def test_a_folder_that_cannot_be_made(self, runs: Path) -> None:
        app = open_page("train")
        server.queue().close()  # which made a folder for its tickets
        shutil.rmtree(runs)
        runs.write_text("not a folder")
        press(app, "Train")
        (error,) = app.error
        assert error.value.startswith("Runs need a folder that can be written to")
        runs.unlink()
        runs.mkdir()

    def test_what_it_says_before_the_start(self) -> None:
        assert "Takes about **8 s** on this machine." in words(open_page("train"))

    def test_the_form_warms_a_worker_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = []
        monkeypatch.setattr(
            "vae.server.worker_pool.WarmWorker", lambda: made.append(1) or NoWarmWorker()
        )
        app = open_page("start")
        wait_until(lambda: server.queue()._scheduler._lead.is_locked, "this server leads")
        assert made == []
        go(app, "train")
        assert made == [1]


class TestLimits:
    def test_they_are_said_before_the_start(self, browser: Browser) -> None:
        assert (
            "On this server a run has at most 100 epochs, 20 minutes of training, "
            "2,000,000 parameters."
        ) in words(open_page("train"))

    def test_those_of_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "7")
        said = words(open_page("train"))
        assert "On this server a run has at most 7 epochs." in said

    @pytest.mark.parametrize(
        ("name", "value", "address", "message"),
        [
            (
                "VAE_MOST_EPOCHS",
                "10",
                {"epochs": "11"},
                "On this server a run has at most 10 epochs. Received: 11",
            ),
            (
                "VAE_MOST_PARAMETERS",
                "5000",
                {"hidden": "64", "latent_dim": "4"},
                "On this server a run has at most 5,000 parameters. Received: 9,160",
            ),
        ],
    )
    def test_more_is_refused(
        self,
        name: str,
        value: str,
        address: dict[str, str],
        message: str,
        runs: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv(name, value)
        app = press(open_page("train", **address), "Train")
        (error,) = app.error
        assert error.value == message
        assert [path.name for path in runs.iterdir()] in ([], [".queue"])
        assert labelled(app.segmented_control, "View").value == "Set up"

    def test_exactly_as_much_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "10")
        app = press(open_page("train", epochs="10"), "Train")
        assert not app.error
        assert "run" in app.query_params

    def test_how_many_may_wait(self, browser: Browser, runs: Path) -> None:
        browser.take(ANNA)
        app = open_page("train")
        for _ in range(4):
            press(app, "Train")
            set_up(app)
        press(app, "Train")
        (error,) = app.error
        assert error.value == (
            "You can queue 3 runs beside the one in training. Stop or delete one first. "
            "Received: one more"
        )
        assert len(list(runs.glob("*/config.json"))) == 4
        browser.take(BEN)
        assert not press(open_page("train"), "Train").error


class TestQueue:
    @pytest.fixture
    def annas(self, browser: Browser, digits: Dataset, runs: Path) -> Iterator[Run]:
        """A run that trains, with eleven epochs of 30 seconds to go."""
        run = craft(
            runs / "annas",
            digits,
            Config(latent_dim=2, epochs=12),
            "training",
            epochs(40.0),
            owner=owner_of(ANNA),
            seconds_per_epoch=30.0,
        )
        with run.lock():
            yield enqueue(run, started=True)
            server.queue().close()  # before its death is noticed

    @pytest.fixture
    def bens(self, annas: Run, browser: Browser, digits: Dataset, runs: Path) -> list[Run]:
        """Two that wait."""
        browser.take(BEN)
        owner = owner_of(BEN)
        return [
            enqueue(craft(runs / name, digits, state="queued", owner=owner))
            for name in ("ben1", "ben2")
        ]

    @pytest.mark.usefixtures("bens")
    def test_position_and_time(self) -> None:
        app = open_page("train", run="ben1")
        assert "Number 2 in the queue: 1 run goes first, about 6 min." in words(app)
        act(picker(app).set_value("ben2"))
        assert "Number 3 in the queue: 2 runs go first, about 6 min." in words(app)
        # Of the others one learns how many they are, and no more.
        assert len(picker(app).options) == 2
        assert "annas" not in str(app.main)

    @pytest.mark.usefixtures("bens")
    def test_one_of_each_visitor_at_a_time(
        self, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_WORKERS", "3")
        polls, poll = [], Scheduler._poll
        monkeypatch.setattr(Scheduler, "_poll", lambda self: poll(self) or polls.append(1))
        open_page("train")
        wait_until(lambda: "ben1-train" in processes, "ben1 has its turn")
        observed = len(polls)
        wait_until(lambda: len(polls) > observed + 1, "the queue has looked again")
        assert [*processes] == ["ben1-train"]

    @pytest.mark.usefixtures("bens")
    def test_behind_ones_own_run_there_is_no_free_worker(
        self, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_WORKERS", "3")
        app = open_page("train", run="ben2")
        wait_until(lambda: "ben1-train" in processes, "ben1 has its turn")
        assert "Number 2 in the queue: 1 run goes first" in words(calm(app.run()))

    def test_what_has_begun_waits_for_nobody(self, processes: Processes) -> None:
        app = press(open_page("train"), "Train")
        wait_until(lambda: processes, "its process has started")
        assert "Next in the queue: it starts in a moment." in words(calm(app.run()))

    @pytest.mark.usefixtures("busy")
    def test_all_on_ones_own_machine(self) -> None:
        app = open_page("train")
        said = []
        for _ in range(2):
            press(set_up(app), "Train")
            said.append(words(app))
        assert "Number 2 in the queue: 1 run goes first, about 5 min." in said[0]
        assert "Number 3 in the queue: 2 runs go first, about 6 min." in said[1]  # with the other
