"""Reading a visitor's pictures, once for each treatment, with progress and a way to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from pages._shared.page_memory import page_memory
from pages.data.uploads import Upload, written
from pages.data.whole_set import WholeSet
from vae.data.importing.arrays import KeptArrays
from vae.data.importing.contents import ArrayChoice, Contents, Imported
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment

__all__ = ["PAGE", "forget_read", "is_read", "read_all", "read_contents", "read_sample"]

SAMPLE = 12  # pictures, evenly over the classes
PAGE = "data"
BEAT = 0.1  # seconds between two steps of the bar

Value = TypeVar("Value")


def read_contents(upload: Upload, arrays: ArrayChoice | None) -> Contents:
    """Return what is in an upload. Raises DatasetError."""
    return _once(
        "contents" if arrays is None else "picked",
        (upload.key, arrays),
        lambda: _scan(upload, arrays),
    )


def read_sample(upload: Upload, treatment: Treatment, arrays: ArrayChoice | None) -> Imported:
    """Return a few pictures of each class. Raises DatasetError."""
    return _once(
        "sample" if treatment != Treatment() else "first",
        (upload.key, treatment, arrays),
        lambda: _import(upload, treatment, arrays, limit=SAMPLE),
    )


def is_read(upload: Upload, treatment: Treatment, arrays: ArrayChoice | None) -> bool:
    """Whether all pictures are there already."""
    known = page_memory(PAGE).get("whole")
    return known is not None and known[0] == (upload.key, treatment, arrays)


def read_all(
    upload: Upload, treatment: Treatment, arrays: ArrayChoice | None, show: Callable[[float], None]
) -> WholeSet:
    """Return all pictures; show: called with the part that is done, 0 to 1. Raises DatasetError.

    A click on anything stops it: where the bar is drawn, Streamlit begins the page anew.
    """
    shown = 0.0

    def on_progress(done: int, total: int) -> None:
        nonlocal shown
        if time.monotonic() - shown > BEAT:
            shown = time.monotonic()
            show(done / total)

    def read() -> WholeSet:
        found = _import(upload, treatment, arrays, on_progress=on_progress)
        return WholeSet(found, ", ".join(list(upload.files)[:3])[:200])

    return _once("whole", (upload.key, treatment, arrays), read)


def forget_read() -> None:
    """Free the memory that the last upload took."""
    page_memory(PAGE).clear()


def _once(name: str, key: tuple[Any, ...], read: Callable[[], Value]) -> Value:
    """Return what was read last, if it was of the same; else read it."""
    known = page_memory(PAGE)  # the last contents, sample and whole set, with what they are of
    if name not in known or known[name][0] != key:
        known.pop(name, None)  # before the next one takes memory too
        known[name] = key, read()
    return known[name][1]


def _scan(upload: Upload, arrays: ArrayChoice | None) -> Contents:
    with written(upload) as path:
        return scan(path, arrays=arrays)


def _import(
    upload: Upload, treatment: Treatment, arrays: ArrayChoice | None, **options: Any
) -> Imported:
    kept = _once("arrays", (upload.key, arrays), KeptArrays)  # read once for all treatments
    with nullcontext(Path()) if kept.found else written(upload) as path:
        return import_pictures(path, treatment, arrays=arrays, kept=kept, **options)
