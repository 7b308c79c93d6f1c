"""Reads a study's folder: what was asked, what was found so far, how it stands.

The folder is the one source of truth. It is read without TensorFlow, also while the study runs and
after its process was killed at any moment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

from vae.errors import RunError, StudyError
from vae.files import read_regular
from vae.runs.lock import is_held
from vae.schemas.reading import Words, decode, read
from vae.studies.layout import CONTROL, ROWS, STATUS, STUDY
from vae.studies.schema import ACTIVE, Action, Control, StudyHead, StudyState, StudyStatus

__all__ = ["StudyFolder", "read_lines", "study_kind"]

Settings = TypeVar("Settings")
Row = TypeVar("Row")
MAX_ROWS_BYTES = 50_000_000
FORMAT = 1
ENDED = "Its process ended. What was found is kept: continue the study."


class StudyFolder(Generic[Settings, Row]):
    """One study. A kind of study is a subclass that names its types.

    kind: as study.json says it. settings_type: the TypedDict of study.json. row_type: of
    rows.jsonl. Raises StudyError for a folder that is none, is damaged, or holds another kind.
    """

    kind: str
    settings_type: Any
    row_type: Any

    def __init__(self, path: Path) -> None:
        self.path = path
        found = study_kind(path)
        if found != self.kind:
            raise StudyError(f"The folder must hold a study of {self.kind}. Received: {found}")
        self.settings: Settings = _read(path, STUDY, self.settings_type)

    @property
    def rows(self) -> list[Row]:
        """What was found so far, in the order of its end; lines that are no rows are left out."""
        return read_lines(self.path / ROWS, self.row_type)

    @property
    def status(self) -> StudyStatus:
        """How it stands; one that says "running" while no process does is interrupted."""
        status = _read(self.path, STATUS, StudyStatus)
        if status["state"] in ACTIVE and not is_held(self.path):
            # Its process may have ended in order since the file was read.
            status = _read(self.path, STATUS, StudyStatus)
            if status["state"] in ACTIVE:
                status["state"], status["reason"] = StudyState.INTERRUPTED, Words(ENDED)
        return status

    @property
    def state(self) -> StudyState:
        """Where it stands."""
        return self.status["state"]

    @property
    def requested(self) -> Action:
        """What was last requested; a damaged request is none."""
        try:
            return read(self.path / CONTROL, Control)["action"]
        except (FileNotFoundError, RunError):
            return "run"


def study_kind(path: Path) -> str:
    """Return the kind of the study in a folder; raises StudyError if there is none."""
    if not (path / STUDY).is_file():
        raise StudyError(f"A study's folder has a {STUDY}. Received: {path}, which has none")
    head = _read(path, STUDY, StudyHead)
    if head["format"] > FORMAT:
        raise StudyError(
            f"The study was made by a newer version of VAE Lab: open it with that one. "
            f"Received: {path}, of format {head['format']}; this version knows {FORMAT}"
        )
    return head["kind"]


def read_lines(path: Path, kind: Any) -> list[Any]:
    """Return the lines of JSON in a file, each of a type; [] where there is no file.

    Lines that are something else are left out, as the half one that a killed process leaves.
    Raises StudyError for a file that cannot be read.
    """
    try:
        content = read_regular(path, MAX_ROWS_BYTES)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StudyError(
            f"{path.name} of a study must be readable. Received: {error.strerror}"
        ) from None
    rows = []
    for line in content.split(b"\n"):
        try:
            if line.strip():
                rows.append(decode(path.name, line, kind))
        except RunError:
            continue
    return rows


def _read(path: Path, name: str, kind: Any) -> Any:
    try:
        return read(path / name, kind)
    except FileNotFoundError:
        problem = f"it has no {name}"
    except RunError as error:
        problem = str(error)
    raise StudyError(
        f"A study's folder must be whole; start the study again in another folder. "
        f"Received: {path}: {problem}"
    )
