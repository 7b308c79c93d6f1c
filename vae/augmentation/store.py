"""The studies that visitors start: a folder each, beside the runs and out of their list."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from vae.augmentation.study import Study, open_study
from vae.errors import StudyError
from vae.files import file_version
from vae.runs.folder_names import is_folder_name
from vae.runs.lock import is_held
from vae.runs.metadata import read_metadata
from vae.studies.layout import STATUS, STUDY

__all__ = ["StudyStore"]

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

    def list(self) -> list[Study]:
        """Return all studies that can be read, the newest first."""
        found: list[Study] = []
        for path in self._folders():
            with suppress(StudyError):
                found.append(open_study(path))
        return sorted(found, key=lambda study: study.settings["created"], reverse=True)

    def owned_by(self, owner: str) -> list[Study]:
        """Return those of an owner, the newest first."""
        return [study for study in self.list() if read_metadata(study.path).owner == owner]

    def open(self, study_id: str) -> Study:
        """Open a study by its id; raises StudyError, whatever the text holds."""
        path = self.folder / study_id
        if not is_folder_name(study_id) or not (path / STUDY).exists():
            raise StudyError(f"No study has this id. Received: {study_id!r:.80}")
        try:
            return open_study(path)
        except StudyError as error:  # who knows the id learns the id, not the path
            raise StudyError(str(error).replace(str(path), study_id)) from None

    def remove(self, study: Study) -> None:
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

    def older_than(self, seconds: float) -> list[Study]:
        """Return the studies that nothing was done for in so many seconds, and that rest."""
        before = time.time() - seconds
        return [
            study
            for study in self.list()
            if file_version(study.path / STATUS)[1] / 1e9 < before and not is_held(study.path)
        ]

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if (path / STUDY).is_file()]
        except OSError:
            return []
