"""What the files of a measured likelihood hold."""

from __future__ import annotations

from typing import TypedDict

from vae.config.settings import Binarisation
from vae.schemas.reading import AnyText, Number, Positive, Seconds

__all__ = ["Estimate", "Likelihood", "LikelihoodRequest", "Measured"]


class Estimate(TypedDict):
    """A likelihood by importance sampling, in nats per image (Burda et al. 2016)."""

    nll: Number
    nll_standard_error: Number  # over images
    elbo: Number
    importance_samples: Positive


class Measured(Estimate):
    """An estimate, of which images it is and the seconds that it took."""

    images: AnyText
    treatment: AnyText
    seconds: Seconds


class Likelihood(TypedDict, total=False):
    """likelihood.json: by the treatment of the test images."""

    none: Measured
    threshold: Measured
    fixed: Measured
    sampled: Measured


class LikelihoodRequest(TypedDict):
    """likelihood-asked.json: what the worker measures next."""

    samples: Positive
    treatment: Binarisation
