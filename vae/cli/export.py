"""The commands that take a run elsewhere: export and demo."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae.cli.files import (
    FORMATS,
    IN_FOLDERS,
    check_new_file,
    check_new_folder,
    conditioned_run,
    write_file,
)
from vae.cli.parser import AddCommand
from vae.cli.report import Report, wrote
from vae.errors import RunError
from vae.export.keras_code import keras_notebook, keras_script
from vae.export.media import to_npz
from vae.export.offline_demo import write_demo
from vae.export.tensorboard import event_file
from vae.export.weights import named_weights
from vae.files import read_regular
from vae.kinds import KINDS
from vae.model.keras_compat import portable
from vae.runs.layout import MODEL
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.runs.run_images import known_dataset, missing_images

__all__ = ["add_exports"]

NEXT = {  # what one may do with what `export` wrote
    "keras": 'Open it: keras.models.load_model("{}")',
    "onnx": "Any network of it runs with ONNX Runtime, or with whatever reads ONNX.",
    "weights": 'Read it: numpy.load("{}")',
    "script": "Run it: python {}",
    "notebook": "Open it: jupyter lab {}",
    "tensorboard": "See it: tensorboard --logdir {}",
}


def add_exports(add: AddCommand) -> None:
    """Give a parser these commands; `add` makes the part of one."""
    command = add(export)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument("--format", choices=FORMATS, default="keras")
    command.add_argument(
        "--out",
        type=Path,
        help="a file; for onnx and tensorboard a folder (default: one in the current folder)",
    )
    command = add(demo)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument("--out", type=Path, default=Path("demo.html"), help="an .html file")


def export(options: argparse.Namespace) -> Report:
    """Write a run's model or curves for use elsewhere, or a Keras script that trains it anew."""
    kind = options.format
    out: Path = options.out or Path(FORMATS[kind])
    if kind in IN_FOLDERS:
        check_new_folder(out)
    else:
        check_new_file(out, kind)
    run = conditioned_run(options.run)
    if kind == "keras":
        size = write_file(out, portable(_content(run, MODEL)))
        what = f"{' and '.join(KINDS[run.config.kind].networks)} in one Keras model"
    elif kind == "onnx":
        contents = {name: _content(run, name) for name in run.network_files}
        size = sum(write_file(out / name, content) for name, content in contents.items())
        what = " and ".join(contents)
    elif kind == "tensorboard":
        file, content = event_file(run)
        size = write_file(out / file, content)
        what = "curves and metrics"
    elif kind == "weights":
        size = write_file(out, to_npz(named_weights(run), notes_of(run)))
        what = "all weights by name"
    else:
        name = known_dataset(run)
        if not name:
            raise RunError(
                f"A script can load known images, and this run needs {missing_images(run)}. "
                f"Received: {run.path}"
            )
        write = keras_script if kind == "script" else keras_notebook
        size = write_file(out, write(run.config, name, run.image_shape).encode())
        what = "plain Keras, which trains the same model"
    shown = wrote(out, size, what, NEXT[kind].format(out))
    return Report({"out": str(out), "format": kind}, shown)


def demo(options: argparse.Namespace) -> Report:
    """Write a run as one HTML file that works without a server or a network."""
    check_new_file(options.out, "demo")
    size = write_demo(conditioned_run(options.run), options.out)
    ahead = "Open it in a browser, or mail it: it needs no server and no network."
    return Report(
        {"out": str(options.out), "bytes": size}, wrote(options.out, size, "one page", ahead)
    )


def _content(run: Run, name: str) -> bytes:
    try:
        return read_regular(run.path / name)
    except FileNotFoundError:
        raise RunError(f"This run has no model yet. Received: {run.path}") from None
