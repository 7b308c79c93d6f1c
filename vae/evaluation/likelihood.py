"""The log-likelihood of images under a model, estimated by importance sampling: nats per image."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vae.config import TREATMENTS
from vae.data.binarisation import binarise, treatment_words
from vae.errors import ConfigError, RunError
from vae.files import write_json, writing_to
from vae.model.importance_sampling import check_samples, importance_sampled_nll
from vae.runs.figures_schema import Asked
from vae.runs.progress import end_progress, write_progress
from vae.runs.writer import RunWriter
from vae.schema import read

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.model.vae import VAE
    from vae.runs.run import Run

__all__ = [
    "ask_for_likelihood",
    "asked_likelihood",
    "compute_likelihood",
    "measure_likelihood",
    "withdraw_likelihood",
]

ASKED = "likelihood-asked.json"


class _Withdrawn(Exception):
    """Nobody wants the likelihood any more."""


def measure_likelihood(
    model: VAE,
    dataset: Dataset,
    samples: int,
    treatment: str,
    on_progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Return the likelihood of all test images, with their treatment in words, and the seconds.

    Raises as `importance_sampled_nll` does.
    """
    began = time.perf_counter()
    images = binarise(dataset.x_test, treatment)
    found = importance_sampled_nll(
        model, images, samples, on_progress=on_progress, labels=dataset.y_test
    )
    return {
        "images": f"all {len(images):,} test images",
        "treatment": treatment_words(model.config, treatment),
        **found,
        "seconds": time.perf_counter() - began,
    }


def ask_for_likelihood(run: Run, samples: int, treatment: str) -> None:
    """Note what the worker is to measure when its turn comes: the queue's action "likelihood".

    Raises ConfigError for an autoencoder, samples outside 1 to 5,000 or an unknown treatment,
    RunError if the run's folder cannot be written to.
    """
    check_samples(run.config, samples)
    if treatment not in TREATMENTS:
        raise ConfigError(f"Treatments are {', '.join(TREATMENTS)}. Received: {treatment!r:.80}")
    with writing_to(run.path, "A run's folder must be one that can be written to"):
        write_json(run.path / ASKED, {"samples": samples, "treatment": treatment})


def withdraw_likelihood(run: Run) -> None:
    """Ask for none any more; a worker that measures it ends within moments."""
    (run.path / ASKED).unlink(missing_ok=True)


def asked_likelihood(run: Run) -> tuple[int, str] | None:
    """Return the samples and the treatment that were asked for, None if none are.

    Raises RunError if that cannot be read.
    """
    try:
        asked = read(run.path / ASKED, Asked)
    except FileNotFoundError:
        return None
    return asked["samples"], asked["treatment"]


def compute_likelihood(
    run: Run, dataset: Dataset, should_end: Callable[[], bool] = lambda: False
) -> None:
    """Measure what was asked for and keep it in the run, beside that of other treatments.

    It keeps nothing where the wish was withdrawn. Raises RunError for images of another shape or
    if it is to leave.
    """
    asked = asked_likelihood(run)
    if asked is None:
        end_progress(run.path, "likelihood")
        return
    samples, treatment = asked
    run.check_images(dataset)
    told = 0.0

    def on_progress(share: float) -> None:
        nonlocal told
        if should_end():
            raise RunError("Measuring takes its time. Received: a wish to end before that")
        if not (run.path / ASKED).exists():
            raise _Withdrawn
        if share >= told + 0.005:  # a file each time
            told = share
            write_progress(run.path, "likelihood", share)

    with contextlib.suppress(_Withdrawn):
        found = measure_likelihood(run.load_model(), dataset, samples, treatment, on_progress)
        RunWriter(run.path).likelihood(run.likelihood | {treatment: found})
    withdraw_likelihood(run)
    end_progress(run.path, "likelihood")
