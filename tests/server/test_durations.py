"""How long it will take: a guess before the start, a better one on the way, one's turn in line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import change_status, copy_run
from tests.schemas.test_figures import FOUND
from vae.config import Config
from vae.data.datasets import load_dataset
from vae.evaluation.likelihood import likelihood_seconds, request_likelihood
from vae.files import write_json
from vae.presets import PRESETS
from vae.runs.progress import end_progress, write_progress
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.server.durations import (
    START_SECONDS,
    Job,
    epoch_seconds,
    job_seconds,
    last_start,
    run_seconds,
    seconds_left,
    time_in_words,
)

SHAPE = (28, 28, 1)


class TestBasics:
    def test_more_work_takes_longer(self) -> None:
        config = Config()
        base = epoch_seconds(config, SHAPE, 60_000)
        assert epoch_seconds(config.replace(hidden=(512,)), SHAPE, 60_000) > base
        assert epoch_seconds(config.replace(batch_size=10), SHAPE, 60_000) > base
        assert epoch_seconds(PRESETS["convolutional"], SHAPE, 60_000) > 3 * base
        assert epoch_seconds(config.replace(importance_samples=20), SHAPE, 60_000) > 3 * base
        assert epoch_seconds(config.replace(train_share=0.5), SHAPE, 60_000) < 0.6 * base

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0.2, "1 s"), (42.4, "42 s"), (180, "3 min"), (4800, "80 min"), (6000, "1 h 40 min")],
    )
    def test_time_in_words(self, seconds: float, words: str) -> None:
        assert time_in_words(seconds) == words


class TestCorrectness:
    def test_a_run_of_this_machine_corrects_the_guess(self, tmp_path: Path) -> None:
        config, data = Config(epochs=10, batch_size=1), load_dataset("digits")
        images = len(data.x_train)
        guess = run_seconds(config, data.image_shape, images) - START_SECONDS
        writer = RunWriter.create(tmp_path / "run", config, data)
        writer.status(state="finished", seconds_per_epoch=3 * guess / 10)
        corrected = run_seconds(config, data.image_shape, images, [Run(tmp_path / "run")])
        assert corrected - START_SECONDS == pytest.approx(3 * guess)

    def test_another_kind_of_network_says_nothing(self, tmp_path: Path) -> None:
        config, data = Config(), load_dataset("digits")
        writer = RunWriter.create(tmp_path / "run", config.replace(network="convolutional"), data)
        writer.status(state="finished", seconds_per_epoch=100.0)
        past = [Run(tmp_path / "run")]
        shape, images = data.image_shape, len(data.x_train)
        assert run_seconds(config, shape, images, past) == run_seconds(config, shape, images)


class TestSecondsLeft:
    def run_at(self, tmp_path: Path, **status: object) -> Run:
        config = Config(epochs=10)
        RunWriter.create(tmp_path / "run", config, load_dataset("digits")).status(**status)
        return Run(tmp_path / "run")

    @pytest.mark.parametrize(
        ("epoch", "step", "seconds"), [(0, 0, 100.0), (1, 0, 100.0), (3, 5, 75.0), (10, 10, 0.0)]
    )
    def test_on_the_way(self, epoch: int, step: int, seconds: float, tmp_path: Path) -> None:
        run = self.run_at(tmp_path, epoch=epoch, step=step, steps=10, seconds_per_epoch=10.0)
        assert seconds_left(run) == pytest.approx(seconds)

    def test_epochs_that_were_added_count(self, tmp_path: Path) -> None:
        run = self.run_at(tmp_path, epoch=10, step=10, steps=10, seconds_per_epoch=10.0)
        run.requests.resume(5)
        assert seconds_left(Run(run.path)) == pytest.approx(50.0)

    def test_before_it_has_measured_an_epoch_it_is_a_guess(self, tmp_path: Path) -> None:
        run = self.run_at(tmp_path)
        assert seconds_left(run) == pytest.approx(10 * epoch_seconds(run.config, (8, 8, 1), 1437))


class TestJobs:
    @pytest.fixture
    def run(self, finished_run: Run, tmp_path: Path) -> Run:
        return copy_run(finished_run, tmp_path / "run")

    def test_a_likelihood_grows_with_its_samples(self, run: Run) -> None:
        assert likelihood_seconds(run, 500) > 0.0
        assert likelihood_seconds(run, 5000) == pytest.approx(10 * likelihood_seconds(run, 500))

    def test_one_of_this_machine_corrects_the_guess(self, run: Run) -> None:
        guess = likelihood_seconds(run, 500)
        found = FOUND | {"importance_samples": 50, "seconds": 30.0}
        few = FOUND | {"importance_samples": 100, "seconds": 9.0}  # mostly its start
        RunWriter(run.path).figures("likelihood.json", {"none": few, "sampled": found})
        assert likelihood_seconds(Run(run.path), 500) == pytest.approx(300.0)
        change_status(run, imported=True)  # measured elsewhere, for all we know
        assert likelihood_seconds(Run(run.path), 500) == guess

    def test_a_job_takes_what_is_left_of_it(self, run: Run) -> None:
        whole = job_seconds(run, "knowledge")
        write_progress(run.path, "knowledge", 0.75)
        assert job_seconds(run, "knowledge") == pytest.approx(whole / 4)
        request_likelihood(run, 5000, "none")
        seconds = START_SECONDS + likelihood_seconds(run, 5000)
        assert job_seconds(run, "likelihood") == pytest.approx(seconds)
        write_progress(run.path, "likelihood", 0.5)
        assert job_seconds(run, "likelihood") == pytest.approx(seconds / 2)

    def test_a_part_that_is_done_is_counted_once(self, run: Run, tmp_path: Path) -> None:
        """Of t-SNE the plane is written first: a quarter of the work, and then space is missing."""
        wide = copy_run(run, tmp_path / "wide")
        info = wide.info
        config = info["config"] | {"latent_dim": 5}
        write_json(wide.path / "config.json", info | {"config": config})
        wide = Run(wide.path)
        whole = job_seconds(wide, "tsne")
        assert whole == 28.0
        write_progress(wide.path, "tsne", 0.25, seconds=whole)
        RunWriter(wide.path).arrays("tsne.npz", points=np.zeros((2, 2), np.float32))
        assert job_seconds(wide, "tsne") == pytest.approx(21.0)
        end_progress(wide.path, "tsne")
        assert job_seconds(wide, "tsne") == 21.0  # for somebody who requests the rest


class TestLastStart:
    ME = Job(1.0, "me")

    @pytest.mark.parametrize(
        ("under_way", "ahead", "workers", "expected"),
        [
            ([], [], 1, (0, 0.0)),
            ([30.0], [], 1, (1, 30.0)),
            ([30.0], [5.0, 7.0], 1, (3, 42.0)),
            ([30.0], [], 2, (0, 0.0)),
            ([30.0, 10.0], [], 2, (2, 10.0)),
            ([30.0, 10.0], [5.0], 2, (3, 15.0)),
            ([30.0, 10.0], [50.0], 2, (3, 30.0)),
            ([], [5.0, 7.0], 2, (2, 5.0)),
            ([], [5.0], 2, (0, 0.0)),
            ([30.0, 20.0, 10.0], [], 2, (3, 20.0)),  # more than there are workers now
        ],
    )
    def test_among_others(
        self,
        under_way: list[float],
        ahead: list[float],
        workers: int,
        expected: tuple[int, float],
    ) -> None:
        others = [[Job(seconds) for seconds in part] for part in (under_way, ahead)]
        assert last_start(others[0], [*others[1], self.ME], workers) == expected

    def test_behind_ones_own(self) -> None:
        running, other = Job(30.0, "me"), Job(100.0, "other")
        assert last_start([running, other], [self.ME], 3) == (1, 30.0)
        assert last_start([running, other], [Job(5.0, "me"), self.ME], 3) == (2, 35.0)
        # Whoever has no run under way goes first.
        assert last_start([running], [Job(5.0, "me"), other], 2) == (0, 0.0)
        assert last_start([running], [other, self.ME], 2) == (2, 30.0)

    def test_equal_jobs_are_distinguished(self) -> None:
        assert last_start([], [self.ME, self.ME], 2) == (1, 1.0)
        assert last_start([self.ME], [self.ME, self.ME], 1) == (2, 2.0)
