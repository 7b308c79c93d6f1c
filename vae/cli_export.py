"""The commands that make files of a run: sample, interpolate and export."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vae.code_export import keras_notebook, keras_script
from vae.codes_as_text import parse_code
from vae.draws import SAMPLERS, Draw, draw_codes, draw_labels
from vae.errors import ConfigError, RunError
from vae.export_images import animation, notes_of, to_csv, to_npz
from vae.files import replacing
from vae.interpolation import interpolate as path_between
from vae.keras_weights import named_weights
from vae.run_images import known_dataset, missing_images
from vae.runs import Run, open_run
from vae.sampling import MOST_ROWS, prior_codes, tile, to_png, to_uint8

__all__ = ["add_exports"]

MOST_CODES = 10_000
MOST_SCALE = 64
STEPS = (2, 200)
PICTURES = (".png", ".pdf", ".svg")
FORMATS = {  # and what `export` calls the file
    "keras": "model.keras",
    "onnx": "onnx",
    "weights": "weights.npz",
    "script": "script.py",
    "notebook": "notebook.ipynb",
}

AddCommand = Callable[[Any], argparse.ArgumentParser]


def add_exports(add: AddCommand) -> None:
    """Give a parser these commands; `add` makes the part of one."""
    command = add(sample)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument("--rows", type=int, default=10)
    command.add_argument("--columns", type=int, default=10)
    command.add_argument("--count", type=int, metavar="N", help="default: rows x columns")
    command.add_argument(
        "--sampler", choices=SAMPLERS, default="prior", help="(default: %(default)s)"
    )
    command.add_argument(
        "--label", type=int, metavar="N",
        help="a class of the mixture or of the posteriors; what a conditional run is told",
    )  # fmt: skip
    command.add_argument("--temperature", type=float, default=1.0, help="the prior's")
    command.add_argument(
        "--truncation", type=float, default=math.inf, metavar="S",
        help="draw what is farther than S standard deviations from 0 anew, with the prior",
    )  # fmt: skip
    command.add_argument("--seed", type=int, default=0)
    _add_picture(command, "grid.png", "a .png, .pdf or .svg grid, or .npz or .csv of the codes")
    command = add(interpolate)
    command.add_argument("run", type=Path, help="a run folder")
    for end, word, seed in (("start", "from", 0), ("end", "to", 1)):
        either = command.add_mutually_exclusive_group()
        either.add_argument(
            f"--{word}", dest=end, metavar="IMAGE", help="a test image's number, or z as JSON"
        )
        either.add_argument(
            f"--{word}-seed", dest=f"{end}_seed", type=int, default=seed, metavar="SEED",
            help="or a code that this seed draws from the prior (default: %(default)s)",
        )  # fmt: skip
    command.add_argument("--steps", type=int, default=15)
    command.add_argument("--kind", choices=("linear", "spherical"), default="linear")
    command.add_argument(
        "--label", type=int, metavar="N",
        help="what a conditional run is told (default: the class of a test image at the start)",
    )  # fmt: skip
    command.add_argument("--frames-per-second", type=float, default=11.0, metavar="N")
    _add_picture(command, "path.gif", "a .gif or .webp that goes there and back, or a .png strip")
    command = add(export)
    command.add_argument("run", type=Path, help="a run folder")
    command.add_argument("--format", choices=FORMATS, default="keras")
    command.add_argument(
        "--out", type=Path, help="a file; for onnx a folder (default: one in the current folder)"
    )


def _add_picture(command: argparse.ArgumentParser, out: str, kinds: str) -> None:
    command.add_argument(
        "--scale", type=int, default=1, metavar="N", help="each pixel becomes N x N pixels"
    )
    command.add_argument("--smooth", action="store_true", help="with values in between them")
    command.add_argument("--out", type=Path, default=Path(out), help=kinds)


def sample(options: argparse.Namespace) -> dict[str, Any]:
    """Decode codes drawn from the prior or another sampler: a grid, or the codes themselves."""
    kind = _suffix(options.out, (*PICTURES, ".npz", ".csv"))
    for name, most in (("rows", MOST_ROWS), ("columns", MOST_ROWS), ("scale", MOST_SCALE)):
        _check(name, getattr(options, name), 1, most)
    rows, columns = options.rows, options.columns
    count = rows * columns if options.count is None else options.count
    _check("count", count, 1, MOST_ROWS * columns if kind in PICTURES else MOST_CODES)
    run = _run(options)
    # The prior of a conditional run is the same for all classes.
    label = None if run.label is not None and options.sampler == "prior" else options.label
    draw = Draw(*(options.sampler, label, options.temperature, options.truncation, options.seed))
    z = draw_codes(run, draw, count)
    labels = draw_labels(run, draw, count)
    images = to_uint8(run.decode(z, labels))
    notes = notes_of(run, options.seed) | draw.notes
    said = {"out": str(options.out), "images": count}
    if kind == ".npz":
        arrays = {"images": images, "z": z} | ({} if labels is None else {"labels": labels})
        _write(options.out, to_npz(arrays, notes))
    elif kind == ".csv":
        _write(options.out, to_csv(z, notes, labels))
    else:
        if options.count is not None:
            columns = min(columns, count)
            rows = -(-count // columns)
            # The last row is filled up with black.
            images = np.pad(images, ((0, rows * columns - count), (0, 0), (0, 0), (0, 0)))
        grid = tile(images, rows, columns)
        _write(options.out, _picture(grid, kind, options, notes))
        scale = options.scale if kind == ".png" else 1
        said |= {"width": grid.shape[1] * scale, "height": grid.shape[0] * scale}
    return said


def interpolate(options: argparse.Namespace) -> dict[str, Any]:
    """Decode a path between two codes: an animation, or all of it side by side."""
    kind = _suffix(options.out, (".gif", ".webp", ".png"))
    _check("steps", options.steps, *STEPS)
    _check("scale", options.scale, 1, MOST_SCALE)
    run = _run(options)
    if options.label is not None and run.label is None:
        raise ConfigError(f"A conditional run is told a class. Received: --label {options.label}")
    start, start_name, label = _end(run, options.start, options.start_seed)
    end, end_name, _ = _end(run, options.end, options.end_seed)
    run = run if run.label is not None else run.given(label)
    images = to_uint8(run.decode(path_between(start, end, options.steps, options.kind)))
    notes = notes_of(run) | {"From": start_name, "To": end_name}
    if kind == ".png":
        content = _picture(tile(images, 1, len(images)), kind, options, notes)
    else:
        content = animation(
            images,
            kind.removeprefix("."),
            scale=options.scale,
            smooth=options.smooth,
            frames_per_second=options.frames_per_second,
            notes=notes,
        )
    _write(options.out, content)
    return {"out": str(options.out), "images": len(images)}


def export(options: argparse.Namespace) -> dict[str, Any]:
    """Write a run's model for use elsewhere, or a Keras script that trains it anew."""
    run = _run(options)
    out: Path = options.out or Path(FORMATS[options.format])
    if options.format == "keras":
        _write(out, _content(run, "model.keras"))
    elif options.format == "onnx":
        for name in ("encoder.onnx", "decoder.onnx"):
            _write(out / name, _content(run, name))
    elif options.format == "weights":
        _write(out, to_npz(named_weights(run), notes_of(run)))
    else:
        if not known_dataset(run):
            raise RunError(
                f"A script can load known images, and this run needs {missing_images(run)}. "
                f"Received: {run.path}"
            )
        write = keras_script if options.format == "script" else keras_notebook
        _write(out, write(run.config, run.dataset, run.image_shape).encode())
    return {"out": str(out), "format": options.format}


