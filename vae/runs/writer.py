"""Writes a run folder: the one source of truth about a run."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.files import open_regular, replacing, write_json, writing_to
from vae.runs.metadata import write_metadata
from vae.runs.run import Run, how_to_resume
from vae.runs.schema import Status
from vae.schema import read

__all__ = ["RunWriter", "check_free", "new_run_id"]

VERSIONED = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "onnxruntime")
# What is computed of a model, when somebody asks for it, and what was told of that.
OF_ONE_MODEL = (
    *("tsne.npz", "tsne-3d.npz", "tsne-progress.json"),
    *("knowledge.json", "knowledge-progress.json"),
    *("likelihood.json", "likelihood-progress.json"),
    *("quality.json", "quality-progress.json"),
    *("samplers.npz", "samplers-progress.json"),
)


def new_run_id() -> str:
    """Return 128 random bits as text: who does not have it cannot guess it."""
    return secrets.token_hex(16)


def check_free(path: Path) -> None:
    """Raise RunError if a folder holds a run already; the error says how that one goes on."""
    if (path / "config.json").exists():
        raise RunError(
            f"A new run needs a folder of its own. Received: {path}, which holds one; to go on "
            f"with that one: {how_to_resume(path)}"
        )


class RunWriter:
    """Writes the files of one run folder, each of them atomically.

    Raises RunError if the folder cannot be made or already holds a run.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._status: dict[str, Any] = {}

    @classmethod
    def create(cls, path: Path, config: Config, dataset: Dataset, owner: str = "") -> RunWriter:
        """Make the folder of a run that is about to wait for its start; owner: whose it is."""
        check_free(path)
        with (
            writing_to(path, "Runs need a folder that can be written to"),
            _removed_if_it_fails(path),
        ):
            (path / "snapshots").mkdir(parents=True, exist_ok=True)
            writer = cls(path)
            writer.status(state="queued", created=_now())
            # Also if there is nothing to say: then the run can be deleted on a full disk.
            write_metadata(path, owner=owner)
            # Last, because a folder counts as a run from here on.
            write_json(
                path / "config.json",
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
        """Go on writing a folder that `create` made."""
        writer = cls(path)
        writer._status = read(path / "status.json", Status)
        return writer

    def status(self, *, must: bool = False, **changes: Any) -> None:
        """Change what the run says of itself; must: also where the disk is full."""
        self._status |= {**changes, "updated": _now()}
        write_json(self.path / "status.json", self._status, must=must)

    def row(self, row: dict[str, Any]) -> None:
        """Append one line to the history."""
        line = json.dumps(row, allow_nan=False) + "\n"
        with open_regular(self.path / "history.jsonl", "ab") as file:
            file.write(line.encode())

    def arrays(self, name: str, **arrays: np.ndarray) -> None:
        """Write named arrays to `name`.npz."""
        path = self.path / f"{name}.npz"
        with replacing(path) as temporary:
            np.savez_compressed(temporary, **arrays)

    def rewind(self, epoch: int, step: int, steps: int) -> None:
        """Forget what was written after this step of this epoch, which `steps` make whole."""

        def stays(row: dict[str, Any]) -> bool:
            if row["kind"] == "epoch" and row["epoch"] == epoch:
                return step == steps
            return (row["epoch"], row["step"]) <= (epoch, step)

        rows = Run(self.path).rows
        with replacing(self.path / "history.jsonl") as temporary:
            lines = [json.dumps(row) + "\n" for row in rows if stays(row)]
            temporary.write_text("".join(lines), encoding="utf-8")
        for later in Run(self.path).snapshot_epochs:
            if later > epoch:
                (self.path / "snapshots" / f"{later:04d}.npz").unlink()

    def value(self, name: str, default: Any) -> Any:
        """Return what the run says of itself under a name."""
        return self._status.get(name, default)

    def latents(self, **arrays: np.ndarray) -> None:
        """Write the latent means of a new model; what was computed of the last one goes."""
        for name in OF_ONE_MODEL:
            (self.path / name).unlink(missing_ok=True)
        self.arrays("latents", **arrays)

    def class_probes(self, found: dict[str, Any]) -> None:
        """Write what the latent space knows of the classes."""
        write_json(self.path / "knowledge.json", found)

    def likelihood(self, found: dict[str, Any]) -> None:
        """Write importance-sampled likelihoods by the treatment of the images."""
        write_json(self.path / "likelihood.json", found)

    def quality(self, found: dict[str, Any]) -> None:
        """Write how good samples are."""
        write_json(self.path / "quality.json", found)

    def metrics(self, metrics: dict[str, Any]) -> None:
        """Write what evaluation found, with its settings."""
        write_json(self.path / "metrics.json", metrics)


@contextmanager
def _removed_if_it_fails(path: Path) -> Iterator[None]:
    """Leave nothing of a run's folder that could not be made, and no empty folder above it."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        yield
    except BaseException:
        for name in ("config.json", "about.json", "status.json"):
            with suppress(OSError):
                (path / name).unlink()
        for folder in (path / "snapshots", *made):
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
