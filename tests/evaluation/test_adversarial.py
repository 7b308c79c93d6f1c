"""What is said of a GAN's health: each problem in a closed case, its cure, and no false alarm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.pages.crafted import change, craft
from vae.config import Config
from vae.data.datasets import Dataset
from vae.evaluation import adversarial
from vae.evaluation.diagnostics import describe_training, problems
from vae.runs import layout
from vae.runs.run import Run
from vae.runs.writer import RunWriter

CONFIG = Config(kind="gan", latent_dim=2, gradient_penalty=2.0)


STEPS = 400  # of an epoch


def row(epoch: int, step: int = STEPS, kind: str = "step", **values: float) -> dict[str, Any]:
    found = {"loss": 0.8, "discriminator_loss": 1.3, "d_real": 0.55, "d_fake": 0.45}
    return {"kind": kind, "epoch": epoch, "step": step, "learning_rate": 1e-3, **found, **values}


def rows_of(losses: list[float], **values: float) -> list[dict[str, Any]]:
    """Ten rows an epoch, with these losses of the generator."""
    rows = [
        row(index // 10 + 1, (index % 10 + 1) * STEPS // 10, loss=loss, **values)
        for index, loss in enumerate(losses)
    ]
    ends = [row(epoch, kind="epoch", **values) for epoch in range(1, len(losses) // 10 + 1)]
    return sorted(rows + ends, key=lambda each: (each["epoch"], each["step"]))


@pytest.fixture
def make(tmp_path: Path, digits: Dataset) -> Any:
    def make(rows: list[dict[str, Any]], **settings: Any) -> Run:
        path = tmp_path / str(len([*tmp_path.iterdir()]))
        return craft(path, digits, CONFIG.replace(**settings), "training", rows)

    return make


def names(run: Run) -> list[str]:
    return [problem.name for problem in problems(run)]


# Three epochs of real runs, with the digits of the samples after the last of them: presets gan and
# gan-convolutional on a part of the data, with the changes that their names say.
RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("gan_histories.json").read_text())


@pytest.mark.parametrize("name", RECORDED)
def test_of_recorded_runs(name: str, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = RECORDED[name]
    chances = {key: found[key] for key in ("d_real", "d_fake")}
    last, steps = found["epoch"], found["steps"]
    rows = [
        row(epoch, round(part * steps), loss=loss, discriminator_loss=other, **chances)
        for epoch, losses in enumerate(
            zip(found["loss"], found["discriminator_loss"], strict=True), start=last - 2
        )
        for part, (loss, other) in zip(
            np.linspace(0.0, 1.0, len(losses[0]) + 1)[1:], zip(*losses, strict=True), strict=True
        )
    ]
    rows.append(row(last, steps, kind="epoch", **chances))
    run = make(rows, gradient_penalty=found["gradient_penalty"])
    if "digits" in found:
        show_digits(run, np.repeat(np.arange(10), found["digits"]).tolist(), last, monkeypatch)
    assert names(run) == found["problems"]


class TestWords:
    def test_nothing_yet(self) -> None:
        assert describe_training(CONFIG, []) == "The first steps are running."

    @pytest.mark.parametrize(
        ("real", "fake", "words"),
        [
            (0.52, 0.48, "it can hardly tell them apart"),
            (0.7, 0.3, "it tells some of them apart, so the generator still has something"),
            (0.99, 0.01, "it has no doubts, so the generator learns little from it"),
        ],
    )
    def test_how_the_networks_stand(self, real: float, fake: float, words: str) -> None:
        said = describe_training(CONFIG, [row(1, d_real=real, d_fake=fake)])
        assert f"probability of {real:.2f} and samples with {fake:.2f}: {words}" in said


class TestProblems:
    def test_of_a_balanced_run_none(self, make: Any) -> None:
        noise = np.random.default_rng(0).normal(0.8, 0.02, 50)
        assert names(make(rows_of(noise.tolist()))) == []

    def test_a_steady_rise_is_none(self, make: Any) -> None:
        assert names(make(rows_of(np.linspace(0.7, 2.0, 50).tolist()))) == []

    @pytest.mark.parametrize(
        ("real", "fake", "found"),
        [(0.97, 0.02, True), (0.94, 0.02, False), (0.97, 0.06, False)],
    )
    def test_the_discriminator_wins(self, make: Any, real: float, fake: float, found: bool) -> None:
        run = make(rows_of([3.0] * 20, d_real=real, d_fake=fake))
        assert names(run) == ["The discriminator wins"] * found

    def test_the_cure_is_a_larger_penalty(self, make: Any) -> None:
        rows = rows_of([3.0] * 10, d_real=0.99, d_fake=0.01)
        (problem,) = problems(make(rows))
        assert problem.cure == {"gradient_penalty": 6.0}
        assert problem.button == "Continue with a gradient penalty of 6"

    def test_without_a_penalty_the_cure_is_to_have_one(self, make: Any) -> None:
        rows = rows_of([3.0] * 10, d_real=0.99, d_fake=0.01)
        (problem,) = problems(make(rows, gradient_penalty=0.0))
        assert problem.cure == {"gradient_penalty": 1.0}

    def test_oscillation(self, make: Any) -> None:
        swings = 1.0 + 0.5 * np.sin(np.arange(40))
        run = make(rows_of(swings.tolist()))
        assert names(run) == ["Oscillation"]
        assert re.search(r"generator's loss swings by 3\d% of its", problems(run)[0].words)

    def test_oscillation_of_the_discriminator_alone(self, make: Any) -> None:
        rows = rows_of([0.8] * 40)
        for index, each in enumerate(rows):
            each["discriminator_loss"] = 1.0 + 0.5 * np.sin(index)
        (problem,) = problems(make(rows))
        assert (problem.name, "The discriminator's loss" in problem.words) == ("Oscillation", True)

    def test_the_loss_of_one_that_has_won_is_next_to_nothing(self, make: Any) -> None:
        rows = rows_of([12.0] * 40, d_real=1.0, d_fake=0.0)
        for index, each in enumerate(rows):
            each["discriminator_loss"] = 1e-5 * (1.0 + 0.5 * np.sin(index))
        assert names(make(rows)) == ["The discriminator wins"]

    def test_the_fall_of_the_first_epoch_is_none(self, make: Any) -> None:
        losses = [*np.geomspace(5.0, 0.8, 10), *[0.8] * 40]
        assert names(make(rows_of(losses[:30]))) == []
        assert names(make(rows_of(losses))) == []

    def test_too_few_epochs_to_call_it_so(self, make: Any) -> None:
        assert names(make(rows_of((1.0 + 0.5 * np.sin(np.arange(20))).tolist()))) == []

    def test_after_a_cure_a_whole_epoch_decides(self, make: Any) -> None:
        rows = rows_of([3.0] * 10, d_real=0.99, d_fake=0.01)
        changed = [*rows, change(1, STEPS, gradient_penalty=6.0)]
        assert names(make(changed)) == []
        after = [row(2, kind="epoch", d_real=0.99, d_fake=0.01)]
        assert names(make([*changed, *after])) == ["The discriminator wins"]


def show_digits(run: Run, digits: list[int], epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the classifier take the 64 samples of a run's last snapshot for these digits."""
    images = np.zeros((64, 8, 8, 1), np.uint8)
    for each in (0, epoch):
        RunWriter(run.path).arrays(
            layout.snapshot_file(each), samples=images[:50], more_samples=images[50:]
        )
    monkeypatch.setattr(adversarial, "is_measurable", lambda run: True)
    says = np.eye(10)[np.array(digits)]
    monkeypatch.setattr(adversarial, "classify", lambda images: (images, says))
    adversarial._counted.cache_clear()


