"""Codes of every sampler by one name: each is what its own module gives."""

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
from vae.sampling.samplers import SAMPLERS, SampleSpec, sample_codes, sample_labels


@pytest.fixture(scope="module")
def run(finished_run: Run, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = copy_run(finished_run, tmp_path_factory.mktemp("samplers") / "run")
    compute_samplers(run, digits)
    return run


class TestBasics:
    @pytest.mark.parametrize("sampler", SAMPLERS)
    def test_the_same_seed_samples_the_same(self, sampler: Any, run: Run) -> None:
        spec = SampleSpec(sampler, seed=3)
        z = sample_codes(run, spec, 9)
        assert (z.shape, z.dtype) == ((9, run.config.latent_dim), np.float32)
        np.testing.assert_array_equal(z, sample_codes(run, spec, 9, read_samplers(run)))
        assert not np.array_equal(z, sample_codes(run, SampleSpec(sampler, seed=4), 9))

    def test_notes_say_what_was_sampled(self) -> None:
        assert SampleSpec("prior", temperature=0.5).notes == {
            "Sampler": "prior",
            "Temperature": "0.5",
        }
        assert SampleSpec("prior", truncation=2).notes["Truncation"] == "2"
        assert SampleSpec("mixture", 3).notes == {"Sampler": "mixture", "Class": "3"}

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
            SampleSpec(**choice)

    def test_what_was_not_fitted(self, finished_run: Run, run: Run, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"fitted .* first. Received: a run without"):
            sample_codes(finished_run, SampleSpec("mixture"), 1)
        assert sample_codes(finished_run, SampleSpec(), 1).shape == (1, run.config.latent_dim)
        with pytest.raises(ConfigError, match="Received: 77"):
            sample_codes(run, SampleSpec("posterior", 77), 1)


class TestCorrectness:
    def test_each_is_that_of_its_module(self, run: Run) -> None:
        samplers, size = read_samplers(run), run.config.latent_dim
        assert samplers is not None
        for spec, expected in {
            SampleSpec(seed=2): prior_codes(5, size, seed=2),
            SampleSpec(temperature=0.5, truncation=1.5): prior_codes(
                5, size, temperature=0.5, truncation=1.5
            ),
            SampleSpec("mixture", seed=2): mixture_codes(samplers, 5, seed=2),
            SampleSpec("mixture", 7): mixture_codes(samplers, 5, label=7),
            SampleSpec("posterior", 7, seed=1): posterior_codes(samplers, 5, label=7, seed=1),
        }.items():
            np.testing.assert_array_equal(sample_codes(run, spec, 5), expected)
        assert SampleSpec().truncation == math.inf


class TestLabels:
    def test_of_an_unconditional_run(self, run: Run) -> None:
        assert sample_labels(run, SampleSpec(), 3) is None
        assert sample_labels(run, SampleSpec("posterior"), 3) is None
        assert (
            sample_labels(run, SampleSpec("mixture", 7), 3).tolist() == [7] * 3
        )  # what was sampled from

    def test_of_a_conditional_run(
        self, conditional_run: Run, run: Run, digits: Dataset, tmp_path: Path
    ) -> None:
        conditional = copy_run(conditional_run, tmp_path / "conditional")
        compute_samplers(conditional, digits)
        each = balanced_labels(12, 10)
        for sampler in ("prior", "mixture"):
            np.testing.assert_array_equal(sample_labels(conditional, SampleSpec(sampler), 12), each)
        spec, samplers = SampleSpec("posterior", seed=5), read_samplers(conditional)
        own = posterior_labels(samplers, 12, seed=5)
        np.testing.assert_array_equal(sample_labels(conditional, spec, 12), own)
        # So decoded, a code is what the image was that it comes from.
        z = sample_codes(conditional, spec, 12, samplers)
        np.testing.assert_array_equal(z, posterior_codes(samplers, 12, seed=5))
        assert sample_labels(conditional.conditioned_on(4), spec, 2).tolist() == [4, 4]
        assert sample_labels(
            conditional.conditioned_on(4), SampleSpec("mixture", 6), 2
        ).tolist() == [
            6,
            6,
        ]
        with pytest.raises(RunError, match="fitted"):
            sample_labels(conditional_run, spec, 2)
