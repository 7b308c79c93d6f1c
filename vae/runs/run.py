"""Runs: folders on disk, read without TensorFlow."""

from __future__ import annotations

import copy
import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from vae.config import Config
from vae.data.binarisation import binarise
from vae.errors import ConfigError, RunError, VAEError
from vae.files import open_regular
from vae.runs import inference
from vae.runs.control import LIVE_SETTINGS, Control, Segment, ask, read_control, segments_of
from vae.runs.figures_schema import FIGURES
from vae.runs.history import history_fault, read_rows
from vae.runs.metadata import Metadata, clean_name, read_metadata
from vae.runs.schema import STATES, Info, Status
from vae.schema import read
from vae.short_names import shortened

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.model.vae import VAE

__all__ = [
    "ACTIVE_STATES",
    "STATES",
    "History",
    "Run",
    "how_to_resume",
    "open_run",
]

# A run in one of these states has a process that holds its lock.
ACTIVE_STATES = ("starting", "training")
# Someone who looks whether a run is alive holds its lock for a moment.
LOCK_PATIENCE_SECONDS = 10
ENDED_FROM_OUTSIDE = "The training process was ended from outside."
STOPPED_BEFORE = "Stopped before it began."
RANDOM_ID = re.compile("[0-9a-f]{32}")  # of `new_run_id`: who knows all of it can open the run
SHIPPED = Path(__file__).parents[1] / "pretrained"


def how_to_resume(path: Path) -> str:
    """Return the command that goes on with a run, and its name in Python."""
    return f"python -m vae resume {shlex.quote(str(path))} (in Python: vae.resume)"


class History(list[dict[str, Any]]):
    """The epochs of a run, oldest first: `history[-1]["loss"]` or `history["loss"][-1]`."""

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return [row[key] for row in self]
        return super().__getitem__(key)


