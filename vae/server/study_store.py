"""The studies that visitors start: a folder each, beside the runs and out of their list."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from vae.augmentation.study import Study
from vae.errors import StudyError
from vae.files import file_version
from vae.runs.folder_names import is_folder_name
from vae.runs.lock import is_held
from vae.runs.metadata import read_metadata
from vae.studies.folder import StudyFolder, study_kind
from vae.studies.layout import STATUS, STUDY
from vae.sweeps.study import Sweep

__all__ = ["AnyStudy", "StudyStore", "open_any"]

AnyStudy = Study | Sweep
KINDS: dict[str, type[AnyStudy]] = {kind.kind: kind for kind in (Study, Sweep)}
T = TypeVar("T", bound=StudyFolder[Any, Any])

# In the runs folder, which so stays the one place of all that is trained here. A run's name does
# not begin with a dot: no list of runs, old or new, takes this folder for one.
FOLDER = ".studies"


class StudyStore:
    """The studies of one runs folder."""

    def __init__(self, runs_folder: Path) -> None:
        self.folder = runs_folder / FOLDER

    def new_path(self) -> Path:
        """Return the folder of a new study; its name has 128 random bits, as a run's id."""
        return self.folder / secrets.token_hex(16)

    def all(self) -> list[AnyStudy]:
        """Return all studies that can be read, of any kind, the newest first."""
        found: list[AnyStudy] = []
        for path in self._folders():
            with suppress(StudyError):
                found.append(open_any(path))
        return sorted(found, key=lambda study: study.settings["created"], reverse=True)

    def of_kind(self, kind: type[T]) -> list[T]:
        """Return those of a kind, the newest first."""
        return [study for study in self.all() if isinstance(study, kind)]

    def owned_by(self, owner: str, kind: type[T]) -> list[T]:
        """Return those of a kind and an owner, the newest first."""
        return [study for study in self.of_kind(kind) if read_metadata(study.path).owner == owner]

    def open_as(self, study_id: str, kind: type[T]) -> T:
        """Open a study of a kind by its id; raises StudyError, whatever the text holds."""
        study = self.open(study_id)
        if not isinstance(study, kind):
            raise StudyError(f"No study of this kind has this id. Received: {study_id!r:.80}")
        return study

    def open(self, study_id: str) -> AnyStudy:
        """Open a study by its id; raises StudyError, whatever the text holds."""
        path = self.folder / study_id
        if not is_folder_name(study_id) or not (path / STUDY).exists():
            raise StudyError(f"No study has this id. Received: {study_id!r:.80}")
        try:
            return open_any(path)
        except StudyError as error:  # who knows the id learns the id, not the path
            raise StudyError(str(error).replace(str(path), study_id)) from None

    def remove(self, study: AnyStudy) -> None:
        """Remove a study for good, unless a process holds it; raises StudyError if it cannot be."""
        if is_held(study.path):
            raise StudyError(
                "A study that is being worked on cannot be deleted: stop it first. "
                f"Received: {study.path}"
            )
        try:
            # First, since a folder that is half removed would be a damaged study.
            (study.path / STUDY).unlink()
            shutil.rmtree(study.path)
        except OSError as error:
            raise StudyError(
                f"A study's folder must be writable ({error.strerror}). Received: {study.path}"
            ) from None

    def older_than(self, seconds: float) -> list[AnyStudy]:
        """Return the studies that nothing was done for in so many seconds, and that rest."""
        before = time.time() - seconds
        return [
            study
            for study in self.all()
            if file_version(study.path / STATUS)[1] / 1e9 < before and not is_held(study.path)
        ]

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if (path / STUDY).is_file()]
        except OSError:
            return []


def open_any(path: Path) -> AnyStudy:
    """Open a study's folder, of whatever kind; raises StudyError if it is none or damaged."""
    kind = study_kind(path)
    if kind not in KINDS:
        raise StudyError(f"Studies are of {' or '.join(KINDS)}. Received: {kind}")
    return KINDS[kind](path)
