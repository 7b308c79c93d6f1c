"""Codes to decode, from any sampler: the prior, the mixture fitted to codes, the posteriors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from vae.errors import ConfigError, RunError
from vae.runs.run import Run
from vae.sampling.fitted import (
    Samplers,
    mixture_codes,
    posterior_codes,
    posterior_labels,
    read_samplers,
)
from vae.sampling.prior import balanced_labels, prior_codes

__all__ = [
    "SAMPLERS",
    "SAMPLER_NAMES",
    "SampleSpec",
    "SamplerName",
    "sample_codes",
    "sample_labels",
]

SamplerName = Literal["prior", "mixture", "posterior"]
SAMPLERS: tuple[SamplerName, ...] = get_args(SamplerName)
SAMPLER_NAMES = {"prior": "Prior", "mixture": "Mixture", "posterior": "Posteriors"}


@dataclass(frozen=True)
class SampleSpec:
    """Which codes to sample, and by which seed: the same one gives the same codes.

    label: sample what was fitted to this class alone. temperature and truncation, in standard
    deviations, are the prior's: `vae.sampling.prior.prior_codes` has them.
    Raises ConfigError for another sampler, and for what the sampler does not have.
    """

    sampler: SamplerName = "prior"
    label: int | None = None
    temperature: float = 1.0
    truncation: float = math.inf
    seed: int = 0

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise ConfigError(f"sampler must be one of {SAMPLERS}. Received: {self.sampler!r:.40}")
        if self.sampler == "prior" and self.label is not None:
            raise ConfigError(
                "The prior knows no classes: they are those of the mixture and the posteriors. "
                f"Received: label={self.label}"
            )
        if self.sampler != "prior" and (self.temperature, self.truncation) != (1.0, math.inf):
            raise ConfigError(
                "temperature and truncation are the prior's. "
                f"Received: {self.temperature} and {self.truncation} with {self.sampler!r}"
            )

    @property
    def notes(self) -> dict[str, str]:
        """What a file of such images says of them, beside the seed."""
        notes = {"Sampler": self.sampler}
        if self.label is not None:
            notes["Class"] = str(self.label)
        if self.sampler == "prior":
            notes["Temperature"] = f"{self.temperature:g}"
            if self.truncation < math.inf:
                notes["Truncation"] = f"{self.truncation:g}"
        return notes


def sample_codes(
    run: Run, spec: SampleSpec, count: int, samplers: Samplers | None = None
) -> np.ndarray:
    """Return codes z (count, d), float32, of a run.

    samplers: those of the run, if they were read before. Raises RunError if they are needed and the
    run has none, ConfigError for a negative seed and for a class of which nothing was fitted.
    """
    if spec.sampler == "prior":
        limits = {"temperature": spec.temperature, "truncation": spec.truncation}
        return prior_codes(count, run.config.latent_dim, seed=spec.seed, **limits)
    samplers = samplers or _fitted(run, spec)
    codes = mixture_codes if spec.sampler == "mixture" else posterior_codes
    return codes(samplers, count, label=spec.label, seed=spec.seed)


def sample_labels(
    run: Run, spec: SampleSpec, count: int, samplers: Samplers | None = None
) -> np.ndarray | None:
    """Return the class of each code that `sample_codes` returns (count,), None where unknown.

    A conditional run decodes with it: the class of the spec, or else the run's own, or else that
    of each image whose posterior a code is sampled from, or else one class after the other.
    """
    label = run.label if spec.label is None else spec.label
    if label is not None:
        return np.full(count, label)
    if not run.config.conditional:
        return None
    if spec.sampler == "posterior":
        return posterior_labels(samplers or _fitted(run, spec), count, seed=spec.seed)
    return balanced_labels(count, run.classes)


def _fitted(run: Run, spec: SampleSpec) -> Samplers:
    samplers = read_samplers(run)
    if samplers is None:
        raise RunError(
            f"The sampler {spec.sampler!r} must be fitted to the run's codes first. "
            "Received: a run without samplers.npz"
        )
    return samplers