class TestModeCollapse:
    @pytest.fixture
    def of_digits(self, make: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Makes a run whose 64 samples the classifier takes for these digits."""

        def run_of(digits: list[int], steps: int = STEPS) -> Run:
            run = make([row(1, steps, kind="epoch")])
            show_digits(run, digits, 1, monkeypatch)
            return run

        return run_of

    def test_of_even_samples_none(self, of_digits: Any) -> None:
        assert names(of_digits([index % 10 for index in range(64)])) == []

    def test_two_digits_may_be_missing_by_chance(self, of_digits: Any) -> None:
        assert names(of_digits([index % 8 for index in range(64)])) == []

    def test_three_are_not(self, of_digits: Any) -> None:
        run = of_digits([index % 7 for index in range(64)])
        assert names(run) == ["Mode collapse"]
        assert "none is a 7, 8 or 9, by the classifier" in problems(run)[0].words

    def test_the_blur_of_the_first_steps_is_none(self, of_digits: Any) -> None:
        assert names(of_digits([3] * 64, steps=300)) == []
        assert names(of_digits([3] * 64, steps=301)) == ["Mode collapse"]

    def test_nor_is_one_in_half_of_the_samples(self, of_digits: Any) -> None:
        run = of_digits([3] * 40 + [index % 10 for index in range(24)])
        assert names(run) == ["Mode collapse"]
        assert "67% of the 64 samples are a 3" in problems(run)[0].words
