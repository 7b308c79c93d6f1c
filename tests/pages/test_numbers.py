"""The numbers beside the curves: speed, KL of each dimension, and the sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import plain
from tests.pages.crafted import change, craft, epochs, row
from tests.pages.driving import open_page, watch
from tests.pages.shown import words
from vae.config import Config
from vae.data.datasets import Dataset
from vae.figures.colors import HUES
from vae.files import read_json, write_json
from vae.runs.run import Run

CONFIG = Config(latent_dim=4, epochs=12)
KL = (3.0, 0.02, 1.5, 0.1)


def bars(app: AppTest) -> list[tuple[str, float, bool]]:
    """Title, height in pixels, and whether it has the colour of what is in use."""
    (figure,) = (each.proto.body for each in app.get("html") if 'role="img"' in each.proto.body)
    found = re.findall(r'title="(.*?)".*?height:([\d.]+)px.*?background:(.*?)"', figure)
    return [(title, float(height), color == HUES["kl"]) for title, height, color in found]


class TestSpeed:
    def test_the_line(self, runs: Path, digits: Dataset) -> None:
        craft(
            runs / "run",
            digits,
            CONFIG,
            "paused",
            [row(1, 40.0, KL, kind="step", step=5, gradient_norm=123.456)],
            images_per_second=54321,
            seconds_per_epoch=2.345,
            seconds_trained=4000.0,
        )
        assert (
            "Gradient norm **123** nats · **54,321** images/s · **2.3** s an epoch · "
            "trained for **67 min**"
        ) in words(open_page("train"))

    def test_the_newest_gradient(self, runs: Path, digits: Dataset) -> None:
        rows = [row(1, 40.0, KL, kind="step", step=s, gradient_norm=10.0 * s) for s in (5, 10)]
        craft(runs / "run", digits, CONFIG, "paused", [*rows, change(1, 10, beta=0.5)])
        assert "Gradient norm **100** nats" in words(open_page("train"))

    def test_what_is_not_known_is_left_out(self, runs: Path, digits: Dataset) -> None:
        craft(runs / "run", digits, CONFIG, "paused", epochs(40.0, kl=KL), images_per_second=7)
        said = words(open_page("train"))
        assert ": **7** images/s" in said.replace("\n", ": ")
        assert "radient norm" not in said
        assert "an epoch" not in said


class TestLosses:
    @pytest.mark.parametrize(
        ("settings", "more", "said"),
        [
            ({}, {}, "grey levels; Bernoulli likelihood."),
            (
                {"binarisation": "sampled", "free_bits": 0.25},
                {},
                "black and white, drawn from the grey levels anew at each step; Bernoulli "
                "likelihood. The KL includes the 0.25 free nats of each dimension.",
            ),
            (
                {"shift": 2, "flip": True},
                {},
                "grey levels; Bernoulli likelihood. Images that train are shifted by up to 2 "
                "pixels and mirrored at random; those of validation and tests stay as they are.",
            ),
            (
                {"importance_samples": 50},
                {},
                "grey levels; Bernoulli likelihood. Shown is the ELBO; training raises the bound "
                "of 50 samples.",
            ),
            (
                {"capacity": 12.0},
                {"capacity": 3.75},
                "grey levels; Bernoulli likelihood. Training holds the KL near 3.75 nats.",
            ),
            (
                {"likelihood": "continuous_bernoulli"},
                {},
                "grey levels; continuous Bernoulli density, whose nats may be negative.",
            ),
            (
                {"likelihood": "gaussian"},
                {"pixel_deviation": 0.123456},
                "grey levels; Gaussian density of standard deviation 0.123, whose nats may be "
                "negative.",
            ),
        ],
    )
    def test_what_they_count(
        self,
        settings: dict[str, Any],
        more: dict[str, float],
        said: str,
        runs: Path,
        digits: Dataset,
    ) -> None:
        config = CONFIG.replace(**settings)
        craft(runs / "run", digits, config, "paused", epochs(40.0, kl=KL, **more))
        assert f"Training and validation: {said}" in words(open_page("train"))


class TestTest:
    def test_texts_of_others_are_no_markdown(self, run: Run) -> None:
        picture = "![x](https://example.org/x.png)"
        path = run.path / "metrics.json"
        texts = dict.fromkeys(("images", "treatment"), picture)
        write_json(path, read_json(path) | texts)
        app = watch(open_page("train"))
        assert plain(f"{picture}, {picture}") in words(app)
        assert "![" not in words(app)


class TestDimensions:
    def test_unused_ones_are_grey(self, runs: Path, digits: Dataset) -> None:
        craft(runs / "run", digits, CONFIG, "paused", epochs(40.0, kl=KL))
        app = open_page("train")
        assert "**KL of each latent dimension** (nats) · 3 of 4 in use" in words(app)
        assert bars(app) == [
            ("dimension 1: 3.00 nats", 86.0, True),
            ("dimension 2: 0.02 nats", 1.0, False),  # never so low that it cannot be seen
            ("dimension 3: 1.50 nats", 43.0, True),
            ("dimension 4: 0.10 nats", 2.9, True),
        ]

    def test_they_are_the_newest(self, runs: Path, digits: Dataset) -> None:
        rows = [*epochs(40.0, kl=KL), row(2, 30.0, (0.0, 0.0, 0.0, 9.0), kind="step", step=5)]
        craft(runs / "run", digits, CONFIG, "paused", [*rows, change(2, 5, beta=0.5)])
        assert [used for _, _, used in bars(open_page("train"))] == [False, False, False, True]

    def test_all_dead(self, runs: Path, digits: Dataset) -> None:
        craft(runs / "run", digits, CONFIG, "paused", epochs(40.0, kl=(0.0,) * 4))
        app = open_page("train")
        assert [(height, used) for _, height, used in bars(app)] == [(1.0, False)] * 4
        assert "0 of 4 in use" in words(app)

    @pytest.mark.parametrize(("count", "numbered"), [(1, True), (20, True), (128, False)])
    def test_many_have_no_space_for_numbers(
        self, count: int, numbered: bool, runs: Path, digits: Dataset
    ) -> None:
        config = CONFIG.replace(latent_dim=count)
        craft(runs / "run", digits, config, "paused", epochs(40.0, kl=(1.0,) * count))
        app = open_page("train")
        assert len(bars(app)) == count
        (figure,) = (e.proto.body for e in app.get("html") if 'role="img"' in e.proto.body)
        assert (f"<small>{count}</small>" in figure) == numbered
        assert figure.startswith('<div role="img" aria-label="KL of each latent dimension: 1.00')

    def test_an_autoencoder_has_none(self, runs: Path, digits: Dataset) -> None:
        config = CONFIG.replace(kind="autoencoder", beta=0.0)
        craft(runs / "run", digits, config, "paused", epochs(40.0, kl=(0.0,) * 4))
        app = open_page("train")
        assert "KL of each latent dimension" not in words(app)
        assert not [each for each in app.get("html") if 'role="img"' in each.proto.body]


class TestSentence:
    @pytest.mark.parametrize(
        ("reconstructions", "said"),
        [
            ((), "The first steps are running."),
            ((40.0,), "Reconstruction has just begun to fall; 3 of 4 latent dimensions"),
            (
                (40.0, 31.5),
                "Reconstruction is still falling, by 8.5 nats in the last epoch; "
                "3 of 4 latent dimensions are in use.",
            ),
            ((31.5, 31.45), "Reconstruction has settled near 31.4 nats; 3 of 4 latent"),
            ((30.0, 35.0), "Reconstruction rose by 5.0 nats in the last epoch; 3 of 4 latent"),
        ],
    )
    def test_training_is_described(
        self, reconstructions: tuple[float, ...], said: str, runs: Path, digits: Dataset
    ) -> None:
        rows = epochs(*reconstructions, kl=KL) or [change(0, 0, beta=0.5)]
        craft(runs / "run", digits, CONFIG, "paused", rows)
        assert said in words(open_page("train"))

    def test_before_the_first_row_there_is_none(self, runs: Path, digits: Dataset) -> None:
        craft(runs / "run", digits, CONFIG, "paused", [])
        assert "The first steps" not in words(open_page("train"))
