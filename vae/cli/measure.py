"""The commands that measure a run: evaluate, quality and classify."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae.cli.comparison_report import compared
from vae.cli.files import conditioned_run
from vae.cli.measurement_report import classified, evaluated, quality_measured
from vae.cli.parser import AddCommand
from vae.cli.progress import load_learned, progress_fraction
from vae.cli.report import Report
from vae.cli.streams import import_tensorflow
from vae.config.settings import BINARISATIONS
from vae.errors import ConfigError
from vae.evaluation.bayes_rule import ELBO_SAMPLES, check_classifies
from vae.evaluation.classifier_choice import check_classifier, check_comparable
from vae.evaluation.classifier_comparison import compare_classifiers
from vae.evaluation.comparison_request import IMAGES, SAMPLES
from vae.evaluation.generative_classifier import measure_classification
from vae.evaluation.likelihood import measure_likelihood
from vae.model.importance_sampling import check_samples
from vae.runs.run import Run
from vae.sampling.prior import check_seed

__all__ = ["add_measurements"]

# Images that are not binarised have a name of their own here.
BINARISATION_OPTIONS = {"grey" if name == "none" else name: name for name in BINARISATIONS}


def add_measurements(add: AddCommand) -> None:
    """Give a parser these commands; `add` makes the part of one."""
    command = add(evaluate)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument(
        "--importance-samples", type=int, default=0, metavar="K",
        help="also estimate the negative log-likelihood with K samples an image, 1 to 5,000",
    )  # fmt: skip
    command.add_argument(
        "--treatment",
        choices=BINARISATION_OPTIONS,
        help="of the test images (default: as in training)",
    )
    command = add(quality)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument(
        "--samples", type=int, metavar="N", help="default: as many as half of the test images"
    )
    command.add_argument("--seed", type=int, default=0)
    command = add(classify)
    command.add_argument("run", type=Path, help="the folder of a run that gets the class")
    command.add_argument(
        "--importance-samples", type=int, metavar="K",
        help=f"of each image and class, 1 to 5,000 (default: {ELBO_SAMPLES}; --against: {SAMPLES})",
    )  # fmt: skip
    command.add_argument(
        "--images", type=int, metavar="N",
        help=f"so many test images, at random (default: all; --against: {IMAGES:,} for importance "
        "sampling, and of each kind of foreign pictures)",
    )  # fmt: skip
    command.add_argument(
        "--against", nargs="?", const="", metavar="CLASSIFIER",
        help="compare with the classifier in this folder, also on noise and other data sets that "
        "are at hand; without a folder, the model alone on those",
    )  # fmt: skip
    command.add_argument("--seed", type=int, default=0)


def evaluate(options: argparse.Namespace) -> Report:
    """Measure a run on the test images of its data set."""
    run = conditioned_run(options.run)
    if options.importance_samples:
        check_samples(run.config, options.importance_samples)
    dataset = load_learned(run)
    import_tensorflow()
    from vae.model.evaluate import evaluate

    model = run.load_model()
    binarisation = BINARISATION_OPTIONS.get(options.treatment) or run.config.binarisation
    metrics, _ = evaluate(model, dataset, binarisation)
    values, likelihood = dict(metrics), None
    if options.importance_samples:
        with progress_fraction("Measuring the likelihood") as on_progress:
            likelihood = measure_likelihood(
                *(model, dataset, options.importance_samples, binarisation), on_progress
            )
        # The ELBO is the one of all test images, which stands there already.
        values |= {name: value for name, value in likelihood.items() if name not in values}
    return Report(values, evaluated(run, options.run, metrics, likelihood))


def quality(options: argparse.Namespace) -> Report:
    """Measure samples of a run beside real images."""
    from vae.evaluation.sample_quality import check_measurable, measure_samples

    run = conditioned_run(options.run)
    check_measurable(run)  # before a data set is downloaded
    check_seed(options.seed)
    dataset = load_learned(run)
    with progress_fraction("Measuring samples") as on_progress:
        values = measure_samples(
            run, dataset, options.samples, seed=options.seed, on_progress=on_progress
        )
    return Report(values, quality_measured(values))


def classify(options: argparse.Namespace) -> Report:
    """Classify test images with a conditional VAE, by Bayes' rule from p(x | y)."""
    run = conditioned_run(options.run)
    against = options.against
    samples = options.importance_samples
    if samples is None:
        samples = ELBO_SAMPLES if against is None else SAMPLES
    check_classifies(run.config, samples)  # before a data set is downloaded
    check_seed(options.seed)
    if against is not None:
        return _compared(run, against, samples, options)
    dataset = load_learned(run)
    import_tensorflow()
    with progress_fraction("Classifying") as on_progress:
        values = measure_classification(
            *(run.load_model(), dataset, samples, options.images, options.seed), on_progress
        )
    return Report(values, classified(values))


def _compared(run: Run, against: str, samples: int, options: argparse.Namespace) -> Report:
    """Compare with the classifier in a folder; "": with foreign images alone."""
    check_comparable(run)
    classifier = conditioned_run(Path(against)) if against else None
    if classifier is not None:
        check_classifier(run, classifier)
    dataset = load_learned(run)
    total = len(dataset.x_test)
    images = min(IMAGES, total) if options.images is None else options.images
    if not 1 <= images <= total:
        raise ConfigError(f"Images must be from 1 to {total:,}. Received: {images}")
    import_tensorflow()
    with progress_fraction("Comparing") as on_progress:
        values = compare_classifiers(
            *(run, dataset, classifier),
            images=images,
            samples=samples,
            seed=options.seed,
            on_progress=on_progress,
        )
    return Report(values, compared(values))
