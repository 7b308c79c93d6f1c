"""Coverage, on clouds of codes of which it is known how they lie."""

from __future__ import annotations

import numpy as np
import pytest

from vae.errors import RunError
from vae.evaluation.coverage import Coverage, coverage, far_fraction
from vae.runs.run import Run

RANDOM = np.random.default_rng(3)
POINT = -20.0  # the log_var of an autoencoder


def as_they_are(mean: np.ndarray, log_var: float | np.ndarray) -> Coverage:
    """Compare the codes themselves: the decoder does nothing."""
    return coverage(mean, np.broadcast_to(log_var, mean.shape), lambda z: z)


@pytest.mark.parametrize("dims", [1, 2, 4, 16, 64])
def test_of_the_same_distribution_about_one_percent_is_far(dims: int) -> None:
    first, second = RANDOM.standard_normal((2, 4000, dims))
    assert far_fraction(first, second) == pytest.approx(0.01, abs=0.008)


@pytest.mark.parametrize("dims", [2, 4, 16])
def test_posteriors_that_make_up_the_prior(dims: int) -> None:
    """Whether a dimension's variance is in the means, in the posteriors, or half in each."""
    fraction = np.resize([0.0, 0.5, 1.0], dims)  # of the variance that is in the means
    mean = RANDOM.standard_normal((2000, dims)) * np.sqrt(fraction)
    found = as_they_are(mean, np.log(np.maximum(1.0 - fraction, np.exp(POINT))))
    assert found.unlike == pytest.approx(0.01, abs=0.015)
    assert found.missed == pytest.approx(0.01, abs=0.015)
    assert found.distance == pytest.approx(found.prior_distance, rel=0.03)


def test_a_hole_as_large_as_it_is_likely() -> None:
    """Codes of the prior but for a half-plane: half of the random codes fall into it."""
    mean = RANDOM.standard_normal((4000, 2))
    mean = mean[mean[:, 0] < 0.0][:2000]
    found = as_they_are(mean, POINT)
    # Far begins up to 0.4 beyond the edge: of a normal distribution 16 % lie between 0 and 0.4.
    assert 0.33 < found.unlike < 0.5
    assert found.missed < 0.02


def test_codes_that_lie_wider_than_the_prior_are_missed() -> None:
    mean = 10.0 * RANDOM.standard_normal((2000, 2))
    found = as_they_are(mean, POINT)
    # Rayleigh: beyond r lie exp(-r²/200); random codes and what is near them reach 2 to 5.
    assert np.exp(-(5.0**2) / 200) < found.missed < np.exp(-(2.0**2) / 200)
    assert found.unlike == 0.0
    assert found.distance == pytest.approx(10.0 * np.sqrt(np.pi / 2), rel=0.05)
    assert found.prior_distance == pytest.approx(np.sqrt(np.pi / 2), rel=0.05)


def test_one_heap_leaves_all_the_rest_a_hole() -> None:
    found = as_they_are(0.01 * RANDOM.standard_normal((2000, 4)), POINT)
    assert found.unlike > 0.99
    assert found.missed < 0.01


def test_what_counts_is_what_is_decoded() -> None:
    mean = 2.0 * RANDOM.standard_normal((2000, 3))
    log_var = np.full_like(mean, POINT)

    found = coverage(mean, log_var, lambda z: np.ones((len(z), 4, 4, 1)))
    assert (found.unlike, found.missed) == (0.0, 0.0)
    assert found.distance == pytest.approx(2.0 * found.prior_distance, rel=0.1)


def test_real_runs(finished_run: Run, autoencoder_run: Run) -> None:
    vae, autoencoder = (
        coverage(run.latents["mean"], run.latents["log_var"], run.decode)
        for run in (finished_run, autoencoder_run)
    )
    assert vae.unlike < 0.2
    assert vae.missed < 0.2
    assert autoencoder.distance > autoencoder.prior_distance


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_codes_that_are_no_numbers(broken: float) -> None:
    mean = np.zeros((5, 2))
    mean[3, 1] = broken
    with pytest.raises(RunError, match="Received: 1 of 5 not finite"):
        as_they_are(mean, 0.0)
    with pytest.raises(RunError, match=r"Received: 1$"):
        as_they_are(mean[:1], 0.0)
