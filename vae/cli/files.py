"""What the command line reads and writes, checked before any work begins."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from vae.archive.zip_export import FILES
from vae.config import Config
from vae.errors import ConfigError, RunError
from vae.files import replacing
from vae.runs.layout import CONFIG, STATUS
from vae.runs.run import Run, open_run

__all__ = [
    "FORMATS",
    "IN_FOLDERS",
    "MAX_PIXELS",
    "MAX_SIDE",
    "SUFFIXES",
    "ConfigFile",
    "check_new_file",
    "check_new_folder",
    "check_picture",
    "conditioned_run",
    "config_file",
    "write_file",
]

# How the files end that a command or a format of `export` writes.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "sample": (".png", ".pdf", ".svg", ".npz", ".csv"),
    "interpolate": (".gif", ".webp", ".png"),
    "demo": (".html", ".htm"),
    "keras": (".keras",),  # Keras opens no other, and none in capitals
    "weights": (".npz",),
    "script": (".py",),
    "notebook": (".ipynb",),
}
FORMATS = {  # of `export`, and what it calls the file, or for `IN_FOLDERS` the folder
    "keras": "model.keras",
    "onnx": "onnx",
    "weights": "weights.npz",
    "script": "script.py",
    "notebook": "notebook.ipynb",
    "tensorboard": "tensorboard",
}
IN_FOLDERS = ("onnx", "tensorboard")
# Pillow warns of pictures with more pixels, for they might be attacks; it refuses twice as many.
MAX_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485
MAX_SIDE = 32_767  # Firefox and GTK show none that are longer
RUN_FILES = frozenset((*FILES, "snapshots"))


def check_new_file(path: Path, kind: str) -> str:
    """Return the suffix of a file that can be written; kind: one of `SUFFIXES`.

    Raises ConfigError for another suffix, and for a path where no file can be.
    """
    suffixes = SUFFIXES[kind]
    suffix = path.suffix if kind == "keras" else path.suffix.lower()
    if suffix not in suffixes:
        one_of = "one of " if len(suffixes) > 1 else ""
        writer = f"--format {kind}" if kind in FORMATS else kind
        raise ConfigError(
            f"--out must end with {one_of}{', '.join(suffixes)} for {writer}. Received: {path}"
        )
    with _as_config_error(path):
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "no regular file"
            raise ConfigError(f"--out must be a file. Received: {path}, which is {what}")
        if path.exists() and not os.access(path, os.W_OK):
            raise ConfigError(f"--out must be a file that may be changed. Received: {path}")
        if path.name in RUN_FILES and _is_run(path.parent):
            raise ConfigError(
                f"--out must not be one of a run's own files. Received: {path}. "
                "Choose another name or folder"
            )
        _check_parent(path)
    return suffix


def check_new_folder(path: Path, *, for_run: bool = False) -> None:
    """Raise ConfigError if files cannot be written to a folder, which may have to be made first.

    for_run: a run's files. Whether a run is there already, the run itself says.
    """
    with _as_config_error(path):
        if path.exists() and not path.is_dir():
            raise ConfigError(f"--out must be a folder. Received: {path}, which is a file")
        if path.suffix in (".onnx", ".keras", ".zip"):
            raise ConfigError(f"--out is a folder here, so it has no such ending. Received: {path}")
        if for_run and path.exists() and not _is_run(path):
            taken = sorted(RUN_FILES & {each.name for each in path.iterdir()})
            if taken:
                raise ConfigError(
                    "--out must be a new folder, or one without files that are called as a run's "
                    f"are. Received: {path}, which holds {', '.join(taken)}"
                )
        if not for_run and _is_run(path):
            raise ConfigError(f"--out must not be a run's own folder. Received: {path}")
        _check_parent(path / "file")


def check_picture(width: int, height: int, scale: int) -> None:
    """Raise ConfigError if a picture of so many pixels, scaled, is more than programs open.

    It proposes the largest scale that is not.
    """

    def fits(scale: int) -> bool:
        return width * height * scale**2 <= MAX_PIXELS and max(width, height) * scale <= MAX_SIDE

    if not fits(scale):
        largest = max(each for each in range(1, scale) if fits(each))
        raise ConfigError(
            f"Few programs open a picture of more than {MAX_PIXELS:,} pixels or with a side of "
            f"more than {MAX_SIDE:,}: --scale {largest} is the largest here. Received: --scale "
            f"{scale}, for {width * scale:,} x {height * scale:,} pixels"
        )


def write_file(path: Path, content: bytes) -> int:
    """Write a file whole or not at all, its folder too; return its size in bytes."""
    path = path.resolve()  # what a link points to, not the link
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return len(content)


def conditioned_run(path: Path) -> Run:
    """Open a run that was named on the command line; raises RunError with what to do instead."""
    try:
        is_zip = path.suffix.lower() == ".zip" and path.is_file()
    except OSError:  # no path at all, which open_run says
        is_zip = False
    if is_zip:
        raise RunError(
            "A run is a folder: unpack the zip and name the folder in it, or import it in the app. "
            f"Received: {path}"
        )
    # A shipped run is known by its folder.
    return open_run(path.absolute())


class ConfigFile(NamedTuple):
    """A configuration, and what a run's config.json says of its images besides."""

    config: Config
    dataset: str | None = None
    image_shape: tuple[int, int, int] | None = None
    classes: int | None = None


def config_file(path: Path) -> ConfigFile:
    """Read a configuration: bare, or the config.json of a run, or a run's folder.

    Raises ConfigError for other files, OSError for none.
    """
    path = path / CONFIG if path.is_dir() else path
    content = path.read_bytes()
    try:
        found = json.loads(content)
        if not isinstance(found["config"], dict):
            raise TypeError
    except (ValueError, RecursionError, KeyError, TypeError):  # not a run's; perhaps nothing at all
        return ConfigFile(Config.from_json(content))
    config = Config.from_run(found["config"])
    try:
        shape, names = found["image_shape"], found["class_names"]
        if [type(side) for side in shape] != [int] * 3:
            raise TypeError
        return ConfigFile(config, str(found["dataset"]), tuple(shape), len(names))
    except (KeyError, TypeError):
        raise ConfigError(
            "A run's config.json says its data set, image shape and class names. "
            f"Received: {path}, which does not"
        ) from None


def _is_run(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and (folder / STATUS).is_file()


def _check_parent(path: Path) -> None:
    """Raise ConfigError if the folder of a path can neither be written to nor be made."""
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise ConfigError(f"--out must be in a folder. Received: {path}, where {folder} is a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(
            f"--out must be in a folder that may be written to. Received: {path}, where {folder} "
            "may not"
        )


@contextmanager
def _as_config_error(path: Path) -> Iterator[None]:
    """Turn an OSError, as of a name that is too long, into a ConfigError that says so."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"--out must be a path that can be written to ({error.strerror}). "
            f"Received: {path!s:.200}"
        ) from None
