"""Samplers of codes beyond the prior, fitted to what a run makes of its training images.

The decoder learned from codes near those of real images; the prior also covers regions without any.
A sample of a conditional run is a code and a label: that of the class which is asked for, or else
those of `posterior_labels`, or as frequent as in the data (`sampling.random_labels`).
Stored in the run as samplers.npz, so that sampling needs no training images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae.data.split import split_indices
from vae.errors import ConfigError, RunError
from vae.latent.training_codes import training_codes
from vae.runs.layout import SAMPLERS
from vae.runs.writer import RunWriter
from vae.sampling.mixtures import Mixture, Trial, fit_mixture
from vae.sampling.prior import check_seed

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.runs.run import Run

__all__ = [
    "FITTED_IMAGES",
    "POSTERIORS",
    "Samplers",
    "compute_samplers",
    "fit_samplers",
    "mixture_codes",
    "parse_samplers",
    "posterior_codes",
    "posterior_labels",
    "read_samplers",
]

FITTED_IMAGES = 20_000  # training images, at random: three times as many take three times as long
MAX_VALUES = 640_000  # of their codes: fewer images where these have more than 32 dimensions
POSTERIORS = 2000  # that are stored
MIN_IMAGES = 2  # images of a class that has a mixture of its own
# What the progress weighs the parts by: seconds on MNIST, 16 dimensions.
ENCODING, FITTING = 0.05, 0.35  # and the rest is the classes'


@dataclass(frozen=True)
class Samplers:
    """What samplers.npz holds.

    mixture: of the latent means of all classes. class_mixtures: by label, where a class has two
    images or more. mean, log_var (P, d) and y (P,): posteriors of training images.
    trials: the numbers of components that were tried for the mixture. fitted_images: how many
    images the mixtures were fitted to.
    """

    mixture: Mixture
    class_mixtures: dict[int, Mixture]
    mean: np.ndarray
    log_var: np.ndarray
    y: np.ndarray
    trials: tuple[Trial, ...]
    fitted_images: int

    @property
    def not_converged(self) -> tuple[int, ...]:
        """Numbers of components whose mixture did not converge, so that another was chosen."""
        return tuple(trial.components for trial in self.trials if not trial.converged)


def mixture_codes(
    samplers: Samplers, count: int, *, label: int | None = None, seed: int = 0
) -> np.ndarray:
    """Sample z (count, d) from the mixture fitted to latent means, or to those of one class.

    A density fitted once the model is trained (Ghosh et al. 2020). Raises ConfigError for a
    negative seed and a class without a mixture.
    """
    check_seed(seed)
    mixture = samplers.mixture if label is None else samplers.class_mixtures.get(label)
    if mixture is None:
        raise _unknown_class(samplers.class_mixtures, label)
    return mixture.sample(count, seed)


def posterior_codes(
    samplers: Samplers, count: int, *, label: int | None = None, seed: int = 0
) -> np.ndarray:
    """Sample z (count, d) from the aggregated posterior, or from that of one class.

    Each is a sample of the posterior of one training image out of those that are stored, with
    replacement (Makhzani et al. 2016; Tomczak & Welling 2018). Raises ConfigError for a negative
    seed and a class without an image.
    """
    chosen = _chosen(samplers, count, label, seed)
    noise = np.random.default_rng([seed, 1])
    mean, log_var = (part[chosen].astype(np.float64) for part in (samplers.mean, samplers.log_var))
    return (mean + np.exp(0.5 * log_var) * noise.standard_normal(mean.shape)).astype(np.float32)


def posterior_labels(
    samplers: Samplers, count: int, *, label: int | None = None, seed: int = 0
) -> np.ndarray:
    """Return the labels (count,) of the images that `posterior_codes` takes, of the same arguments.

    A conditional run decodes those codes with them as their images were encoded. Raises as that.
    """
    return samplers.y[_chosen(samplers, count, label, seed)].astype(np.int64)


def fit_samplers(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> dict[str, np.ndarray]:
    """Fit the mixtures to images that the run learned from; return the arrays of samplers.npz.

    At most 20,000 images, chosen at random with the run's seed; the posteriors of 2,000 are stored.
    on_progress: called with the fraction that is done. Raises RunError for images of another shape,
    fewer than two, non-finite codes, and mixtures that do not converge.
    """
    count = min(FITTED_IMAGES, MAX_VALUES // run.config.latent_dim)
    # They are in random order.
    indices = split_indices(run.config, len(dataset.x_train)).train[:count]
    mean, log_var = training_codes(
        run, dataset, indices, lambda fraction: on_progress(ENCODING * fraction)
    )
    y = dataset.y_train[indices]
    mixture, trials = fit_mixture(mean, lambda fraction: on_progress(ENCODING + FITTING * fraction))
    labels = [label for label in np.unique(y) if (y == label).sum() >= MIN_IMAGES]
    begin = ENCODING + FITTING
    classes = []
    for index, label in enumerate(labels):
        classes.append(fit_mixture(mean[y == label])[0])
        on_progress(begin + (1.0 - begin) * (index + 1) / len(labels))
    return {
        "weights": mixture.weights,
        "means": mixture.means,
        "factors": mixture.factors,
        # One component after the other, and whose each is.
        "class_labels": np.repeat(labels, [len(own.weights) for own in classes]).astype(np.uint8),
        "class_weights": _joined([own.weights for own in classes], mixture.weights),
        "class_means": _joined([own.means for own in classes], mixture.means),
        "class_factors": _joined([own.factors for own in classes], mixture.factors),
        "mean": mean[:POSTERIORS].astype(np.float16),
        "log_var": log_var[:POSTERIORS].astype(np.float16),
        "y": y[:POSTERIORS],
        "trials": np.array(trials, np.float32),
        "fitted_images": np.array(len(indices)),
    }


def compute_samplers(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> None:
    """Fit the samplers and write them to the run; raises as `fit_samplers` does."""
    RunWriter(run.path).arrays(SAMPLERS, **fit_samplers(run, dataset, on_progress))


def read_samplers(run: Run) -> Samplers | None:
    """Return what was fitted to the run's codes, None until it was.

    Raises RunError for a damaged file.
    """
    arrays = run.arrays(SAMPLERS)
    if not arrays:
        return None
    try:
        return parse_samplers(arrays)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise RunError(
            f"samplers.npz must hold mixtures and posteriors ({error!s:.80}). Received: {run.path}"
        ) from None


def parse_samplers(arrays: dict[str, np.ndarray]) -> Samplers:
    """Return what `fit_samplers` fitted, of its arrays.

    Raises KeyError, ValueError, IndexError or TypeError for others.
    """
    labels = arrays["class_labels"]
    mixtures = {
        int(label): _mixture(*(arrays[f"class_{name}"][labels == label] for name in _PARTS))
        for label in np.unique(labels)
    }
    return Samplers(
        mixture=_mixture(*(arrays[name] for name in _PARTS)),
        class_mixtures=mixtures,
        mean=arrays["mean"],
        log_var=arrays["log_var"],
        y=arrays["y"],
        trials=tuple(Trial(int(k), float(bic), bool(whole)) for k, bic, whole in arrays["trials"]),
        fitted_images=int(arrays["fitted_images"]),
    )


_PARTS = ("weights", "means", "factors")


def _mixture(weights: np.ndarray, means: np.ndarray, factors: np.ndarray) -> Mixture:
    if not ((weights >= 0.0).all() and 0.5 < weights.sum() < 1.5):
        raise ValueError("weights that do not sum to 1")
    return Mixture(weights, means, factors)


def _chosen(samplers: Samplers, count: int, label: int | None, seed: int) -> np.ndarray:
    """Choose indices (count,) among the stored images, or among those of one class."""
    check_seed(seed)
    own = np.arange(len(samplers.y)) if label is None else np.flatnonzero(samplers.y == label)
    if not len(own):
        raise _unknown_class(np.unique(samplers.y), label)
    return own[(np.random.default_rng([seed, 0]).random(count) * len(own)).astype(np.int64)]


def _joined(parts: list[np.ndarray], like: np.ndarray) -> np.ndarray:
    return np.concatenate([like[:0], *parts])


def _unknown_class(known: Iterable[int], label: int | None) -> ConfigError:
    words = ", ".join(str(int(each)) for each in known) or "none"
    return ConfigError(f"Classes that can be sampled are {words}. Received: {label}")
