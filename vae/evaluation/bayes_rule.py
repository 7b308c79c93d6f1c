"""Bayes' rule: from how likely a picture is as each class to how likely each class is."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.errors import ConfigError, RunError
from vae.model.importance_sampling import check_samples

__all__ = [
    "ELBO_SAMPLES",
    "check_classifies",
    "class_posterior",
    "class_priors",
    "log_evidence",
]

ELBO_SAMPLES = 8  # of each image and class: its noise changes the class of few images


def class_priors(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return how frequent each class is among labels (N,): p(y) (classes,), which sums to 1."""
    return np.bincount(labels, minlength=classes) / len(labels)


def class_posterior(log_likelihood: np.ndarray, priors: np.ndarray) -> np.ndarray:
    """Return p(y | x) = p(x | y) p(y) / sum over classes of the same: (N, classes), float64.

    log_likelihood: log p(x | y) in nats (N, classes), or a bound on it. priors: p(y) (classes,),
    which may be 0. Raises RunError for an image that no class has a likelihood for, and for NaN.
    """
    joint = _log_joint(log_likelihood, priors)
    with np.errstate(invalid="ignore"):  # of an image that no class explains: it is refused
        weights = np.exp(joint - joint.max(axis=1, keepdims=True))
    found = weights / weights.sum(axis=1, keepdims=True)
    if not np.isfinite(found).all():
        raise RunError(
            "Bayes' rule needs a usable likelihood of each image under one class at least. "
            "Received: NaN or infinity, as a run that diverged has"
        )
    return found


def log_evidence(log_likelihood: np.ndarray, priors: np.ndarray) -> np.ndarray:
    """Return log p(x), the log of the sum over classes of p(x | y) p(y), in nats: (N,), float64.

    Arguments as those of `class_posterior`; -inf for an image that no class has a likelihood for.
    """
    joint = _log_joint(log_likelihood, priors)
    return np.logaddexp.reduce(joint, axis=1)


def _log_joint(log_likelihood: np.ndarray, priors: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):  # a class that never occurs
        return np.asarray(log_likelihood, np.float64) + np.log(priors)


def check_classifies(config: Config, samples: int) -> None:
    """Raise ConfigError unless p(x | y) can be estimated with so many importance samples."""
    check_samples(config, samples)
    if not config.conditional:
        raise ConfigError(
            "To classify by Bayes' rule takes a conditional VAE, which knows p(x | y): train "
            "one (conditional=true) on images of several classes. "
            "Received: a VAE that was trained without labels"
        )
