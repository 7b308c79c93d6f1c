"""Writes a run folder: the one source of truth about a run."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.files import open_regular, replacing, write_json, writing_to
from vae.runs import layout
from vae.runs.metadata import write_metadata
from vae.runs.results import RESULTS, result_files
from vae.runs.run import Run, how_to_resume
from vae.runs.schema import Row, RunState, Status, StatusChanges
from vae.schemas.reading import read

__all__ = ["RunWriter", "check_free", "new_run_id"]

VERSIONED = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "onnxruntime")


def new_run_id() -> str:
    """Return 128 random bits as text, which nobody can guess."""
    return secrets.token_hex(16)


def check_free(path: Path) -> None:
    """Raise RunError if a folder holds a run; the error says how to resume that one."""
    if (path / layout.CONFIG).exists():
        raise RunError(
            f"A new run needs a folder of its own. Received: {path}, which holds one; to continue "
            f"with that one: {how_to_resume(path)}"
        )


class RunWriter:
    """Writes the files of one run folder, each of them atomically.

    Raises RunError if the folder cannot be made or already holds a run.
    """

    def __init__(self, path: Path, status: Mapping[str, Any] | None = None) -> None:
        self.path = path
        self._status: dict[str, Any] = dict(status or {})

    @classmethod
    def create(cls, path: Path, config: Config, dataset: Dataset, owner: str = "") -> RunWriter:
        """Make the folder of a queued run. owner: the visitor's id."""
        check_free(path)
        with (
            writing_to(path, "Runs need a folder that can be written to"),
            _removed_if_it_fails(path),
        ):
            (path / layout.SNAPSHOTS).mkdir(parents=True, exist_ok=True)
            writer = cls(path)
            writer.status(state=RunState.QUEUED, created=_now())
            # Also if there is nothing to say: then the run can be deleted on a full disk.
            write_metadata(path, owner=owner)
            # Last, because a folder counts as a run from here on.
            write_json(
                path / layout.CONFIG,
                {
                    "format": 1,
                    "config": config.to_dict(),
                    "dataset": dataset.name,
                    "image_shape": list(dataset.image_shape),
                    "images": len(dataset.x_train),
                    "fingerprint": dataset.fingerprint,
                    "class_names": list(dataset.class_names),
                    "seed": config.seed,
                    "versions": _versions(),
                },
            )
        return writer

    @classmethod
    def reopen(cls, path: Path) -> RunWriter:
        """Continue writing a folder that `create` made."""
        return cls(path, read(path / layout.STATUS, Status))

    def status(self, *, must: bool = False, **changes: Unpack[StatusChanges]) -> None:
        """Change fields of status.json; must: also where the disk is full."""
        if "state" in changes:
            changes["state"] = RunState(changes["state"])
        self._status |= {**changes, "updated": _now()}
        write_json(self.path / layout.STATUS, self._status, must=must)

    def row(self, row: Row) -> None:
        """Append one line to the history."""
        line = json.dumps(row, allow_nan=False) + "\n"
        with open_regular(self.path / layout.HISTORY, "ab") as file:
            file.write(line.encode())

    def arrays(self, name: str, **arrays: np.ndarray) -> None:
        """Write named arrays to one of the array files of `layout`, compressed."""
        with replacing(self.path / layout.array_file(name)) as temporary:
            np.savez_compressed(temporary, allow_pickle=False, **arrays)

    def live_snapshot(
        self, position: tuple[int, int], arrays: Mapping[str, np.ndarray], max_count: int
    ) -> None:
        """Write a snapshot within an epoch, at epoch and step; only the last `max_count` stay."""
        # Not compressed: it is written while the run trains, and soon removed.
        with replacing(self.path / layout.live_snapshot_file(*position)) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)
        for old in Run(self.path).live_snapshots[:-max_count]:
            self._remove_live(old)

    def remove_other_live_snapshots(self, position: tuple[int, int]) -> None:
        """Remove all snapshots within epochs but the one at this epoch and step."""
        for each in Run(self.path).live_snapshots:
            if each != position:
                self._remove_live(each)

    def _remove_live(self, position: tuple[int, int]) -> None:
        (self.path / layout.live_snapshot_file(*position)).unlink(missing_ok=True)

    def rewind(self, epoch: int, step: int, steps: int) -> None:
        """Remove what was written after this step of this epoch of `steps` steps."""

        def remains(row: Row) -> bool:
            if row["kind"] == "epoch" and row["epoch"] == epoch:
                return step == steps
            return (row["epoch"], row["step"]) <= (epoch, step)

        rows = Run(self.path).rows
        with replacing(self.path / layout.HISTORY) as temporary:
            lines = [json.dumps(row) + "\n" for row in rows if remains(row)]
            temporary.write_text("".join(lines), encoding="utf-8")
        for later in Run(self.path).snapshot_epochs:
            if later > epoch:
                (self.path / layout.snapshot_file(later)).unlink()
        for position in Run(self.path).live_snapshots:
            if position > (epoch, step):
                self._remove_live(position)

    def value(self, name: str, default: Any) -> Any:
        """Return a field of status.json."""
        return self._status.get(name, default)

    def outputs(self, **arrays: np.ndarray) -> None:
        """Write what a new model makes of the test images: latents, or a classifier's predictions.

        A GAN makes nothing of them. All results of the last model are removed.
        """
        for name in (*result_files(), *map(layout.progress_file, RESULTS)):
            (self.path / name).unlink(missing_ok=True)
        if arrays:
            is_classifier = "probabilities" in arrays
            self.arrays(layout.PREDICTIONS if is_classifier else layout.LATENTS, **arrays)

    def figures(self, name: str, found: Mapping[str, Any]) -> None:
        """Write measured figures to one of the files of `results.FIGURES`."""
        write_json(self.path / name, found)


@contextmanager
def _removed_if_it_fails(path: Path) -> Generator[None]:
    """Leave nothing of a run's folder that could not be made, and no empty folder above it."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        yield
    except BaseException:
        for name in (layout.CONFIG, layout.METADATA, layout.STATUS):
            with suppress(OSError):
                (path / name).unlink()
        for folder in (path / layout.SNAPSHOTS, *made):
            with suppress(OSError):  # one that holds something else stays
                folder.rmdir()
        raise


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in VERSIONED:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
