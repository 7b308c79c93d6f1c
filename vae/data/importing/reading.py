"""Reading pictures of one's own: what is there, and the images themselves."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vae.data.importing.array_kinds import array_files_among, kind_of
from vae.data.importing.array_process import reading_arrays, scan_arrays
from vae.data.importing.arrays import KeptArrays, import_arrays
from vae.data.importing.contents import (
    ArrayChoice,
    Contents,
    Imported,
    OnProgress,
    Order,
)
from vae.data.importing.decoder import Unreadable
from vae.data.importing.exchange import ArrayFile
from vae.data.importing.names import clean
from vae.data.importing.pictures import import_files, scan_files
from vae.data.importing.sources import Member, Source, opened
from vae.data.importing.treatment import Treatment
from vae.environment import import_caps
from vae.errors import DatasetError
from vae.limits import Caps

__all__ = ["import_pictures", "scan"]


def scan(path: Path, arrays: ArrayChoice | None = None) -> Contents:
    """Return what a zip, folder, picture or array file holds, before pixels are decoded.

    Raises DatasetError for what is none, or more than `import_caps` allows.
    """
    caps = import_caps()
    with _held(path, caps) as held:
        if isinstance(held, Source):
            return scan_files(held)
        report = scan_arrays(held, arrays, caps)
    return Contents(
        report.kind, report.count, report.classes, report.arrays, test_count=report.test_count
    )


def import_pictures(
    path: Path,
    treatment: Treatment,
    *,
    limit: int | None = None,
    arrays: ArrayChoice | None = None,
    on_progress: OnProgress | None = None,
    kept: KeptArrays | None = None,
) -> Imported:
    """Read pictures as images of one size. limit: only so many, evenly over the classes.

    on_progress: called with how many are done, of how many; what it raises ends the import. Raises
    DatasetError if nothing can be read, or more than `import_caps` allows. kept: takes array files
    as they were read, of which further imports are made without the path.
    """
    caps = import_caps()
    order = Order(treatment, caps, limit, on_progress)
    if kept is not None and kept.found is not None:
        return import_arrays(kept.found, order)
    with _held(path, caps) as held:
        if isinstance(held, Source):
            return import_files(held, order)
        with ExitStack() as stack:
            found = stack.enter_context(reading_arrays(held, arrays, order))
            if kept is not None:
                kept.take(found, stack.pop_all())
            return import_arrays(found, order)


@contextmanager
def _held(path: Path, caps: Caps) -> Generator[Source | tuple[ArrayFile, ...]]:
    """Yield the pictures that a path holds, or array files, where it holds those. See `scan`."""
    if not path.exists():
        raise DatasetError(f"A file or folder was expected. Received: {str(path)!r}, which is none")
    if path.is_file() and kind_of(path):
        yield (ArrayFile(str(path.absolute())),)
        return
    with opened(path, caps) as source, TemporaryDirectory(prefix="vae-arrays-") as folder:
        members = {member.name: member for member in source.members}
        files = array_files_among(list(members))
        where = {
            name: str(_on_disk(members[name], Path(folder, f"{at}{Path(name).suffix}")))
            for at, name in enumerate(name for file in files for name in file[:2] if name)
        }
        yield (
            tuple(
                ArrayFile(where[file.path], file.labels and where[file.labels], file.is_test)
                for file in files
            )
            or source
        )


def _on_disk(member: Member, copy: Path) -> Path:
    """Return where the worker finds a file: where it is, or a copy of a zip's member."""
    if member.path is not None:
        return member.path.absolute()
    try:
        with copy.open("wb") as file:
            member.copy_to(file)
    except Unreadable as error:
        raise DatasetError(
            f"A file with arrays was expected. Received: {clean(member.name)}: {error}"
        ) from None
    return copy
