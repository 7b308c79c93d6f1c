"""What people say of a run: its name, tags and a note, whose it is, whether it was deleted.

The server writes it; the worker, which writes all else, never touches it.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from vae.errors import RunError
from vae.files import write_json, writing_to
from vae.runs.layout import METADATA
from vae.schemas.reading import Instant, Name, Note, Tag, Text, printable, read

__all__ = [
    "MAX_NAME",
    "MAX_NOTE",
    "MAX_TAG",
    "MAX_TAGS",
    "Metadata",
    "MetadataFile",
    "clean_name",
    "clean_note",
    "clean_tags",
    "read_metadata",
    "write_metadata",
]

MAX_NAME, MAX_NOTE, MAX_TAG = Name.longest, Note.longest, Tag.longest
MAX_TAGS = 20  # of a run

_writing = threading.Lock()


@dataclass(frozen=True)
class Metadata:
    """name, tags, note: its owner's. owner: who may list it. deleted: when (Unix time), or 0."""

    name: str = ""
    owner: str = ""
    deleted: float = 0.0
    tags: tuple[str, ...] = ()
    note: str = ""


class MetadataFile(TypedDict, total=False):
    """about.json."""

    name: Name
    owner: Text
    deleted: Instant
    tags: list[Tag]
    note: Note


def read_metadata(folder: Path) -> Metadata:
    """Read it; a missing or damaged file says nothing."""
    try:
        found = read(folder / METADATA, MetadataFile)
    except (FileNotFoundError, RunError):
        return Metadata()
    values: dict[str, Any] = {**found, "tags": clean_tags(found.get("tags", ()))}
    return Metadata(**values)


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


def clean_note(text: str) -> str:
    """Return a note that fits into a line: printable, at most 500 characters."""
    return printable(text, MAX_NOTE)


def clean_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return tags in their order, each once: printable, at most 30 characters and 20 of them.

    A comma parts two tags, as it does where several are typed or printed in a line.
    """
    words = (printable(word, MAX_TAG) for text in texts for word in text.split(","))
    return tuple(dict.fromkeys(filter(None, words)))[:MAX_TAGS]
