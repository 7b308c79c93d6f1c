"""The commands that make pictures of a run, or write its codes: sample and interpolate."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

from vae.cli.files import SUFFIXES, check_new_file, check_picture, conditioned_run, write_file
from vae.cli.fitting import samplers_of
from vae.cli.parser import AddCommand
from vae.cli.path_end import path_end
from vae.cli.progress import progress_fraction
from vae.cli.report import Report, wrote
from vae.errors import ConfigError
from vae.export.media import animation, to_csv, to_npz
from vae.images import tile, to_png, to_uint8
from vae.latent.interpolation import interpolate as path_between
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.prior import MAX_ROWS, check_seed
from vae.sampling.samplers import SAMPLERS, SampleSpec, sample_codes, sample_labels

__all__ = ["add_pictures"]

MAX_CODES = 10_000
MAX_SCALE = 64
STEPS = (2, 200)
PICTURES = (".png", ".pdf", ".svg")
SIDE = 10  # of a grid
FRAMES_PER_SECOND = 11.0


def add_pictures(add: AddCommand) -> None:
    """Give a parser these commands; `add` makes the part of one."""
    command = add(sample)
    command.add_argument("run", type=Path, help="a run folder")
    for name in ("rows", "columns"):
        command.add_argument(f"--{name}", type=int, metavar="N", help=f"(default: {SIDE})")
    command.add_argument("--count", type=int, metavar="N", help="default: rows x columns")
    command.add_argument(
        "--sampler", choices=SAMPLERS, default="prior", help="(default: %(default)s)"
    )
    command.add_argument(
        "--label", type=int, metavar="N",
        help="the class: of a conditional run, of the mixture or of the posteriors",
    )  # fmt: skip
    command.add_argument("--temperature", type=float, default=1.0, help="the prior's")
    command.add_argument(
        "--truncation", type=float, default=math.inf, metavar="S",
        help="sample anew what is farther than S standard deviations from 0, with the prior",
    )  # fmt: skip
    command.add_argument("--seed", type=int, default=0)
    _add_picture(command, "grid.png", "a grid, or .npz or .csv of the codes", "sample")
    command = add(interpolate)
    command.add_argument("run", type=Path, help="a run folder")
    for end, word, seed in (("start", "from", 0), ("end", "to", 1)):
        either = command.add_mutually_exclusive_group()
        either.add_argument(
            f"--{word}", dest=end, metavar="IMAGE", help="a test image's number, or z as JSON"
        )
        either.add_argument(
            f"--{word}-seed", dest=f"{end}_seed", type=int, default=seed, metavar="SEED",
            help="or a code that this seed samples from the prior (default: %(default)s)",
        )  # fmt: skip
    command.add_argument("--steps", type=int, default=15)
    command.add_argument("--kind", choices=("linear", "spherical"), default="linear")
    command.add_argument(
        "--label", type=int, metavar="N",
        help="a conditional run's class (default: that of a test image at the start, else 0)",
    )  # fmt: skip
    command.add_argument(
        "--frames-per-second", type=float, metavar="N",
        help=f"of an animation (default: {FRAMES_PER_SECOND:g})",
    )  # fmt: skip
    _add_picture(
        command, "path.gif", "an animation that goes there and back, or a .png strip", "interpolate"
    )


def _add_picture(command: argparse.ArgumentParser, out: str, what: str, kind: str) -> None:
    command.add_argument(
        "--scale", type=int, default=1, metavar="N", help="each pixel becomes N x N pixels"
    )
    command.add_argument("--smooth", action="store_true", help="with values in between them")
    suffixes = ", ".join(SUFFIXES[kind])
    command.add_argument("--out", type=Path, default=Path(out), help=f"{what} ({suffixes})")


def sample(options: argparse.Namespace) -> Report:
    """Decode codes sampled from the prior or another sampler: a grid, or the codes themselves."""
    kind = check_new_file(options.out, "sample")
    rows, columns, count = _grid_of(options, kind)
    _check_scale(options, kind == ".png")
    run = _run(options)
    if kind == ".png":
        check_picture(columns * run.image_shape[1], rows * run.image_shape[0], options.scale)
    # The prior of a conditional run is the same for all classes.
    label = None if run.label is not None and options.sampler == "prior" else options.label
    spec = SampleSpec(
        *(options.sampler, label, options.temperature, options.truncation, options.seed)
    )
    check_seed(options.seed)  # before anything is fitted
    samplers = samplers_of(run, spec.sampler, label)
    z = sample_codes(run, spec, count, samplers)
    labels = sample_labels(run, spec, count, samplers)
    images = to_uint8(run.decode(z, labels))
    notes = notes_of(run, options.seed) | spec.notes
    values = {"out": str(options.out), "images": count}
    what = f"{count:,} image{'' if count == 1 else 's'}"
    if kind == ".npz":
        arrays = {"images": images, "z": z} | ({} if labels is None else {"labels": labels})
        content = to_npz(arrays, notes)
        what += f" with their codes: {', '.join(arrays)}"
    elif kind == ".csv":
        content = to_csv(z, notes, labels)
        what = f"{count:,} code{'' if count == 1 else 's'}"
    else:
        # The last row is filled up with black.
        images = np.pad(images, ((0, rows * columns - count), (0, 0), (0, 0), (0, 0)))
        grid = tile(images, rows, columns)
        content = _picture(grid, kind, options, notes)
        values |= {"width": grid.shape[1] * options.scale, "height": grid.shape[0] * options.scale}
        what += f" in {rows} x {columns}"
        if kind == ".png":
            what += f", {values['width']:,} x {values['height']:,} pixels"
    size = write_file(options.out, content)
    ahead = f"The same seed gives the same: --seed {options.seed + 1} gives others."
    return Report(values, wrote(options.out, size, what, ahead))


def interpolate(options: argparse.Namespace) -> Report:
    """Decode a path between two codes: an animation, or all of it side by side."""
    kind = check_new_file(options.out, "interpolate")
    _check("steps", options.steps, *STEPS)
    _check_scale(options, True)
    if kind == ".png" and options.frames_per_second is not None:
        raise ConfigError(
            f"--frames-per-second is an animation's. Received: {options.out}, which is a strip"
        )
    speed = FRAMES_PER_SECOND if options.frames_per_second is None else options.frames_per_second
    run = _run(options)
    if options.label is not None and run.label is None:
        raise ConfigError(f"--label is for a conditional run. Received: --label {options.label}")
    height, width, _ = run.image_shape
    check_picture(width * (options.steps if kind == ".png" else 1), height, options.scale)
    start, start_name, label = path_end(run, options.start, options.start_seed)
    end, end_name, _ = path_end(run, options.end, options.end_seed)
    run = (
        run if run.label is not None else run.conditioned_on(label or 0)
    )  # as the Path view begins
    images = to_uint8(run.decode(path_between(start, end, options.steps, options.kind)))
    notes = notes_of(run) | {"From": start_name, "To": end_name}
    if kind == ".png":
        content = _picture(tile(images, 1, len(images)), kind, options, notes)
    else:
        with progress_fraction("Drawing the frames") as on_progress:
            content = animation(
                images,
                "gif" if kind == ".gif" else "webp",
                scale=options.scale,
                smooth=options.smooth,
                frames_per_second=speed,
                notes=notes,
                on_progress=on_progress,
            )
    size = write_file(options.out, content)
    what = f"{len(images)} images from {start_name} to {end_name}"
    return Report({"out": str(options.out), "images": len(images)}, wrote(options.out, size, what))


def _grid_of(options: argparse.Namespace, kind: str) -> tuple[int, int, int]:
    """Return rows, columns and how many images there are; one is not said by two options."""
    rows = SIDE if options.rows is None else options.rows
    columns = SIDE if options.columns is None else options.columns
    _check("rows", rows, 1, MAX_ROWS)
    _check("columns", columns, 1, MAX_ROWS)
    if options.count is None:
        return rows, columns, rows * columns
    count = options.count
    _check("count", count, 1, MAX_ROWS * columns if kind in PICTURES else MAX_CODES)
    needed = -(-count // columns)
    if options.rows not in (None, needed):
        raise ConfigError(
            f"--count says how many rows of {columns} there are: {needed}. "
            f"Received: --rows {rows} --count {count}"
        )
    return needed, min(columns, count), count


def _check_scale(options: argparse.Namespace, scales: bool) -> None:
    """Raise ConfigError for a scale out of range, or for a file without one."""
    _check("scale", options.scale, 1, MAX_SCALE)
    if not scales and (options.scale != 1 or options.smooth):
        raise ConfigError(
            "--scale and --smooth are those of a .png; other files are vector graphics or numbers. "
            f"Received: {options.out}"
        )


def _run(options: argparse.Namespace) -> Run:
    run = conditioned_run(options.run).conditioned_on(options.label)
    run.require("decoder")
    return run


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ConfigError(f"{name} must be from {low} to {high:,}. Received: {value}")


def _picture(
    image: np.ndarray, kind: str, options: argparse.Namespace, notes: dict[str, str]
) -> bytes:
    """Return an image (H, W, C), uint8, as a file of this kind."""
    if kind == ".png":
        return to_png(image, options.scale, notes, smooth=options.smooth)
    from vae.figures.publication import grid_figure, to_file

    return to_file(grid_figure(image), "pdf" if kind == ".pdf" else "svg", notes)
