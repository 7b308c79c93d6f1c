"""Writes a study's folder: rows as they are found, and how it stands."""

from __future__ import annotations

import datetime
import errno
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import Timeout

from vae.errors import RunError, StudyError
from vae.files import open_regular, replacing, write_json
from vae.runs.layout import METADATA
from vae.runs.lock import run_lock
from vae.runs.metadata import write_metadata
from vae.schemas.reading import read
from vae.studies.layout import CONTROL, STATUS, STUDY
from vae.studies.schema import Action, StudyState, StudyStatus

__all__ = [
    "append_line",
    "create_folder",
    "cut_half_line",
    "request",
    "rewrite_settings",
    "write_status",
]


def create_folder(
    path: Path, kind: str, settings: Mapping[str, Any], total: int, owner: str = ""
) -> None:
    """Make the folder of a queued study; raises StudyError where that cannot be.

    total: trainings of the whole study. owner: the visitor's id. A folder that holds something else
    may take a study, one that holds a study may not.
    """
    if (path / STUDY).exists():
        raise StudyError(f"A new study needs a folder of its own. Received: {path}, which has one")
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_status(path, state=StudyState.QUEUED, done=0, total=total, seconds=0.0)
        if owner:
            write_metadata(path, owner=owner)
        # Last, because a folder counts as a study from here on.
        write_json(path / STUDY, {"format": 1, "kind": kind, "created": now(), **settings})
    except (OSError, RunError) as error:
        for name in (STATUS, METADATA):
            with suppress(OSError):
                (path / name).unlink()
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, RunError):
            raise
        raise StudyError(
            f"Studies need a folder that can be written to ({error.strerror}). Received: {path}"
        ) from None


def rewrite_settings(
    path: Path, settings: Mapping[str, Any], state: StudyState, total: int
) -> None:
    """Replace what a study that rests is asked; raises StudyError where that cannot be.

    state: where it stands then. total: trainings of the whole study.
    """
    status = read(path / STATUS, StudyStatus)
    counts = {"done": status["done"], "total": total, "seconds": status["seconds"]}
    try:
        with run_lock(path).acquire(timeout=0):
            write_json(path / STUDY, settings, must=True)
            write_status(path, state=state, **counts)
    except Timeout:
        raise StudyError(
            f"A study that is being worked on is not changed: pause it first. Received: {path}"
        ) from None
    except OSError as error:
        raise StudyError(
            f"A study's folder must be writable ({error.strerror}). Received: {path}"
        ) from None


def request(path: Path, action: Action) -> None:
    """Request of a study that it runs, pauses or stops; its process obeys within a second or so."""
    try:
        write_json(path / CONTROL, {"action": action}, must=True)
    except OSError as error:
        raise StudyError(
            f"A study's folder must be writable ({error.strerror}). Received: {path}"
        ) from None


def write_status(path: Path, *, state: StudyState, **fields: Any) -> None:
    """Replace status.json; on a full disk it is written over the old one."""
    values = {"state": state, "updated": now(), **fields}
    write_json(path / STATUS, values, must=True)


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Append a line of JSON; one that does not fit on the disk leaves nothing behind."""
    line = (json.dumps(value, allow_nan=False) + "\n").encode()
    with open_regular(path, "ab") as file:
        before = os.fstat(file.fileno()).st_size
        # Past the buffer, which would try again when the file is closed.
        if os.write(file.fileno(), line) < len(line):
            os.truncate(path, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def cut_half_line(path: Path) -> None:
    """Remove what a killed process left of a line, so that the next one begins anew."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        with replacing(path) as temporary:
            temporary.write_bytes(whole)


def now() -> str:
    """Return the time as ISO 8601 has it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
