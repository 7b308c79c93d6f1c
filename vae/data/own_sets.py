"""Data sets of one's own, each one compact file beside the data sets that are downloaded.

It is an NPZ file, so that NumPy alone opens it too: four arrays and their class names, about.json
with what is known without reading them, and, as the archive's comment, the set's description.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import zipfile
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from vae.data.dataset_checks import is_name
from vae.data.specs import DATASETS
from vae.environment import data_folders, storage_limits
from vae.errors import DatasetError
from vae.files import file_version, open_regular

if TYPE_CHECKING:
    from vae.data.importing.treatment import Treatment

__all__ = [
    "ABOUT",
    "ARRAYS",
    "FOLDER",
    "About",
    "OwnSet",
    "current_name",
    "find_own",
    "own_set_in",
    "own_sets",
    "read_own",
]

FOLDER, ABOUT = "own", "about.json"
MAX_ABOUT = 100_000  # bytes
ARRAYS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True)
class About:
    """What is known of a set without reading its arrays.

    added: Unix time. fit, inverted, paper: of `Treatment`; "" where nobody knows.
    """

    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    fingerprint: str
    training_images: int
    test_images: int
    source: str
    owner: str
    added: float
    fit: Literal["", "crop", "pad"] = ""
    inverted: bool = False
    paper: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnSet(About):
    """A data set of one's own. note: what its owner says of it. owner: who may list it."""

    name: str
    note: str
    path: Path

    @property
    def title(self) -> str:
        """What it is called on a page."""
        return self.name

    @property
    def treatment(self) -> Treatment | None:
        """What makes another picture an image like these; None where nobody knows."""
        from vae.data.importing.treatment import Treatment  # which loads Pillow

        if not self.fit:
            return None
        size, _, channels = self.image_shape
        invert = "yes" if self.inverted else "no"
        return Treatment(size, channels > 1, self.fit, invert, self.paper)

    @property
    def expires(self) -> datetime.date | None:
        """The last day (UTC) on which it is kept though it is not used; None: for ever."""
        return storage_limits().kept_until(file_version(self.path)[1] / 1e9)


def own_sets(owner: str | None = None) -> list[OwnSet]:
    """Return the sets in all data folders, or those of one owner, by name.

    What is no such file is left out. Where strangers share the server, a set that was not used for
    the days that runs are kept is deleted.
    """
    found: dict[str, OwnSet] = {}
    for folder in reversed(data_folders()):  # of two of one name the first folder's counts
        with contextlib.suppress(OSError):
            for path in (folder / FOLDER).glob("*.npz"):
                own = own_set_in(path)
                if own is not None and not _expired(own):
                    found[own.name] = own
    ordered = sorted(found.values(), key=lambda own: own.name.casefold())
    return [own for own in ordered if owner is None or own.owner == owner]


def find_own(name: str, fingerprint: str = "") -> OwnSet | None:
    """Return the set of this name, or None; with a fingerprint that of this content.

    Of several with one content it is the one of this name, if there is one.
    """
    named = _named(name)
    if named is not None and fingerprint in ("", named.fingerprint):
        return named
    if not fingerprint:
        return None
    return next((own for own in own_sets() if own.fingerprint == fingerprint), None)


def _named(name: str) -> OwnSet | None:
    if not is_name(name):  # which is no path either
        return None
    paths = (folder / FOLDER / f"{name}.npz" for folder in data_folders())
    found = (own_set_in(path) for path in paths)
    return next((own for own in found if own is not None and not _expired(own)), None)


def current_name(name: str, fingerprint: str) -> str:
    """Return what images that were called `name` are called now: a set can be renamed."""
    own = None if name in DATASETS else find_own(name, fingerprint)
    return name if own is None else own.name


def read_own(own: OwnSet) -> dict[str, np.ndarray]:
    """Return the arrays of a set, which is used by that; raises DatasetError if it is damaged."""
    with contextlib.suppress(OSError):
        os.utime(own.path)
    try:
        with open_regular(own.path) as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in ARRAYS}
    # zip, zlib, the header of an array: each fails in ways of its own
    except Exception as error:
        raise DatasetError(
            f"The file of a data set of your own was expected. Received: {own.path}, which is "
            "damaged: delete it and add the pictures again"
        ) from error


def own_set_in(path: Path) -> OwnSet | None:
    """Return the set that a file holds; None if it holds none, or has no name of its own."""
    if not is_name(path.stem) or path.stem in DATASETS:
        return None
    return _read_version(path, file_version(path))


@lru_cache(maxsize=256)
def _read_version(path: Path, version: tuple[int, int]) -> OwnSet | None:
    """Read what a file says of its set; None if it is no set. version: of the file."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(ABOUT).file_size > MAX_ABOUT:
                return None
            about = msgspec.json.decode(archive.read(ABOUT), type=About)
            note = archive.comment.decode("utf-8")
    # what is no set fails in ways of its own: see `read_own`
    except Exception:
        return None
    return OwnSet(**asdict(about), name=path.stem, note=note, path=path)


def _expired(own: OwnSet) -> bool:
    """Whether a set's time is over; it is deleted then."""
    until = own.expires
    if until is None or datetime.datetime.now(datetime.UTC).date() <= until:
        return False
    with contextlib.suppress(OSError):  # it hides no other set
        own.path.unlink(missing_ok=True)
    return True
