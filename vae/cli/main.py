"""The command line: python -m vae train | resume | evaluate | classify | sample | export | app ...

With --json the last line of standard output is one JSON object; without it, it is for people. Bad
arguments end with exit status 2 and one clear line on standard error.
"""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import Any, NoReturn

from vae.architecture import summarize
from vae.cli.app import start_app
from vae.cli.augment import add_augment
from vae.cli.compared import compared
from vae.cli.export import add_exports
from vae.cli.files import ConfigFile, check_new_folder, conditioned_run, config_file
from vae.cli.output import (
    Report,
    classified,
    evaluated,
    print_report,
    quality_measured,
    summarized,
    trained,
)
from vae.cli.pictures import add_pictures
from vae.cli.progress import load_learned, load_named, progress_fraction, training_progress
from vae.cli.streams import flush_output, import_tensorflow, open_streams, warn, without_chatter
from vae.cli.train import STATUS_HELP, resume_run, run_result, train_run
from vae.data.specs import DATASETS
from vae.environment import quiet_tensorflow, runs_folder
from vae.errors import ConfigError, VAEError
from vae.evaluation.bayes_rule import ELBO_SAMPLES, check_classifies
from vae.evaluation.classifier_choice import check_classifier, check_comparable
from vae.evaluation.classifier_comparison import compare_classifiers
from vae.evaluation.comparison_request import IMAGES, SAMPLES
from vae.evaluation.generative_classifier import measure_classification
from vae.evaluation.likelihood import measure_likelihood
from vae.kinds import KINDS
from vae.model.importance_sampling import check_samples
from vae.presets import PRESETS
from vae.runs.run import Run, open_run
from vae.sampling.prior import check_seed
from vae.settings import BINARISATIONS

# Images that are not binarised have a name of their own here.
BINARISATION_OPTIONS = {"grey" if name == "none" else name: name for name in BINARISATIONS}
IMAGE_SHAPE, CLASSES, DATASET = (28, 28, 1), 10, "mnist"  # where nothing says otherwise


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    quiet_tensorflow()
    open_streams()
    try:
        options = _parser().parse_args(arguments)
    finally:
        flush_output()  # of --help, which ends here
    if options.name == "app":
        start_app(options)
    options.status = 0
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with without_chatter():
            report = options.command(options)
    except (VAEError, OSError) as error:
        warn(f"vae {options.name}: {error}")
        return 2
    except KeyboardInterrupt:
        warn(f"\nvae {options.name}: stopped by Ctrl-C")
        return 128 + signal.SIGINT
    printed = print_report(report, as_json=options.json)
    return options.status or printed


def summary(options: argparse.Namespace) -> Report:
    """Count the parameters of a configuration."""
    source = _config(options)
    height, width, channels = options.image_shape or source.image_shape or IMAGE_SHAPE
    classes = (source.classes or CLASSES) if options.classes is None else options.classes
    shape = (height, width, channels)
    counted = summarize(source.config, shape, classes)
    return Report({**counted.parameters, "total": counted.total}, summarized(counted))


def train(options: argparse.Namespace) -> Report:
    """Train a run into a folder."""
    source = _config(options)
    config = source.config
    check_new_folder(options.out or runs_folder() / "new", for_run=True)
    name = options.dataset or source.dataset or DATASET
    with training_progress(config.epochs) as on_event:
        run, options.status = train_run(
            config, lambda: load_named(name), options.out, on_event, as_json=options.json
        )
    return Report(run_result(run), trained(run, run.path))


def resume(options: argparse.Namespace) -> Report:
    """Resume a run from its last checkpoint, perhaps for more epochs."""
    run, more = conditioned_run(options.run), options.more_epochs
    with training_progress(
        run.requests.next_segment(more).until if more else run.epochs
    ) as on_event:
        run, options.status = resume_run(
            run, lambda: load_learned(run), more, on_event, as_json=options.json
        )
    return Report(run_result(run), trained(run, run.path))


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
    classifier = open_run(against) if against else None
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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # One line, not the usage text as well: what was wrong must not scroll away.
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="vae", description="Variational autoencoders from the command line.")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)

    def add(function: Any) -> argparse.ArgumentParser:
        command = commands.add_parser(
            function.__name__, help=function.__doc__, description=function.__doc__
        )
        command.add_argument("--json", action="store_true", help="end with one JSON object")
        command.set_defaults(command=function, name=function.__name__)
        return command

    def add_config(command: argparse.ArgumentParser) -> None:
        command.add_argument("--preset", default="recommended", help=", ".join(PRESETS))
        command.add_argument(
            "--config", type=Path, metavar="FILE",
            help="JSON instead of a preset: settings, or the config.json of a run",
        )  # fmt: skip
        command.add_argument(
            "--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
            help=f"settings to change, such as epochs=3 hidden=256,128 kind={'|'.join(KINDS)}",
        )  # fmt: skip

    command = add(summary)
    add_config(command)
    command.add_argument(
        "--image-shape", type=int, nargs=3, metavar=("H", "W", "C"), help="(default: 28 28 1)"
    )
    command.add_argument(
        "--classes", type=int, metavar="N",
        help=f"of the images, for a classifier or a conditional VAE (default: {CLASSES})",
    )  # fmt: skip
    command = add(train)
    add_config(command)
    command.add_argument("--dataset", help=f"{', '.join(DATASETS)} (default: {DATASET})")
    command.add_argument("--out", type=Path, help="the run's folder (default: a new one)")
    command.epilog = STATUS_HELP
    command = add(resume)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument(
        "--more-epochs", type=int, default=0, metavar="N", help="beyond those that it was to have"
    )
    command.epilog = STATUS_HELP
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
    add_pictures(add)
    add_exports(add)
    add_augment(add)
    app = commands.add_parser(
        "app",
        help=start_app.__doc__,
        description=start_app.__doc__,
        epilog="Streamlit's own variables, such as STREAMLIT_SERVER_ADDRESS, have their effect.",
    )
    app.add_argument("--port", type=int, help="(default: 8501, or the next free one)")
    app.set_defaults(name="app")
    return parser


def _config(options: argparse.Namespace) -> ConfigFile:
    """Return the configuration, and what its file says of the images if it is that of a run."""
    if options.config:
        source = config_file(options.config)
    elif options.preset in PRESETS:
        source = ConfigFile(PRESETS[options.preset])
    else:
        raise ConfigError(f"Presets are {', '.join(PRESETS)}. Received: {options.preset!r}")
    changes = {}
    for item in options.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise ConfigError(f"--set takes NAME=VALUE. Received: {item!r}")
        changes[name] = value
    return source._replace(config=source.config.replace_text(changes))
