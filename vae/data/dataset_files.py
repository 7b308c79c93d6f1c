"""The files of a known data set: where they may lie, how they get there, reading all arrays."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from pathlib import Path

import numpy as np

from vae.data.array_files import read_array
from vae.data.conversion import (
    check_originals,
    read_converted,
    read_originals,
    store_converted,
)
from vae.data.download import OnProgress, download_files
from vae.data.originals import luma
from vae.data.specs import DATASETS, DatasetSpec
from vae.environment import data_folders
from vae.errors import DatasetError

__all__ = ["fetch", "locate", "read_arrays"]


def locate(spec: DatasetSpec) -> Path | None:
    """Return the npz file, or the folder of the files; None if the data is not all there.

    The package is found, not imported.
    """
    for folder in data_folders():
        if _is_file(folder / spec.archive):
            return folder / spec.archive
        if spec.files and all(_is_file(folder / file.path) for file in spec.files):
            return folder / spec.folder
    if spec.package is not None:
        found = importlib.util.find_spec(spec.package.name)
        for location in (found and found.submodule_search_locations) or ():
            if all(_is_file(Path(location, file)) for file in spec.package.files):
                return Path(location)
    return None


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises where one may not enter)


def fetch(spec: DatasetSpec, allowed: bool, on_progress: OnProgress | None) -> Path:
    """Download the files, in Keras's layout, so that Keras finds them too; return as `locate`.

    Of files that are converted none stays that was not there before: all data sets that they hold
    are made of them. Raises DatasetError where that fails, is not allowed, or the data set comes
    in a package.
    """
    folders = " or ".join(str(folder) for folder in data_folders())
    if spec.package is not None:
        raise DatasetError(
            f"{spec.title} needs {spec.archive} in {folders}, or the Python package "
            f"{spec.package.name} ({spec.package.licence}): install it with "
            f'`{spec.package.command}`, or choose the data set "digits", which needs no file. '
            "Received: no such file and no such package."
        )
    try:
        if not allowed:
            raise OSError("the download is switched off")
        folder = _writable_folder()
        new = [file for file in spec.files if not (folder / file.path).exists()]
        download_files(spec.files, folder, on_progress)
        if spec.convert is not None:
            _convert(spec, folder)
            for file in new:
                (folder / file.path).unlink()
    except OSError as error:
        also = f" (or {spec.folder}, as Keras keeps it)" if spec.folder else ""
        if spec.convert is not None:
            also = f" (or {' and '.join(file.path for file in spec.files)})"
        raise DatasetError(
            f"{spec.title} needs {spec.archive}{also} in {folders}: put it there, download it with "
            f'an internet connection, or choose the data set "digits", which needs no file. '
            f"Received: no such file, and {error}."
        ) from error
    return folder / (spec.archive if spec.convert else spec.folder or spec.archive)


def _convert(spec: DatasetSpec, folder: Path) -> None:
    """Make the npz of each data set that is made of these files, which are verified.

    Raises DatasetError, OSError.
    """
    for each in DATASETS.values():
        if each.files == spec.files and not _is_file(folder / each.archive):
            store_converted(each, read_originals(each, folder / each.folder), folder / each.archive)


def _writable_folder() -> Path:
    for folder in data_folders():
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
    raise OSError("no folder there can be written to")


def read_arrays(spec: DatasetSpec, location: Path) -> dict[str, np.ndarray]:
    """Read and verify all arrays: images uint8 (N, H, W) or (N, H, W, C), labels uint8 (N,).

    location: of `locate`. Files that somebody put there are converted once, if the folder can be
    written to. Raises DatasetError for a file that is damaged or another one.
    """
    if spec.convert is not None:
        arrays = _read_converted(spec, location)
        return luma(arrays) if spec.grey else arrays
    if location.suffix == ".npz":
        paths = [location] * len(spec.arrays)
    elif spec.package is not None:
        paths = [location / file for file in spec.package.files]
    else:
        paths = [location / Path(file.path).name for file in spec.files]
    arrays: dict[str, np.ndarray] = {}
    for path, (key, array_spec) in zip(paths, spec.arrays.items(), strict=True):
        try:
            arrays[key] = read_array(path, key, array_spec)
        except ValueError as error:
            raise DatasetError(
                f"{spec.title} needs {key} as uint8 {array_spec.shape} in {path}. Received: "
                f"{error}. {_remedy(spec)}"
            ) from error
    return arrays


def _read_converted(spec: DatasetSpec, location: Path) -> dict[str, np.ndarray]:
    if location.suffix == ".npz":
        return read_converted(spec, location)
    check_originals(spec, location)
    arrays = read_originals(spec, location)
    with contextlib.suppress(OSError):
        store_converted(spec, arrays, location.parent / spec.archive)
    return arrays


def _remedy(spec: DatasetSpec) -> str:
    if spec.package is None:
        return "Put the original file there, or delete this one to have it downloaded again."
    again = spec.package.command.replace("install", "install --force-reinstall", 1)
    return f"Put the original file there, or delete this one and get the data with `{again}`."
