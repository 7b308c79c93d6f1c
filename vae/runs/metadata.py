"""What people say of a run: its name, whose it is, whether it was thrown away.

The server writes it; the worker, which writes all else, never touches it.
"""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from vae.errors import RunError
from vae.files import write_json, writing_to
from vae.runs.layout import METADATA
from vae.schemas.reading import Instant, Name, Text, printable, read

__all__ = ["MAX_NAME", "Metadata", "MetadataFile", "clean_name", "read_metadata", "write_metadata"]

MAX_NAME = Name.longest

_writing = threading.Lock()


@dataclass(frozen=True)
class Metadata:
    """name: as its owner calls it. owner: who may list it. deleted: when (Unix time), or 0."""

    name: str = ""
    owner: str = ""
    deleted: float = 0.0


class MetadataFile(TypedDict, total=False):
    """about.json."""

    name: Name
    owner: Text
    deleted: Instant


def read_metadata(folder: Path) -> Metadata:
    """Read it; a missing or damaged file says nothing."""
    try:
        return Metadata(**read(folder / METADATA, MetadataFile))
    except (FileNotFoundError, RunError):
        return Metadata()


def write_metadata(folder: Path, **changes: Any) -> Metadata:
    """Change what is said of a run; raises RunError if the folder cannot be written to."""
    with _writing:  # a name that is typed and a click on Delete come at the same moment
        new = dataclasses.replace(read_metadata(folder), **changes)
        with writing_to(folder, "A run's folder must be writable"):
            write_json(folder / METADATA, dataclasses.asdict(new), must=True)
    return new


def clean_name(text: str) -> str:
    """Return a name that fits into a line: printable, at most 60 characters."""
    return printable(text, MAX_NAME)
