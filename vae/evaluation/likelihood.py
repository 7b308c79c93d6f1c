"""The log-likelihood of images under a model, estimated by importance sampling: nats per image."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vae.architecture import summarize
from vae.config.settings import BINARISATIONS
from vae.data.binarisation import binarisation_words, binarise
from vae.errors import ConfigError
from vae.files import write_json, writing_to
from vae.model.importance_sampling import check_samples, importance_sampled_nll
from vae.runs.layout import LIKELIHOOD, LIKELIHOOD_REQUEST
from vae.runs.writer import RunWriter
from vae.schemas.likelihood import LikelihoodRequest, Measured
from vae.schemas.reading import read

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.model.vae import VAE
    from vae.runs.run import Run

__all__ = [
    "compute_likelihood",
    "decode_seconds",
    "likelihood_seconds",
    "measure_likelihood",
    "request_likelihood",
    "requested_likelihood",
    "requested_seconds",
    "withdraw_likelihood",
]

SECONDS_PER_DECODED = 5e-11  # a multiplication of the decoder, where it does not learn
COMPARABLE_SECONDS = 15.0  # a shorter one depends mostly on its start


class _Withdrawn(Exception):
    """The request for the likelihood is gone."""


def measure_likelihood(
    model: VAE,
    dataset: Dataset,
    samples: int,
    binarisation: str,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Measured:
    """Return the likelihood of all test images, with their binarisation in words, and the seconds.

    Raises as `importance_sampled_nll` does.
    """
    began = time.perf_counter()
    images = binarise(dataset.x_test, binarisation)
    found = importance_sampled_nll(
        model, images, samples, on_progress=on_progress, labels=dataset.y_test
    )
    return {
        "images": f"all {len(images):,} test images",
        "treatment": binarisation_words(model.config, binarisation),
        **found,
        "seconds": time.perf_counter() - began,
    }


def request_likelihood(run: Run, samples: int, binarisation: str) -> None:
    """Write down what the worker is to measure: the queue's action "likelihood".

    Raises ConfigError for an autoencoder, samples outside 1 to 5,000 or an unknown binarisation,
    RunError if the run's folder cannot be written to.
    """
    check_samples(run.config, samples)
    if binarisation not in BINARISATIONS:
        raise ConfigError(
            f"Treatments are {', '.join(BINARISATIONS)}. Received: {binarisation!r:.80}"
        )
    with writing_to(run.path, "A run's folder must be one that can be written to"):
        write_json(run.path / LIKELIHOOD_REQUEST, {"samples": samples, "treatment": binarisation})


def withdraw_likelihood(run: Run) -> None:
    """Remove the request; a worker that measures it ends within moments."""
    (run.path / LIKELIHOOD_REQUEST).unlink(missing_ok=True)


def requested_likelihood(run: Run) -> LikelihoodRequest | None:
    """Return the samples and the binarisation that are requested, None if none are.

    Raises RunError if that cannot be read.
    """
    try:
        return read(run.path / LIKELIHOOD_REQUEST, LikelihoodRequest)
    except FileNotFoundError:
        return None


def likelihood_seconds(run: Run, samples: int) -> float:
    """Return a guess of the seconds that the likelihood of all test images takes.

    One that was measured on this machine shows how fast it is.
    """
    elsewhere = run.shipped or run.status.get("imported")
    known = (
        found
        for found in run.likelihood.values()
        if not elsewhere and found["seconds"] >= COMPARABLE_SECONDS
    )
    longest = max(known, key=lambda found: found["importance_samples"], default=None)
    if longest is not None:
        return samples * longest["seconds"] / longest["importance_samples"]
    return samples * decode_seconds(run) * len(run.latents.get("mean", ()))


def decode_seconds(run: Run) -> float:
    """Return a guess of the seconds that it takes to decode one code, among many."""
    decoder = summarize(run.config, run.image_shape, run.classes).networks["decoder"]
    return SECONDS_PER_DECODED * sum(layer.multiplications for layer in decoder)


def requested_seconds(run: Run) -> float:
    """Return a guess of the seconds that the requested likelihood takes; 0 where none is."""
    request = requested_likelihood(run)
    return likelihood_seconds(run, request["samples"]) if request else 0.0


def compute_likelihood(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> None:
    """Measure the requested likelihood and write it to the run beside those of other binarisations.

    Nothing is written where the request is withdrawn. Raises RunError for images of another shape.
    """
    request = requested_likelihood(run)
    if request is None:
        return
    run.check_images(dataset)

    def check_request(fraction: float) -> None:
        if not (run.path / LIKELIHOOD_REQUEST).exists():
            raise _Withdrawn
        on_progress(fraction)

    samples, binarisation = request["samples"], request["treatment"]
    with contextlib.suppress(_Withdrawn):
        found = measure_likelihood(run.load_model(), dataset, samples, binarisation, check_request)
        RunWriter(run.path).figures(LIKELIHOOD, {**run.likelihood, binarisation: found})
    withdraw_likelihood(run)
