"""Adding, renaming, describing and deleting data sets of one's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from vae.data.dataset_checks import check_names
from vae.data.own_sets import ABOUT, ARRAYS, FOLDER, About, OwnSet, own_set_in, own_sets
from vae.data.specs import DATASETS
from vae.environment import data_folders, is_public, storage_limits
from vae.errors import DatasetError
from vae.files import creating, move_to_new, replacing

if TYPE_CHECKING:
    from vae.data.datasets import Dataset

__all__ = ["MAX_NOTE", "add_own", "check_new_name", "free_name", "remove_own", "update_own"]

MAX_NOTE = 500  # characters
MAX_PUBLIC = 5  # of one visitor, where strangers share the server
_changing = threading.Lock()


def add_own(dataset: Dataset, *, note: str = "", owner: str = "") -> OwnSet:
    """Keep a data set under its name, in the first data folder that can be written to.

    Raises DatasetError for a name that is taken, and where there is no room.
    """
    folder = _writable_folder()
    _check_room(folder, owner)
    made = dataset.treatment
    about = About(
        dataset.class_names,
        dataset.image_shape,
        dataset.fingerprint,
        len(dataset.x_train),
        len(dataset.x_test),
        dataset.source,
        owner,
        time.time(),
        fit="" if made is None else made.fit,
        inverted=made is not None and made.invert == "yes",
        paper=made is not None and made.paper,
    )
    with _changing:
        check_new_name(dataset.name)
        path = folder / f"{dataset.name}.npz"
        try:
            with creating(path) as temporary:
                arrays = {name: getattr(dataset, name) for name in ARRAYS}
                np.savez_compressed(temporary, class_names=np.array(about.class_names), **arrays)
                with zipfile.ZipFile(temporary, "a") as archive:
                    archive.writestr(ABOUT, msgspec.json.encode(asdict(about)))
                    archive.comment = _comment(note)
        except FileExistsError:  # another server was faster, or it is no set
            raise _is_taken(dataset.name) from None
        except OSError as error:
            raise DatasetError(
                f"A folder that can be written to was expected. Received: {folder} "
                f"({error.strerror})"
            ) from None
    return _known(path)


def update_own(own: OwnSet, *, name: str | None = None, note: str | None = None) -> OwnSet:
    """Rename a set, or describe it in at most 500 characters; runs find it by its content.

    Raises DatasetError for a name that is taken or cannot be one.
    """
    path = own.path
    with _changing, _writing(own):
        if note is not None and note != own.note:
            with replacing(path) as temporary:
                shutil.copyfile(path, temporary)
                with zipfile.ZipFile(temporary, "a") as archive:
                    archive.comment = _comment(note)
        if name is not None and name != own.name:
            check_new_name(name)
            path = path.with_name(f"{name}.npz")
            try:
                move_to_new(own.path, path)
            except FileExistsError:
                raise _is_taken(name) from None
    return _known(path)


def remove_own(own: OwnSet) -> None:
    """Delete a set; raises DatasetError if its file cannot be deleted."""
    with _changing, _writing(own):
        own.path.unlink(missing_ok=True)


@contextlib.contextmanager
def _writing(own: OwnSet) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"A file that can be changed was expected. Received: {own.path} ({error.strerror})"
        ) from None


def _known(path: Path) -> OwnSet:
    own = own_set_in(path)
    if own is None:
        raise DatasetError(f"A data set of your own was expected. Received: {path}")
    return own


def _comment(note: str) -> bytes:
    return " ".join(note.split())[:MAX_NOTE].encode()


def free_name(text: str) -> str:
    """Return a name that a new data set can have, as near to a file's as possible."""
    kept = "".join(each if each.isalnum() or each in "_ .+-" else " " for each in text)
    name = " ".join(kept.split()).lstrip("_ .+-")[:60].strip() or "my pictures"
    taken, number, found = _taken(), 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{name} {number}"
    return found


def check_new_name(name: str) -> None:
    """Raise DatasetError unless a new data set can be called so."""
    check_names(name, name)
    if name.casefold() in _taken():
        raise _is_taken(name)


def _is_taken(name: str) -> DatasetError:
    return DatasetError(
        f"A name that no other data set has was expected. Received: {name!r}, which is taken"
    )


def _taken() -> set[str]:
    return {each.casefold() for each in (*DATASETS, *(own.name for own in own_sets()))}


def _writable_folder() -> Path:
    for folder in data_folders():
        with contextlib.suppress(OSError):
            (folder / FOLDER).mkdir(parents=True, exist_ok=True)
            if os.access(folder / FOLDER, os.W_OK):
                return folder / FOLDER
    folders = " or ".join(map(str, data_folders()))
    raise DatasetError(
        f"A data folder that can be written to was expected; VAE_DATA_DIR names one. Received: "
        f"{folders}"
    )


def _check_room(folder: Path, owner: str) -> None:
    least = storage_limits().free_megabytes
    free = shutil.disk_usage(folder).free / 1e6
    if least and free < least:
        raise DatasetError(
            f"New data sets leave {least:,.0f} MB of the disk free: delete something first. "
            f"Received: a disk with {free:,.0f} MB left"
        )
    if is_public() and len(own_sets(owner)) >= MAX_PUBLIC:
        raise DatasetError(
            f"On this server you can have {MAX_PUBLIC} data sets of your own: delete one first. "
            "Received: one more"
        )
