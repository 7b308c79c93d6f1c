"""A preview of a run that trains: its model as it is then, and no trace of the preview."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workshop import Workshop, assert_same_run
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run
from vae.training import model_files
from vae.training.train import train

SMALL = Config(latent_dim=2, hidden=(16,), batch_size=50, epochs=3, seed=4)


class TestBasics:
    def test_the_history_is_that_of_an_undisturbed_run(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        assert_same_run(workshop.at(run, (2, 9), run.requests.show_model), undisturbed)

    def test_it_says_of_when_the_model_is(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        observed: list[dict[str, Any]] = []

        def check() -> bool:
            status = open_run(run.path).status
            if workshop.position == (2, 10) and not observed:
                run.requests.show_model()
            if status.get("shown") and not observed:
                observed.append(status)
            return False

        workshop.resume(run, should_end=check)
        assert [observed[0][name] for name in ("state", "shown", "model_epoch")] == [
            "training",
            1,
            2,
        ]

    def test_a_paused_run_shows_itself_and_stays_paused(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("batch")
        assert workshop.direct(run, run.requests.show_model, "leave") == [(1, 1), (1, 1)]
        assert open_run(run.path).status["shown"] == 1

    def test_what_was_shown_is_not_shown_again_by_the_next_process(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[tuple[int, int]] = []
        monkeypatch.setattr(model_files, "publish", lambda *_: shown.append(workshop.position))
        run = workshop.new(tmp_path / "run")
        run.requests.show_model()
        workshop.suspend_at(run, (1, 5))
        open_run(run.path).requests.resume()
        workshop.resume(run)
        assert shown == [(0, 0)]

    def test_a_preview_that_fails_costs_nothing(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(model_files, "publish", fail)
        run = workshop.new(tmp_path / "run")
        assert_same_run(workshop.at(run, (1, 3), run.requests.show_model), undisturbed)
        assert open_run(run.path).status["look_failed"]


class TestCorrectness:
    def test_latents_and_networks_are_of_the_model_as_it_is_then(
        self, digits: Dataset, tmp_path: Path
    ) -> None:
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

        def check(row: dict[str, Any]) -> None:
            run = open_run(tmp_path / "run")
            if row["kind"] == "epoch" and row["epoch"] == 1:
                run.requests.show_model()
            if run.has_model and not found:
                snapshot = run.snapshot(1)["means"].astype(np.float32)
                found.append((run.encode(digits.x_test)[0], run.latents["mean"], snapshot))

        run = train(SMALL, digits, check, out=tmp_path / "run")
        encoded, latents, snapshot = found[0]
        np.testing.assert_allclose(encoded, latents, atol=1e-4)
        # Asked for after the first epoch and its row, before the next step.
        np.testing.assert_allclose(latents, snapshot[: len(latents)], atol=5e-3)
        assert np.abs(run.latents["mean"] - latents).max() > 0.05  # it learned on