def _run(options: argparse.Namespace) -> Run:
    # A shipped run is known by its place.
    return open_run(options.run.absolute()).given(getattr(options, "label", None))


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ConfigError(f"{name} must be from {low} to {high:,}. Received: {value}")


def _suffix(path: Path, known: tuple[str, ...]) -> str:
    suffix = path.suffix.lower()
    if suffix not in known:
        raise ConfigError(f"--out must end with one of {', '.join(known)}. Received: {path}")
    return suffix


def _picture(
    image: np.ndarray, kind: str, options: argparse.Namespace, notes: dict[str, str]
) -> bytes:
    """Return an image (H, W, C), uint8, as a file of this kind."""
    if kind == ".png":
        return to_png(image, options.scale, notes, smooth=options.smooth)
    from vae.paper import grid_figure, to_file

    return to_file(grid_figure(image), kind.removeprefix("."), notes)


def _end(run: Run, text: str | None, seed: int) -> tuple[np.ndarray, str, int | None]:
    """Return the code at one end of a path (d,), what it is, and its class if it has one.

    text: the number of a test image, whose mean is taken, or z as a JSON list.
    """
    size = run.config.latent_dim
    if text is None:
        return prior_codes(1, size, seed=seed)[0], f"seed {seed}", None
    if text.isdecimal():
        index, means = int(text), run.latents.get("mean", ())
        if index >= len(means):
            raise ConfigError(
                f"This run has {len(means):,} test images, the first is 0. Received: {index}"
            )
        return means[index], f"test image {index}", int(run.latents["y"][index])
    try:
        return parse_code(text, size), f"z {text}", None
    except ConfigError as error:
        raise ConfigError(
            f"An end of a path is a test image's number, from 0 on, or a code. {error}"
        ) from None


def _content(run: Run, name: str) -> bytes:
    try:
        return (run.path / name).read_bytes()
    except FileNotFoundError:
        raise RunError(f"This run has no model yet. Received: {run.path}") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