@dataclass(frozen=True)
class Run:
    """A run folder as it is now: make a new one to see what has changed since.

    label: the class that a conditional run is told where `encode` and `decode` are given none; see
    `given`.
    """

    path: Path
    label: int | None = None

    @property
    def id(self) -> str:
        """The folder's name, which is what addresses and links carry."""
        return self.path.name

    @property
    def short_id(self) -> str:
        """What tells it apart in a line: the beginning of a random id, or the folder's own name."""
        return self.id[:6] if RANDOM_ID.fullmatch(self.id) else clean_name(self.id)

    @cached_property
    def info(self) -> Info:
        """config.json: configuration, data set, image shape, versions, seed."""
        return read(self.path / "config.json", Info)

    @cached_property
    def config(self) -> Config:
        """The hyperparameters."""
        return Config.from_dict(self.info["config"])

    @property
    def dataset(self) -> str:
        """The name of the data set; `run_images` tells whether it is one that can be loaded."""
        return self.info["dataset"]

    @property
    def fingerprint(self) -> str:
        """`Dataset.fingerprint` of what it learned; "" of a run of an older version."""
        return self.info.get("fingerprint", "")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return tuple(self.info["image_shape"])

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the labels 0, 1, ... stand for."""
        return tuple(self.info["class_names"])

    @cached_property
    def short_class_names(self) -> tuple[str, ...]:
        """The same in at most 24 letters each: a run from elsewhere may have names of 200."""
        return shortened(self.class_names)

    @property
    def classes(self) -> int:
        """How many classes the labels tell apart."""
        return len(self.info["class_names"])

    @property
    def shipped(self) -> bool:
        """Whether the run came with the project."""
        return self.path.parent == SHIPPED

    @cached_property
    def status(self) -> Status:
        """status.json, with the state "interrupted" if the process that wrote it is gone."""
        status = read(self.path / "status.json", Status)
        if status["state"] in ACTIVE_STATES and not self.is_alive():
            # Read again: between the two looks the run may have come to its proper end.
            status = read(self.path / "status.json", Status)
            if status["state"] in ACTIVE_STATES:
                status |= {"state": "interrupted", "reason": ENDED_FROM_OUTSIDE}
        return status

    @property
    def state(self) -> str:
        """One of `STATES`."""
        return self.status["state"]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All rows of the history, several an epoch; a line that is none is left out."""
        try:
            return read_rows(self.path / "history.jsonl")
        except OSError as error:  # not as if it were empty: whoever trains on would write it anew
            raise RunError(
                f"history.jsonl must be readable ({error.strerror}). Received: {self.path}"
            ) from None

    @property
    def steps_per_epoch(self) -> int:
        """The steps of an epoch, which the process says that trains it.

        Of a run that never trained it is the largest step that a row has, and 1 without rows.
        """
        known = self.status.get("steps", 0)
        return known or max((row["step"] for row in self.rows), default=0) or 1

    @cached_property
    def history(self) -> History:
        """One row an epoch: loss, reconstruction, kl, val_loss, ... in nats per image."""
        return History(row for row in self.rows if row["kind"] == "epoch")

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """metrics.json, or an empty dict while there is none that can be read."""
        found = self._figures("metrics.json")
        if self.config.is_density:  # an earlier version measured bits of a density
            found.pop("bits_per_dimension", None)
        return found

    @cached_property
    def class_probes(self) -> dict[str, Any]:
        """knowledge.json, what the space knows of the classes; empty until it was measured."""
        return self._figures("knowledge.json")

    @cached_property
    def likelihood(self) -> dict[str, Any]:
        """likelihood.json: by treatment of the test images; empty until one was measured."""
        return self._figures("likelihood.json")

    @cached_property
    def quality(self) -> dict[str, Any]:
        """quality.json, how good samples are; empty until it was measured."""
        return self._figures("quality.json")

    @property
    def faults(self) -> list[str]:
        """Why files of the folder read as if they were not there, a sentence each."""
        found = []
        for name, kind in FIGURES.items():
            try:
                read(self.path / name, kind)
            except FileNotFoundError:
                continue
            except RunError as error:
                found.append(str(error))
        return [*found, *filter(None, [history_fault(self.path / "history.jsonl")])]

    @cached_property
    def latents(self) -> dict[str, np.ndarray]:
        """Mean and log_var (N, d) and labels y (N,) of the test images; empty until evaluated."""
        return self.arrays("latents")

    @property
    def snapshot_epochs(self) -> list[int]:
        """Epochs with a snapshot, from 0, the untrained network."""
        return sorted(int(path.stem) for path in (self.path / "snapshots").glob("[0-9]*.npz"))

    def snapshot(self, epoch: int) -> dict[str, np.ndarray]:
        """Samples and reconstructions (uint8) and latent means after an epoch."""
        return self.arrays(f"snapshots/{epoch:04d}")

    @cached_property
    def fixed(self) -> dict[str, np.ndarray]:
        """The z, images and labels that every snapshot was taken with."""
        return self.arrays("snapshots/fixed")

    @property
    def has_model(self) -> bool:
        """Whether `encode` and `decode` work."""
        return all((self.path / f"{name}.onnx").is_file() for name in ("encoder", "decoder"))

    def check_images(self, dataset: Dataset) -> None:
        """Raise RunError if the images of a data set have another shape than the run's.

        A conditional run also needs as many classes as it has.
        """
        if dataset.image_shape != self.image_shape:
            raise RunError(
                f"This run learns images of shape {self.image_shape}. Received: {dataset.name}, "
                f"whose images have shape {dataset.image_shape}"
            )
        if self.config.is_conditional and dataset.classes != self.classes:
            raise RunError(
                f"This run is told one of {self.classes} classes. Received: {dataset.name}, which "
                f"has {dataset.classes}"
            )

    def preprocess(self, images: np.ndarray) -> np.ndarray:
        """Return images (N, H, W, C), uint8, in the treatment that this run has learned.

        The test images are drawn black or white exactly as they were when it was measured.
        """
        return binarise(images, self.config.binarisation)

    def conditioned_on(self, label: int | None) -> Run:
        """Return the same run, which is told this class wherever it is given no label.

        What was read of its folder is shared. A run of another kind is told nothing: it is itself.
        Raises RunError for a class that there is not.
        """
        if not self.config.is_conditional or label == self.label:
            return self
        if label is not None:
            inference.one_hot(label, 1, self.classes)
        view = copy.copy(self)
        object.__setattr__(view, "label", label)
        return view

    def encode(self, images: np.ndarray, labels: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Encode images (N, H, W, C), uint8 or floats in [0, 1] -> mean, log_var (N, d).

        labels: (N,), or one for all, which a conditional run alone looks at: the posterior is then
        q(z | x, y). Without them it is told its own `label`; raises RunError if it has none.
        """
        told = self._told(labels)
        return inference.encode(self.path / "encoder.onnx", images, self.image_shape, *told)

    def decode(self, z: np.ndarray, labels: Any = None) -> np.ndarray:
        """Decode z (N, d) -> images (N, H, W, C), float32 in [0, 1]; labels as in `encode`."""
        told = self._told(labels)
        return inference.decode(self.path / "decoder.onnx", z, self.config.latent_dim, *told)

    def load_model(self) -> VAE:
        """Return the Keras model; this imports TensorFlow."""
        from vae.model.saving import load_model

        return load_model(self.path, self.config, self.image_shape, self.classes)

    def waits_for(self, config: Config, dataset: str) -> bool:
        """Whether this folder was made for such a run, and the run has not begun."""
        fresh = self.status["state"] in ("queued", "starting") and not self.rows
        return fresh and self.config == config and self.dataset == dataset

    def lock(self) -> FileLock:
        """Return the lock that a run's process holds as long as it lives."""
        return FileLock(self.path / "lock")

    def is_alive(self) -> bool:
        """Whether a process holds the run; the system lets go of the lock of a killed one."""
        if not self.path.is_dir():
            return False  # to lock it would make the folder
        try:
            with self.lock().acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False  # a folder that cannot be written to has no process either

    @property
    def control(self) -> Control:
        """What is asked of the run, as it is now."""
        return read_control(self.path)

    @property
    def epochs(self) -> int:
        """The epoch at which the run is to end: those configured, and those added since."""
        return segments_of(self.config, self.control)[-1].until

    @property
    def settings(self) -> Config:
        """The configuration with the settings that were changed while the run trained."""
        return self.config.replace(**self.control.settings)

    def ask(self, action: str) -> Control:
        """Ask the run's process for one of `ACTIONS`; whoever trains it sees it within a second."""
        return ask(self.path, action)

    def ask_to_show(self) -> Control:
        """Ask the run's process for its model as it is now, to encode and decode with."""
        return ask(self.path, show=True)

    def change(self, **settings: float) -> Control:
        """Change beta, learning_rate or noise from the next step on.

        Raises ConfigError for a value outside its range or a setting that cannot change.
        """
        fixed = sorted(set(settings) - set(LIVE_SETTINGS))
        if fixed:
            raise ConfigError(
                f"Settings that act at once are {', '.join(LIVE_SETTINGS)}. "
                f"Received: {', '.join(fixed)}, which a new run takes"
            )
        changed = self.settings.replace(**settings)
        return ask(self.path, settings={name: getattr(changed, name) for name in settings})

    def request_resume(self, more_epochs: int = 0) -> Control:
        """Ask that the run goes on from its last checkpoint, perhaps beyond its last epoch.

        Raises as `check_can_resume`.
        """
        self.check_can_resume(more_epochs)
        return ask(
            self.path, "run", segment=self.next_segment(more_epochs) if more_epochs else None
        )

    def check_can_resume(self, more_epochs: int = 0) -> None:
        """Raise RunError if there is no checkpoint or nothing left to do.

        Raises ConfigError if the epochs become too many, or are fewer than none.
        """
        if not self.can_resume:
            raise RunError(f"To go on, a run needs its checkpoint.npz. Received: {self.path}")
        if more_epochs < 0:
            raise ConfigError(f"A run goes on for more epochs, or as many. Received: {more_epochs}")
        if more_epochs:
            self.config.replace(epochs=self.next_segment(more_epochs).until)
        elif self.state == "finished" and self.epochs <= self.status.get("until", self.epochs):
            raise RunError("A finished run goes on for more epochs: say how many. Received: 0 more")

    def next_segment(self, more_epochs: int) -> Segment:
        """Return the epochs that would follow those that the run has or is to have."""
        # One that early stopping ended goes on from there, not from where it was to end.
        finished = self.state == "finished"
        after = int(self.status.get("epoch", 0)) if finished else self.epochs
        return Segment(after, after + more_epochs)

    @property
    def can_resume(self) -> bool:
        """Whether there is a checkpoint to go on from, or nothing yet that could be lost."""
        checkpoint = (self.path / "checkpoint.npz").is_file()
        return checkpoint or not (self.has_model or self.rows)

    @property
    def has_learned_more(self) -> bool:
        """Whether the checkpoint is newer than the model that the run has, if it has one."""
        saved, model = (self.path / name for name in ("checkpoint.npz", "model.keras"))
        if not saved.is_file():
            return False
        return not model.is_file() or model.stat().st_mtime_ns < saved.stat().st_mtime_ns

    @cached_property
    def metadata(self) -> Metadata:
        """Its name, its owner, and whether it was deleted."""
        return read_metadata(self.path)

    def _told(self, labels: Any) -> tuple[Any, ...]:
        """Return the labels that the networks are told, and of how many classes; () if of none."""
        if not self.config.is_conditional:
            return ()
        return self.label if labels is None else labels, self.classes

    def _figures(self, name: str) -> dict[str, Any]:
        """Return what was measured; a damaged file says nothing, and `faults` says why."""
        try:
            return read(self.path / name, FIGURES[name])
        except (FileNotFoundError, RunError):
            return {}

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Read NAME.npz of the folder; empty if there is none."""
        try:
            with (
                open_regular(self.path / f"{name}.npz") as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                return dict(arrays)
        except FileNotFoundError:
            return {}
        except Exception as error:
            # A damaged file fails in a dozen ways: zip, zlib, npy header, pickled data, ...
            raise RunError(
                f"{name}.npz must hold arrays ({error}). Received: {self.path}"
            ) from None


def open_run(path: Path | str) -> Run:
    """Open a run folder; raises RunError if it is missing, damaged or no run folder."""
    run = Run(Path(path))
    try:
        found = bool((run.path / "config.json").stat())
    except PermissionError:
        found = True  # what reads it says so
    except (OSError, ValueError):  # none there, or a path that cannot be one
        found = False
    if not found:
        raise RunError(f"A run folder holds config.json and status.json. Received: {path!s:.200}")
    try:
        # Every access here fails for a foreign file, rather than on the page that comes to need it.
        _ = run.config, run.status
    except FileNotFoundError:
        raise RunError(
            f"A run folder holds config.json and status.json. Received: {path!s:.200}, without one"
        ) from None
    except VAEError as error:
        raise RunError(f"{path} is not a run that this version can read: {error}") from None
    return run
