"""What the files of a run's folder say: read without TensorFlow, and nothing is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from vae.config import Config
from vae.errors import RunError
from vae.files import open_regular
from vae.kinds import KINDS
from vae.runs import layout
from vae.runs.control import Control, read_control, segments_of, with_live_settings
from vae.runs.history import History, read_rows
from vae.runs.lock import is_held
from vae.runs.metadata import Metadata, clean_name, read_metadata
from vae.runs.schema import Info, Row, RunState, Status
from vae.runs.short_names import shortened
from vae.schemas.reading import Words, read

__all__ = ["ACTIVE_STATES", "ENDED_FROM_OUTSIDE", "FAMILIES", "SHIPPED", "RunFolder"]

# A run in one of these states has a process that holds its lock.
ACTIVE_STATES = (RunState.STARTING, RunState.TRAINING)
ENDED_FROM_OUTSIDE = "The training process was ended from outside."
RANDOM_ID = re.compile("[0-9a-f]{32}")  # of `new_run_id`: who knows all of it can open the run
SHIPPED = Path(__file__).parents[1] / "pretrained"
FAMILIES = SHIPPED / "families"  # of runs that open by their id, but are in no list


@dataclass(frozen=True)
class RunFolder:
    """A run's folder as it is when it is read: make a new one to see what has changed since."""

    path: Path

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
        return read(self.path / layout.CONFIG, Info)

    @cached_property
    def config(self) -> Config:
        """The hyperparameters."""
        return Config.from_run(self.info["config"])

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
        height, width, channels = self.info["image_shape"]
        return height, width, channels

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the labels 0, 1, ... stand for."""
        return tuple(self.info["class_names"])

    @cached_property
    def short_class_names(self) -> tuple[str, ...]:
        """The same in at most 24 letters each: an imported run may have names of 200."""
        return shortened(self.class_names)

    @property
    def classes(self) -> int:
        """How many classes the labels tell apart."""
        return len(self.info["class_names"])

    @property
    def shipped(self) -> bool:
        """Whether the run came with the project."""
        return SHIPPED in self.path.parents

    @cached_property
    def status(self) -> Status:
        """status.json, with the state "interrupted" if the process that wrote it is gone."""
        status = read(self.path / layout.STATUS, Status)
        if status["state"] in ACTIVE_STATES and not self.is_alive():
            # Read again: in between the run may have come to its proper end.
            status = read(self.path / layout.STATUS, Status)
            if status["state"] in ACTIVE_STATES:
                status["state"] = RunState.INTERRUPTED
                status["reason"] = Words(ENDED_FROM_OUTSIDE)
        return status

    @property
    def state(self) -> RunState:
        """Where it stands."""
        return self.status["state"]

    @cached_property
    def rows(self) -> list[Row]:
        """All rows of the history, several an epoch; an invalid line is left out.

        Raises RunError for a file that cannot be read.
        """
        try:
            return read_rows(self.path / layout.HISTORY)
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

    @property
    def snapshot_epochs(self) -> list[int]:
        """Epochs with a snapshot, from 0, the untrained network."""
        return sorted(int(path.stem) for path in (self.path / layout.SNAPSHOTS).glob("[0-9]*.npz"))

    def snapshot(self, epoch: int) -> dict[str, np.ndarray]:
        """After an epoch: samples and reconstructions, uint8 (N, H, W, C), latent means (N, d).

        Of a classifier: probabilities of the fixed images, and the confusion of held-back ones. Of
        a GAN: samples.
        """
        return self.arrays(layout.snapshot_file(epoch))

    @property
    def live_snapshots(self) -> list[tuple[int, int]]:
        """Epoch and step of the snapshots within epochs that are there, in their order.

        Of a run that trains they are the last few, and of one that ended within an epoch its end.
        """
        files = (self.path / layout.SNAPSHOTS).glob("live-*.npz")
        return sorted(filter(None, (layout.live_snapshot_position(file.name) for file in files)))

    @cached_property
    def fixed(self) -> dict[str, np.ndarray]:
        """What every snapshot was taken with: z (N, d), images (N, H, W, C), labels (N,).

        A classifier has no z, and a GAN has z alone.
        """
        return self.arrays(layout.FIXED)

    @property
    def has_model(self) -> bool:
        """Whether its networks can be called, with `encode` and `decode` those that it has."""
        return all((self.path / name).is_file() for name in self.network_files)

    @property
    def network_files(self) -> list[str]:
        """The names of the ONNX files that a run of this kind has, or is to have."""
        return [layout.network_file(name) for name in KINDS[self.config.kind].networks]

    @property
    def control(self) -> Control:
        """What is requested of the run, as it is now."""
        return read_control(self.path)

    @property
    def epochs(self) -> int:
        """The epoch at which the run is to end: those configured, and those added since."""
        return segments_of(self.config, self.control)[-1].until

    @property
    def settings(self) -> Config:
        """The configuration with the settings that were changed while the run trained."""
        return with_live_settings(self.config, self.control.settings)

    @property
    def can_resume(self) -> bool:
        """Whether there is a checkpoint to resume from, or nothing yet that could be lost."""
        checkpoint = (self.path / layout.CHECKPOINT).is_file()
        return checkpoint or not (self.has_model or self.rows)

    @property
    def has_learned_more(self) -> bool:
        """Whether the checkpoint is newer than the model that the run has, if it has one."""
        saved, model = (self.path / name for name in (layout.CHECKPOINT, layout.MODEL))
        if not saved.is_file():
            return False
        return not model.is_file() or model.stat().st_mtime_ns < saved.stat().st_mtime_ns

    @cached_property
    def metadata(self) -> Metadata:
        """Its name, its owner, and whether it was deleted."""
        return read_metadata(self.path)

    def waits_for(self, config: Config, dataset: str) -> bool:
        """Whether this folder was made for such a run, and the run has not begun."""
        fresh = self.state in (RunState.QUEUED, RunState.STARTING) and not self.rows
        return fresh and self.config == config and self.dataset == dataset

    def is_alive(self) -> bool:
        """Whether a process holds the run."""
        return is_held(self.path)

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Read one of the array files of `layout`; empty if there is none.

        Raises RunError for a damaged one.
        """
        path = self.path / layout.array_file(name)
        try:
            with (
                open_regular(path) as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                return dict(arrays)
        except FileNotFoundError:
            return {}
        except Exception as error:
            # A damaged file fails in a dozen ways: zip, zlib, npy header, pickled data, ...
            raise RunError(f"{name} must hold arrays ({error}). Received: {self.path}") from None
