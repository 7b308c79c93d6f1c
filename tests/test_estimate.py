from __future__ import annotations

from pathlib import Path

import pytest

from vae.config import Config
from vae.datasets import load_dataset
from vae.estimate import START_SECONDS, epoch_seconds, run_seconds, time_in_words
from vae.presets import PRESETS
from vae.recorder import Recorder
from vae.runs import Run

SHAPE = (28, 28, 1)


class TestBasics:
    def test_more_work_takes_longer(self) -> None:
        config = Config()
        base = epoch_seconds(config, SHAPE, 60_000)
        assert epoch_seconds(config.replace(hidden=(512,)), SHAPE, 60_000) > base
        assert epoch_seconds(config.replace(batch_size=10), SHAPE, 60_000) > base
        assert epoch_seconds(PRESETS["convolutional"], SHAPE, 60_000) > 3 * base
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
        recorder = Recorder.create(tmp_path / "run", config, data)
        recorder.status(state="finished", seconds_per_epoch=3 * guess / 10)
        corrected = run_seconds(config, data.image_shape, images, [Run(tmp_path / "run")])
        assert corrected - START_SECONDS == pytest.approx(3 * guess)

    def test_another_kind_of_network_says_nothing(self, tmp_path: Path) -> None:
        config, data = Config(), load_dataset("digits")
        recorder = Recorder.create(tmp_path / "run", config.replace(network="convolutional"), data)
        recorder.status(state="finished", seconds_per_epoch=100.0)
        past = [Run(tmp_path / "run")]
        shape, images = data.image_shape, len(data.x_train)
        assert run_seconds(config, shape, images, past) == run_seconds(config, shape, images)
