"""Samplers for the command line: those of a run, fitted first where it has none yet."""

from __future__ import annotations

from vae.cli.progress import load_learned, progress_fraction
from vae.cli.streams import warn
from vae.errors import ConfigError, DatasetError, RunError
from vae.runs.layout import SAMPLERS
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.sampling.fitted import Samplers, fit_samplers, parse_samplers, read_samplers
from vae.sampling.samplers import SamplerName

__all__ = ["samplers_of"]


def samplers_of(run: Run, sampler: SamplerName, label: int | None) -> Samplers | None:
    """Return what was fitted to a run's codes; None for the prior, which needs nothing.

    A run without samplers.npz gets it, with a bar on standard error. Raises ConfigError for a
    class that the data have not, RunError for a run without a model or training images.
    """
    if sampler == "prior":
        return None
    if label is not None and not 0 <= label < run.classes:
        raise ConfigError(f"Classes are 0 to {run.classes - 1}. Received: --label {label}")
    if (found := read_samplers(run)) is not None:
        return found
    if not run.has_model:
        raise RunError(f"This run has no model yet. Received: {run.path}")
    try:
        dataset = load_learned(run)
    except DatasetError as error:
        raise RunError(
            f"The sampler {sampler!r} is fitted to the run's training images, once, and they are "
            f"not at hand. {error}"
        ) from None
    with progress_fraction("Fitting the samplers") as on_progress:
        arrays = fit_samplers(run, dataset, on_progress)
    try:
        with run.lock().acquire(timeout=0):
            RunWriter(run.path).arrays(SAMPLERS, **arrays)
    except OSError as error:  # another process has the run, or the folder is somebody else's
        warn(
            f"The samplers could not be kept in {run.path}; next time they are fitted anew: {error}"
        )
    return parse_samplers(arrays)
