"""The sliders that act on a run while it trains, and their marks on the curves."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.train import run_controls
from tests.conftest import change_status
from tests.pages.crafted import change, craft, enqueue, epochs, row, set_state, ticket_of
from tests.pages.driving import act, calm, open_page, watch
from tests.pages.shown import board
from vae.config import Config
from vae.data.datasets import Dataset
from vae.presets import PRESETS
from vae.runs.run import Run

CONFIG = Config(latent_dim=2, epochs=12, beta=1.0, learning_rate=5e-3)
LABELS = ["Beta", "Learning rate", "Sampling noise"]


def labels(app: AppTest) -> list[str]:
    return [slider.label for slider in app.select_slider if slider.key.startswith("live-")]


def positions(app: AppTest) -> dict[str, float]:
    """Where the sliders stand."""
    names = {slider.key.split("-")[1]: slider for slider in app.select_slider}
    return {name: slider.value for name, slider in names.items()}


def move(app: AppTest, name: str, value: float) -> AppTest:
    return act(app.select_slider(key=f"live-{name}-run").set_value(value))


def make(runs: Path, digits: Dataset, state: str = "paused", **more: object) -> Run:
    config = more.pop("config", CONFIG)
    rows = epochs(40.0) if config.has("likelihood") else ()  # others have other figures
    return craft(runs / "run", digits, config, state, rows, **more)


class TestPositions:
    def test_at_first_those_of_the_configuration(self, runs: Path, digits: Dataset) -> None:
        make(runs, digits)
        app = open_page("train")
        assert labels(app) == LABELS
        assert positions(app) == {"beta": 1.0, "learning_rate": 5e-3, "noise": 1.0}

    def test_they_follow_what_is_requested_elsewhere(self, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits)
        app = open_page("train")
        run.requests.change(beta=0.2, learning_rate=1e-4)
        assert positions(calm(app.run())) == {"beta": 0.2, "learning_rate": 1e-4, "noise": 1.0}
        run.requests.change(beta=10.0, noise=0.0)
        assert positions(calm(app.run())) == {"beta": 10.0, "learning_rate": 1e-4, "noise": 0.0}

    def test_a_value_between_the_steps_is_shown(self, runs: Path, digits: Dataset) -> None:
        make(runs, digits).requests.change(beta=0.0392)
        app = open_page("train")
        assert positions(app)["beta"] == 0.0392
        options = app.select_slider(key="live-beta-run").options
        at = options.index("0.0392")
        assert options[at - 1 : at + 2] == ["0.02", "0.0392", "0.05"]

    @pytest.mark.parametrize("preset", PRESETS)
    def test_no_two_steps_are_equal(self, preset: str, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits, config=PRESETS[preset])
        if run.config.kind == "vae":
            run.requests.change(beta=0.1 * 2 + 0.1, noise=0.1 + 0.2)  # each a little more than 0.3
        run.requests.change(learning_rate=1e-6 * 10)  # as the cure for no learning has it
        for slider in open_page("train").select_slider:
            assert len(set(slider.options)) == len(slider.options)
            assert sorted(slider.options, key=float) == slider.options

    def test_a_damaged_request_changes_nothing(self, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits)
        (run.path / "control.json").write_text('{"settings": {"beta": "much"}')
        assert positions(open_page("train"))["beta"] == 1.0


class TestMoving:
    @pytest.mark.parametrize(
        ("name", "value"), [("beta", 0.0), ("beta", 5.0), ("learning_rate", 0.1), ("noise", 0.3)]
    )
    def test_it_wants_the_value(self, name: str, value: float, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits)
        app = move(open_page("train"), name, value)
        assert run.control.settings == {name: value}
        assert run.control.action == "run"  # and for nothing else
        assert ticket_of(run) is None
        assert positions(app)[name] == value
        assert positions(calm(app.run()))[name] == value

    def test_one_after_the_other(self, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits)
        app = open_page("train")
        for step, (name, value) in enumerate([("beta", 2.0), ("noise", 0.5), ("beta", 0.1)], 1):
            move(app, name, value)
            assert run.control.serial == step
        assert run.control.settings == {"beta": 0.1, "noise": 0.5}
        # A new window shows the same.
        again = open_page("train")
        assert positions(again) == {"beta": 0.1, "learning_rate": 5e-3, "noise": 0.5}

    def test_its_mark_is_there_when_the_page_is(
        self, runs: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A paused run draws nothing by itself: what its process writes a moment later was lost.
        run = make(runs, digits)
        app = open_page("train")

        def answer(_: float) -> None:
            with (run.path / "history.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(change(1, 25, beta=2.0)) + "\n")
            change_status(run, serial=run.control.serial)

        monkeypatch.setattr(run_controls, "REPLY_SECONDS", 60.0)
        clock = SimpleNamespace(monotonic=time.monotonic, sleep=answer)
        monkeypatch.setattr(run_controls, "time", clock)
        with run.lock():
            move(app, "beta", 2.0)
        assert board(app, "run")["curves"]["marks"] == [{"epoch": 1.0, "text": "beta 2"}]

    def test_when_it_acts(self, runs: Path, digits: Dataset) -> None:
        run = make(runs, digits)
        helps = [slider.help for slider in open_page("train").select_slider]
        assert all(text.endswith("Acts when the run continues.") for text in helps)
        set_state(run, "training")
        enqueue(run, started=True)
        with run.lock():
            helps = [slider.help for slider in open_page("train").select_slider]
        assert all(text.endswith("Acts at once, and the curves mark it.") for text in helps)

    def test_a_full_disk(
        self, runs: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(runs, digits)
        app = open_page("train")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.control.write_json", full)
        move(app, "beta", 2.0)
        assert "No space left on device" in app.error[0].value
        assert positions(app)["beta"] == 1.0  # what still holds


class TestWhichThereAre:
    def test_an_autoencoder_has_only_the_learning_rate(self, runs: Path, digits: Dataset) -> None:
        make(runs, digits, config=CONFIG.replace(kind="autoencoder", beta=0.0))
        assert labels(open_page("train")) == ["Learning rate"]

    @pytest.mark.parametrize("state", ["finished", "stopped", "diverged", "interrupted"])
    def test_what_can_resume_has_them(self, state: str, runs: Path, digits: Dataset) -> None:
        make(runs, digits, state)
        assert labels(watch(open_page("train"))) == LABELS

    def test_what_cannot_has_none(self, runs: Path, digits: Dataset) -> None:
        make(runs, digits, "stopped", checkpoint=False)
        assert labels(watch(open_page("train"))) == []

    def test_shipped_runs_have_none(self, shipped: list[Run]) -> None:
        assert labels(watch(open_page("train", run=shipped[0].id))) == []


class TestMarks:
    def test_the_curves_get_each_change(self, runs: Path, digits: Dataset) -> None:
        rows = [
            *epochs(40.0, 30.0),
            change(2, 25, beta=0.5),
            row(3, 29.0, kind="step", step=5),
            change(3, 5, learning_rate=0.0125, noise=0.3),
            row(3, 28.0, kind="step", step=10),
        ]
        craft(runs / "run", digits, CONFIG, "paused", rows)
        assert board(open_page("train"), "run")["curves"]["marks"] == [
            {"epoch": 2.0, "text": "beta 0.5"},
            {"epoch": 2.2, "text": "rate 0.0125, noise 0.3"},
        ]

    def test_before_the_first_step(self, runs: Path, digits: Dataset) -> None:
        rows = [change(0, 0, beta=2.0), row(1, 40.0, kind="step", step=5)]
        craft(runs / "run", digits, CONFIG, "paused", rows)
        marks = board(open_page("train"), "run")["curves"]["marks"]
        assert marks == [{"epoch": 0.0, "text": "beta 2"}]

    def test_without_changes_there_are_none(self, runs: Path, digits: Dataset) -> None:
        make(runs, digits)
        assert board(open_page("train"), "run")["curves"]["marks"] == []
