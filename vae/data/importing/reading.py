"""Reading pictures of one's own: what is there, and the images themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from vae.data.importing.array_sources import array_infos, kind_of, read_arrays
from vae.data.importing.arrays import class_names_of, import_arrays, shaped
from vae.data.importing.contents import (
    ArrayChoice,
    Caps,
    Contents,
    Imported,
    IsCancelled,
    OnProgress,
    Order,
)
from vae.data.importing.pictures import import_files, scan_files
from vae.data.importing.sources import opened
from vae.data.importing.treatment import Treatment
from vae.environment import import_caps
from vae.errors import DatasetError

__all__ = ["import_pictures", "scan"]


def scan(path: Path, caps: Caps | None = None, arrays: ArrayChoice | None = None) -> Contents:
    """Return what a zip, folder, picture or array file holds, before pixels are decoded.

    caps: by default those of the environment. Raises DatasetError for what is over them or none.
    """
    caps = caps or import_caps()
    kind = _array_kind(path)
    if kind is None:
        with opened(path, caps) as source:
            return scan_files(source)
    infos = array_infos(path) if kind == "npz" else ()
    pictures = read_arrays(path, kind, arrays, caps)
    classes = Counter(class_names_of(pictures))
    return Contents(kind, len(shaped(pictures.images)), dict(classes), infos)


def import_pictures(
    path: Path,
    treatment: Treatment,
    *,
    limit: int | None = None,
    arrays: ArrayChoice | None = None,
    on_progress: OnProgress | None = None,
    is_cancelled: IsCancelled | None = None,
    caps: Caps | None = None,
) -> Imported:
    """Read pictures as images of one size. limit: only so many, evenly over the classes.

    on_progress: called with how many are done, of how many. Raises DatasetError if nothing can be
    read, or when is_cancelled() says so.
    """
    caps = caps or import_caps()
    order = Order(treatment, caps, limit, on_progress, is_cancelled)
    kind = _array_kind(path)
    if kind is not None:
        return import_arrays(read_arrays(path, kind, arrays, caps), order)
    with opened(path, caps) as source:
        return import_files(source, order)


def _array_kind(path: Path) -> str | None:
    if not path.exists():
        raise DatasetError(f"A file or folder was expected. Received: {str(path)!r}, which is none")
    return None if path.is_dir() else kind_of(path)
