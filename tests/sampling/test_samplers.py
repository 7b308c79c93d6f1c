"""Codes of every sampler by one name: each is what its own module draws."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.runs.run import Run
from vae.sampling.fitted import (
    compute_samplers,
    mixture_codes,
    posterior_codes,
    posterior_labels,
    read_samplers,
)
from vae.sampling.prior import balanced_labels, prior_codes
from vae.sampling.samplers import SAMPLERS, Draw, sample_codes, sample_labels


@pytest.fixture(scope="module")
def run(finished_run: Run, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = copy_run(finished_run, tmp_path_factory.mktemp("draws") / "run")
    compute_samplers(run, digits)
    return run


class TestBasics:
    @pytest.mark.parametrize("sampler", SAMPLERS)
    def test_the_same_seed_draws_the_same(self, sampler: Any, run: Run) -> None:
        draw = Draw(sampler, seed=3)
        z = sample_codes(run, draw, 9)
        assert (z.shape, z.dtype) == ((9, run.config.latent_dim), np.float32)
        np.testing.assert_array_equal(z, sample_codes(run, draw, 9, read_samplers(run)))
        assert not np.array_equal(z, sample_codes(run, Draw(sampler, seed=4), 9))

    def test_notes_say_what_was_drawn(self) -> None:
        assert Draw("prior", temperature=0.5).notes == {"Sampler": "prior", "Temperature": "0.5"}
        assert Draw("prior", truncation=2).notes["Truncation"] == "2"
        assert Draw("mixture", 3).notes == {"Sampler": "mixture", "Class": "3"}

    @pytest.mark.parametrize(
        ("choice", "words"),
        [
            ({"sampler": "posteriors"}, "one of .* Received: 'posteriors'"),
            ({"label": 3}, "knows no classes.* Received: label=3"),
            ({"sampler": "mixture", "temperature": 0.5}, "are the prior's. Received: 0.5"),
            ({"sampler": "posterior", "truncation": 2.0}, "are the prior's. Received: 1.0 and 2.0"),
        ],
    )
    def test_what_a_sampler_does_not_have(self, choice: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigError, match=words):
            Draw(**choice)

    def test_what_was_not_fitted(self, finished_run: Run, run: Run, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"fitted .* first. Received: a run without"):
            sample_codes(finished_run, Draw("mixture"), 1)
        assert sample_codes(finished_run, Draw(), 1).shape == (1, run.config.latent_dim)
        with pytest.raises(ConfigError, match="Received: 77"):
            sample_codes(run, Draw("posterior", 77), 1)


class TestCorrectness:
    def test_each_is_that_of_its_module(self, run: Run) -> None:
        samplers, size = read_samplers(run), run.config.latent_dim
        assert samplers is not None
        for draw, expected in {
            Draw(seed=2): prior_codes(5, size, seed=2),
            Draw(temperature=0.5, truncation=1.5): prior_codes(
                5, size, temperature=0.5, truncation=1.5
            ),
            Draw("mixture", seed=2): mixture_codes(samplers, 5, seed=2),
            Draw("mixture", 7): mixture_codes(samplers, 5, label=7),
            Draw("posterior", 7, seed=1): posterior_codes(samplers, 5, label=7, seed=1),
        }.items():
            np.testing.assert_array_equal(sample_codes(run, draw, 5), expected)
        assert Draw().truncation == math.inf


class TestLabels:
    def test_of_a_run_that_is_told_nothing(self, run: Run) -> None:
        assert sample_labels(run, Draw(), 3) is None
        assert sample_labels(run, Draw("posterior"), 3) is None
        assert sample_labels(run, Draw("mixture", 7), 3).tolist() == [7] * 3  # what was drawn from

    def test_of_a_conditional_run(
        self, conditional_run: Run, run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        told = copy_run(conditional_run, tmp_path / "told")
        compute_samplers(told, digits)
        each = balanced_labels(12, 10)
        for sampler in ("prior", "mixture"):
            np.testing.assert_array_equal(sample_labels(told, Draw(sampler), 12), each)
        draw, samplers = Draw("posterior", seed=5), read_samplers(told)
        own = posterior_labels(samplers, 12, seed=5)
        np.testing.assert_array_equal(sample_labels(told, draw, 12), own)
        # So decoded, a code is what the image was that it comes from.
        z = sample_codes(told, draw, 12, samplers)
        np.testing.assert_array_equal(z, posterior_codes(samplers, 12, seed=5))
        assert sample_labels(told.conditioned_on(4), draw, 2).tolist() == [4, 4]
        assert sample_labels(told.conditioned_on(4), Draw("mixture", 6), 2).tolist() == [6, 6]
        with pytest.raises(RunError, match="fitted"):
            sample_labels(conditional_run, draw, 2)
