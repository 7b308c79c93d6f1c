"""The command line: python -m vae train | resume | evaluate | quality | sample | export | ...

With --json the last line of standard output is one JSON object. Bad arguments end with exit
status 2 and one clear line on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from vae import _startup  # noqa: F401 (first: see there)
from vae.architecture import summarize
from vae.binarisation import TREATMENTS
from vae.cli_export import add_exports
from vae.cli_train import STATUS_HELP, resume_run, run_result, train_run
from vae.config import Config
from vae.datasets import DATASETS
from vae.errors import ConfigError, VAEError
from vae.likelihood import measure_likelihood
from vae.offline_demo import write_demo
from vae.presets import PRESETS
from vae.run_images import load_images
from vae.runs import open_run

BAR = 24
# Images that are not treated have a name of their own here.
TREATED = {"grey" if name == "none" else name: name for name in TREATMENTS}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = _parser().parse_args(arguments)
    options.status = 0
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = options.command(options)
    except (VAEError, OSError) as error:
        print(f"vae {options.name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nvae {options.name}: stopped by Ctrl-C", file=sys.stderr)
        return 128 + signal.SIGINT
    print(json.dumps(result) if options.json else _as_text(result))
    return options.status


def summary(options: argparse.Namespace) -> dict[str, Any]:
    """Count the parameters of a configuration."""
    counted = summarize(_config(options), tuple(options.image_shape), options.classes)
    return {
        "encoder": counted.encoder_parameters,
        "decoder": counted.decoder_parameters,
        "total": counted.total,
    }


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Train a run into a folder."""
    config = _config(options)
    listener = _progress(config.epochs)
    run, options.status = train_run(
        config, options.dataset, options.out, listener, as_json=options.json
    )
    return run_result(run)


def resume(options: argparse.Namespace) -> dict[str, Any]:
    """Go on with a run from its last checkpoint, perhaps for more epochs."""
    run = open_run(options.run)
    more = options.more_epochs
    until = run.next_leg(more).until if more else run.epochs
    run, options.status = resume_run(run, more, _progress(until), as_json=options.json)
    return run_result(run)


def evaluate(options: argparse.Namespace) -> dict[str, Any]:
    """Measure a run on the test images of its data set."""
    run = open_run(options.run)
    dataset = load_images(run)
    model = run.load_model()
    from vae.metrics import evaluate

    metrics, _ = evaluate(model, dataset, TREATED.get(options.treatment))
    if options.importance_samples:
        found = measure_likelihood(
            *(model, dataset, options.importance_samples, metrics["binarisation"]), _draw_share
        )
        print(file=sys.stderr)
        names = ("nll", "nll_standard_error", "importance_samples", "seconds")
        metrics |= {name: found[name] for name in names}
    return metrics


def quality(options: argparse.Namespace) -> dict[str, Any]:
    """Measure samples of a run beside real images."""
    from vae.quality import check_measurable, measure_samples

    run = open_run(options.run)
    check_measurable(run)  # before a data set is downloaded
    return measure_samples(run, load_images(run), options.samples, seed=options.seed)


def demo(options: argparse.Namespace) -> dict[str, Any]:
    """Write a run as one HTML file that works without a server or a network."""
    return {"out": str(options.out), "bytes": write_demo(open_run(options.run), options.out)}


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
        command.add_argument("--config", type=Path, help="a JSON file instead of a preset")
        command.add_argument(
            "--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
            help="settings to change, such as epochs=3 hidden=256,128",
        )  # fmt: skip

    command = add(summary)
    add_config(command)
    command.add_argument(
        "--image-shape", type=int, nargs=3, default=[28, 28, 1], metavar=("H", "W", "C")
    )
    command.add_argument(
        "--classes", type=int, default=10, metavar="N", help="of the images, for a conditional VAE"
    )
    command = add(train)
    add_config(command)
    command.add_argument("--dataset", default="mnist", help=", ".join(DATASETS))
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
        "--treatment", choices=TREATED, help="of the test images (default: as in training)"
    )
    command = add(quality)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument(
        "--samples", type=int, metavar="N", help="default: as many as half of the test images"
    )
    command.add_argument("--seed", type=int, default=0)
    add_exports(add)
    command = add(demo)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument("--out", type=Path, default=Path("demo.html"), help="an .html file")
    return parser


def _config(options: argparse.Namespace) -> Config:
    if options.config:
        config = Config.from_json(options.config.read_bytes())
    elif options.preset in PRESETS:
        config = PRESETS[options.preset]
    else:
        raise ConfigError(f"Presets are {', '.join(PRESETS)}. Received: {options.preset!r}")
    changes = {}
    for item in options.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise ConfigError(f"--set takes NAME=VALUE. Received: {item!r}")
        changes[name] = value
    return config.replace_text(changes)


def _progress(epochs: int) -> Any:
    """Return a listener that draws a bar on standard error."""

    def draw(row: dict[str, Any]) -> None:
        if row["kind"] == "epoch":
            line = (
                f"\r{_bar(row['epoch'] / epochs)} epoch {row['epoch']}/{epochs}  "
                f"loss {row['loss']:.2f}  reconstruction {row['reconstruction']:.2f}  "
                f"kl {row['kl']:.2f} nats per image "
            )
            print(line, end="", file=sys.stderr, flush=True)

    return draw


def _draw_share(share: float) -> None:
    """Draw how much is done, on standard error."""
    print(f"\r{_bar(share)} {share:.1%} ", end="", file=sys.stderr, flush=True)


def _bar(share: float) -> str:
    filled = "#" * round(BAR * share)
    return f"[{filled:<{BAR}}]"


def _as_text(result: dict[str, Any]) -> str:
    width = max(22, *map(len, result))
    return "\n".join(
        f"{name:<{width}} {json.dumps(value) if isinstance(value, dict | list) else value}"
        for name, value in result.items()
    )


if __name__ == "__main__":
    sys.exit(main())
