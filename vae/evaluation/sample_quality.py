"""How good samples are: what a classifier makes of them, beside what it makes of real images."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from vae.errors import ConfigError, RunError
from vae.evaluation.digit_classifier import (
    IMAGE_SHAPE,
    classifier_mark,
    classifier_metadata,
    classify,
)
from vae.evaluation.feature_sets import frechet_distance, precision_recall
from vae.runs.layout import QUALITY
from vae.runs.run_images import known_dataset
from vae.runs.writer import RunWriter
from vae.sampling.fitted import posterior_labels, read_samplers
from vae.sampling.prior import random_labels
from vae.sampling.samplers import SAMPLERS, SampleSpec, sample_codes
from vae.schemas.sample_quality import Quality, SampleFigures

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.runs.run import Run
    from vae.sampling.fitted import Samplers

__all__ = [
    "MIN_SAMPLES",
    "SURE",
    "check_measurable",
    "compute_quality",
    "is_measurable",
    "measure_samples",
]

SURE = 0.9  # the probability of its first choice from which on the classifier counts as sure
MIN_SAMPLES = 100
DECODING = 0.2  # of the time of measuring goes into images for the classifier
AT_ONCE = 500  # images to decode: bounds the memory


def check_measurable(run: Run) -> None:
    """Raise RunError if there is no classifier for the run's images."""
    if not is_measurable(run):
        shape = " x ".join(map(str, run.image_shape))
        raise RunError(
            "Sample quality needs a classifier, which there is for mnist alone. "
            f"Received: a run on {run.dataset}, with images of {shape}"
        )


def is_measurable(run: Run) -> bool:
    """Whether there is a classifier for the run's images."""
    return (known_dataset(run), run.image_shape) == ("mnist", IMAGE_SHAPE)


def measure_samples(
    run: Run,
    dataset: Dataset,
    samples: int | None = None,
    *,
    seed: int = 0,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Quality:
    """Compare samples from the prior N(0, I) with one half of the test images.

    A sample is the decoder's own image; no pixels are sampled. The halves are the same for all
    runs. The other half, cut to as many images, is measured in the same way: its distance is the
    noise floor, its other values carry "real_" in front. So both are of sets of the same size,
    which the distance depends on. samples: from 100 to half of the test images, None for those.
    on_progress: called with the fraction that is done.

    frechet_classifier_distance: squared, in units of the classifier's features, so good for
    comparisons by the same classifier alone, which its mark says; 0 is best. share_sure: of the
    images to which the classifier gives a digit with probability 0.9 or more. class_counts: images
    by the likeliest digit; class_entropy of these fractions in nats, at most ln 10; class_balance:
    as a fraction of that. share_as_told: of a conditional run's samples, those in which the
    classifier recognises the class that they were decoded with. Classes are as frequent as in the
    training images.
    samplers: the same figures of the run's other samplers, if those were fitted.
    Raises RunError for a run whose images have no classifier, ConfigError for other numbers.
    """
    check_measurable(run)
    half = len(dataset.x_test) // 2
    count = half if samples is None else samples
    if not MIN_SAMPLES <= count <= half:
        raise ConfigError(
            f"Samples must be from {MIN_SAMPLES} to {half:,}, half of the test images, which "
            f"are compared with as many others. Received: {count}"
        )
    fitted = read_samplers(run)
    names = SAMPLERS if fitted else SAMPLERS[:1]
    done, steps = 0.0, len(names) * (DECODING + 1.0) + 1.0

    def on_step(fraction: float) -> None:
        on_progress((done + fraction) / steps)

    on_step(0.0)
    # Shuffled: MNIST's first 5,000 test images are easier than the others, and far from them.
    order = np.random.default_rng(0).permutation(len(dataset.x_test))
    reference, _ = classify(dataset.x_test[order[:half]])
    real = _measure(*classify(dataset.x_test[order[half : half + count]]), reference)
    done += 1.0
    on_step(0.0)
    found: dict[str, SampleFigures] = {}
    for name in names:
        spec = SampleSpec(name, seed=seed)
        codes = sample_codes(run, spec, count, fitted)
        labels = _labels(run, dataset, spec, count, fitted)
        features, probabilities = _classify_decoded(run, codes, labels, on_step)
        found[name] = _measure(features, probabilities, reference)
        if labels is not None:
            recognised = probabilities.argmax(axis=1)
            found[name]["share_as_told"] = float((recognised == labels).mean())
        done += DECODING + 1.0
        on_step(0.0)
    values = {
        "dataset": run.dataset,
        "samples": count,
        "seed": seed,
        "reference_images": half,
        "classifier": classifier_mark(),
        "classifier_accuracy": classifier_metadata()["test_accuracy"],
        **found.pop("prior"),
        "noise_floor": real.pop("frechet_classifier_distance"),
        **{f"real_{name}": value for name, value in real.items()},
    }
    return cast("Quality", values | ({"samplers": found} if found else {}))


def _classify_decoded(
    run: Run, codes: np.ndarray, labels: np.ndarray | None, on_step: Callable[[float], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Decode z (N, d) and classify the images; return features and probabilities (N, classes).

    labels: (N,), which a conditional run needs. on_step: called with the part of `DECODING`.
    """
    parts = []
    for begin in range(0, len(codes), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        condition = () if labels is None else (labels[part],)
        parts.append(classify(run.decode(codes[part], *condition)))
        on_step(DECODING * len(parts) * AT_ONCE / (len(codes) + AT_ONCE))
    features, probabilities = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return features, probabilities


def compute_quality(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> None:
    """Measure as many samples as half of the test images, with seed 0, and write it to the run.

    Raises as `measure_samples` does.
    """
    RunWriter(run.path).figures(QUALITY, measure_samples(run, dataset, on_progress=on_progress))


def _labels(
    run: Run, dataset: Dataset, spec: SampleSpec, count: int, fitted: Samplers | None
) -> np.ndarray | None:
    """Return the labels for a conditional run: the classes of the data, as frequent as there."""
    if not run.config.conditional:
        return None
    if spec.sampler == "posterior" and fitted is not None:
        return posterior_labels(fitted, count, seed=spec.seed)
    return random_labels(count, dataset.y_train, spec.seed)


def _measure(
    features: np.ndarray, probabilities: np.ndarray, reference: np.ndarray
) -> SampleFigures:
    precision, recall = precision_recall(reference, features)
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    fractions = counts[counts > 0] / counts.sum()
    entropy = float((fractions * np.log(1.0 / fractions)).sum())
    return {
        "frechet_classifier_distance": frechet_distance(features, reference),
        "precision": precision,
        "recall": recall,
        "share_sure": float((probabilities.max(axis=1) >= SURE).mean()),
        "class_counts": counts.tolist(),
        "class_entropy": entropy,
        "class_balance": entropy / math.log(len(counts)),
    }
