"""Runs that were interrupted with changed settings, or get more epochs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workshop import STEPS, VARIANTS, Killed, Position, Workshop, assert_same_run
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.files import read_json, write_json
from vae.model.objective import beta_at, learning_rate_at
from vae.runs.run import Run, open_run
from vae.training.train import resume


class TestWithRequests:
    """Settings that were changed on the way are no reason to become another run."""

    def changed_at(
        self, workshop: Workshop, path: Path, position: Position, **settings: float
    ) -> Run:
        run = workshop.new(path, schedule="cosine")
        return workshop.at(run, position, lambda: run.requests.change(**settings))

    @pytest.mark.parametrize("position", [(2, 9), (2, 10), (2, 25), (0, 0)])
    def test_changed_while_it_was_suspended_then_killed(
        self, position: Position, workshop: Workshop, tmp_path: Path
    ) -> None:
        settings = {"beta": 3.0, "learning_rate": 1e-3, "noise": 0.5}
        expected = self.changed_at(workshop, tmp_path / "expected", position, **settings)
        run = workshop.suspend_at(workshop.new(tmp_path / "run", schedule="cosine"), position)
        run.requests.change(**settings)
        # It applies the request, and dies before the next checkpoint.
        workshop.kill_at(run, (position[0], position[1] + 6) if position[0] == 2 else (1, 6))
        if position[1] != STEPS:
            workshop.kill_at(run, (position[0], position[1] + 11) if position[0] == 2 else (1, 11))
        assert_same_run(workshop.resume(run), expected)

    def test_changed_while_it_was_paused_then_killed(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        expected = self.changed_at(workshop, tmp_path / "expected", (2, 9), noise=0.25)
        run = workshop.new(tmp_path / "run", schedule="cosine")
        workshop.suspend_at(run, (2, 9))
        run.requests.send("pause")
        positions = workshop.direct(run, lambda: run.requests.change(noise=0.25))
        assert positions == [(2, 9), (2, 9)]
        run.requests.send("run")
        workshop.kill_at(run, (2, 20))
        assert_same_run(workshop.resume(run), expected)

    def test_what_was_changed_after_the_last_checkpoint_still_holds(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")

        def change_then_die() -> bool:
            if workshop.position == (2, 9):
                run.requests.change(learning_rate=1e-4)
            if workshop.position == (2, 15):
                raise Killed
            return False

        with pytest.raises(Killed):
            workshop.resume(run, should_end=change_then_die)
        changes = [row for row in open_run(run.path).rows if row["kind"] == "change"]
        assert [(row["epoch"], row["step"]) for row in changes] == [(2, 9)]
        run = workshop.resume(run)
        (change,) = (row for row in run.rows if row["kind"] == "change")
        # It holds from the beginning of the epoch that is trained anew.
        assert (change["epoch"], change["step"]) == (1, STEPS)
        rates = [row["learning_rate"] for row in run.history]
        assert rates == pytest.approx([5e-3, 1e-4, 1e-4])


class TestMore:
    def test_more_epochs_than_it_was_to_have(self, workshop: Workshop, tmp_path: Path) -> None:
        config = workshop.config.replace(schedule="cosine", kl_warmup=5, epochs=2)
        run = workshop.resume(workshop.new(tmp_path / "run", **config.to_dict()))
        first = run.rows
        run.requests.resume(3)
        run = workshop.resume(run)
        assert (run.state, run.status["epoch"]) == ("finished", 5)
        assert run.rows[: len(first)] == first
        assert [row["epoch"] for row in run.history] == [1, 2, 3, 4, 5]
        assert run.snapshot_epochs == [0, 1, 2, 3, 4, 5]
        for row in run.rows:
            segment, after = (2, 0) if row["epoch"] <= 2 else (3, 2)
            step = (row["epoch"] - 1 - after) * STEPS + row["step"] - 1
            rate = learning_rate_at(config, step, segment * STEPS)
            assert row["learning_rate"] == pytest.approx(rate, rel=1e-6)
            assert row["beta"] == pytest.approx(beta_at(config, row["epoch"]))
        # Near zero at the end of each segment, and the full rate at the beginning of the next.
        assert run.history["learning_rate"][1] < 1e-2 * config.learning_rate
        assert run.rows[len(first)]["learning_rate"] > 0.9 * config.learning_rate

    def test_a_constant_rate_makes_it_the_longer_run(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run", epochs=1))
        run.requests.resume(2)
        assert_same_run(workshop.resume(run), undisturbed)

    def test_more_while_it_trains_and_interrupted_in_the_new_segment(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        expected = workshop.new(tmp_path / "expected", epochs=1, schedule="cosine")
        expected.requests.resume(2)
        run = workshop.new(tmp_path / "run", epochs=1, schedule="cosine")
        workshop.kill_at(run, (1, 9))
        run.requests.resume(2)
        for position in ((2, 9), (3, 1)):
            workshop.kill_at(run, position)
        assert_same_run(workshop.resume(run), workshop.resume(expected))
        assert open_run(run.path).status["epoch"] == 3

    def test_after_early_stopping(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run", **VARIANTS["early"]))
        ended = run.status["epoch"]
        assert 2 <= ended < 50
        run.requests.resume(1)
        run = workshop.resume(run)
        assert (run.state, run.status["epoch"]) == ("finished", ended + 1)

    def test_nothing_left_to_do(self, workshop: Workshop, digits: Dataset, tmp_path: Path) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run", epochs=1))
        with pytest.raises(RunError, match="for how many more epochs"):
            resume(run, digits)
        assert resume(run, digits, more_epochs=1).status["epoch"] == 2

    def test_a_damaged_checkpoint_is_said_to_be_one(
        self, workshop: Workshop, digits: Dataset, tmp_path: Path
    ) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (1, 9))
        history = (run.path / "history.jsonl").read_bytes()
        path = run.path / "checkpoint.npz"
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(RunError, match=r"checkpoint\.npz must hold"):
            resume(run, digits)
        assert (run.path / "history.jsonl").read_bytes() == history

    def test_seconds_are_counted_over_all_parts(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (1, 9))
        write_json(run.path / "status.json", run.status | {"seconds_trained": 119.9})
        run = workshop.resume(run, seconds=120.0)
        assert run.state == "stopped"
        assert run.status["reason"] == "The limit of 2 minutes of training is reached."
        assert 119.9 < read_json(run.path / "status.json")["seconds_trained"] < 125
