"""The command line: python -m vae train | resume | evaluate | classify | sample | export | app ...

With --json the last line of standard output is one JSON object; without it, it is for people. Bad
arguments end with exit status 2 and one clear line on standard error.
"""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import Any

from vae.architecture import summarize
from vae.cli.app import start_app
from vae.cli.augment import add_augment
from vae.cli.config_options import add_config, chosen_config
from vae.cli.data import add_data
from vae.cli.export import add_exports
from vae.cli.files import check_new_folder, conditioned_run
from vae.cli.measure import add_measurements
from vae.cli.parser import Parser
from vae.cli.pictures import add_pictures
from vae.cli.progress import load_learned, load_named, training_progress
from vae.cli.report import Report, print_report
from vae.cli.runs import add_runs
from vae.cli.streams import flush_output, open_streams, warn, without_chatter
from vae.cli.sweep import add_sweep
from vae.cli.train import STATUS_HELP, resume_run, run_result, train_run
from vae.cli.training_report import summarized, trained
from vae.data.specs import DATASETS
from vae.environment import quiet_tensorflow, runs_folder
from vae.errors import VAEError

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
    source = chosen_config(options)
    height, width, channels = options.image_shape or source.image_shape or IMAGE_SHAPE
    classes = (source.classes or CLASSES) if options.classes is None else options.classes
    shape = (height, width, channels)
    counted = summarize(source.config, shape, classes)
    return Report({**counted.parameters, "total": counted.total}, summarized(counted))


def train(options: argparse.Namespace) -> Report:
    """Train a run into a folder."""
    source = chosen_config(options)
    config = source.config
    check_new_folder(options.out or runs_folder() / "new", for_run=True)
    name = options.dataset or source.dataset or DATASET
    with training_progress(config.epochs, with_kl=config.has("posterior")) as on_event:
        run, options.status = train_run(
            config, lambda: load_named(name), options.out, on_event, as_json=options.json
        )
    return Report(run_result(run), trained(run, run.path))


def resume(options: argparse.Namespace) -> Report:
    """Resume a run from its last checkpoint, perhaps for more epochs."""
    run, more = conditioned_run(options.run), options.more_epochs
    epochs = run.requests.next_segment(more).until if more else run.epochs
    with training_progress(epochs, with_kl=run.config.has("posterior")) as on_event:
        run, options.status = resume_run(
            run, lambda: load_learned(run), more, on_event, as_json=options.json
        )
    return Report(run_result(run), trained(run, run.path))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="vae", description="Variational autoencoders from the command line.")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=Parser)

    def add(function: Any) -> argparse.ArgumentParser:
        command = commands.add_parser(
            function.__name__, help=function.__doc__, description=function.__doc__
        )
        command.add_argument("--json", action="store_true", help="end with one JSON object")
        command.set_defaults(command=function, name=function.__name__)
        return command

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
    command.add_argument(
        "--dataset", help=f"{', '.join(DATASETS)}, or one of your own (default: {DATASET})"
    )
    command.add_argument("--out", type=Path, help="the run's folder (default: a new one)")
    command.epilog = STATUS_HELP
    command = add(resume)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument(
        "--more-epochs", type=int, default=0, metavar="N", help="beyond those that it was to have"
    )
    command.epilog = STATUS_HELP
    add_measurements(add)
    add_pictures(add)
    add_exports(add)
    add_augment(add)
    add_data(add)
    add_sweep(add)
    add_runs(add)
    app = commands.add_parser(
        "app",
        help=start_app.__doc__,
        description=start_app.__doc__,
        epilog="Streamlit's own variables, such as STREAMLIT_SERVER_ADDRESS, have their effect.",
    )
    app.add_argument("--port", type=int, help="(default: 8501, or the next free one)")
    app.set_defaults(name="app")
    return parser
