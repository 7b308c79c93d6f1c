"""A run: its folder, its model to encode and decode with, and what is requested of it."""

from __future__ import annotations

import copy
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from vae.data.binarisation import binarise
from vae.errors import RunError, VAEError
from vae.kinds import KINDS, Part, with_article
from vae.runs import inference, layout
from vae.runs.folder import ACTIVE_STATES, FAMILIES, SHIPPED
from vae.runs.lock import run_lock
from vae.runs.measured import MeasuredRun
from vae.runs.requests import Requests

if TYPE_CHECKING:
    from vae.data.datasets import Dataset

__all__ = [
    "ACTIVE_STATES",
    "FAMILIES",
    "SHIPPED",
    "STOPPED_BEFORE",
    "Run",
    "how_to_resume",
    "open_run",
]

STOPPED_BEFORE = "Stopped before it began."


def how_to_resume(path: Path) -> str:
    """Return the command that resumes a run, and its name in Python."""
    return f"python -m vae resume {shlex.quote(str(path))} (in Python: vae.resume)"


@dataclass(frozen=True)
class Run(MeasuredRun):
    """A run as it is when it is read: make a new one to see what has changed since.

    label: the class that a conditional run's networks take where `encode` and `decode` get none;
    see `conditioned_on`.
    """

    label: int | None = None

    def check_images(self, dataset: Dataset) -> None:
        """Raise RunError if the images of a data set have another shape than the run's.

        One whose model knows the classes also needs as many as it has.
        """
        if dataset.image_shape != self.image_shape:
            raise RunError(
                f"This run learns images of shape {self.image_shape}. Received: {dataset.name}, "
                f"whose images have shape {dataset.image_shape}"
            )
        knows_classes = self.config.conditional or self.config.has("classifier")
        if knows_classes and dataset.classes != self.classes:
            raise RunError(
                f"This run gets one of {self.classes} classes. Received: {dataset.name}, which "
                f"has {dataset.classes}"
            )

    def preprocess(self, images: np.ndarray) -> np.ndarray:
        """Return images uint8 (N, H, W, C) in the treatment of this run's training images.

        Test images are sampled black or white exactly as they were when it was measured.
        """
        return binarise(images, self.config.binarisation)

    def conditioned_on(self, label: int | None) -> Run:
        """Return the same run with this class wherever it gets no label.

        What was read of its folder is shared. An unconditional run is returned as it is. Raises
        RunError for a class that does not exist.
        """
        if not self.config.conditional or label == self.label:
            return self
        if label is not None:
            inference.one_hot(label, 1, self.classes)
        view = copy.copy(self)
        object.__setattr__(view, "label", label)
        return view

    def encode(self, images: np.ndarray, labels: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Encode images (N, H, W, C), uint8 or floats in [0, 1] -> mean, log_var (N, d).

        labels: (N,), or one for all, which only a conditional run uses: its posterior is q(z | x,
        y). Without them it takes its own `label`; raises RunError if it has none.
        """
        conditions = self._conditions(labels)
        return inference.encode(self._network("encoder"), images, self.image_shape, *conditions)

    def decode(self, z: np.ndarray, labels: Any = None) -> np.ndarray:
        """Decode z (N, d) -> images (N, H, W, C), float32 in [0, 1]; labels as in `encode`."""
        conditions = self._conditions(labels)
        return inference.decode(self._network("decoder"), z, self.config.latent_dim, *conditions)

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Classify images (N, H, W, C), uint8 or floats in [0, 1] -> probabilities (N, classes).

        Raises RunError for a run whose model is no classifier.
        """
        return inference.classify(self._network("classifier"), images, self.image_shape)

    def lock(self) -> FileLock:
        """Return the lock that a run's process holds as long as it lives."""
        return run_lock(self.path)

    @property
    def requests(self) -> Requests:
        """Writes what is requested of the run: actions, settings, more epochs."""
        return Requests(self)

    def load_model(self) -> Any:
        """Return the Keras model; this imports TensorFlow."""
        from vae.model.saving import load_model

        return load_model(self.path, self.config, self.image_shape, self.classes)

    def require(self, part: Part) -> None:
        """Raise RunError unless the run's model has a network or another part: see `kinds`."""
        if not self.config.has(part):
            having = ", ".join(kind.name for kind in KINDS.values() if kind.has(part))
            raise RunError(
                f"{with_article(self.config.noun)} has no {part}: train one that has "
                f"(kind={having}). Received: {self.path}"
            )

    def _network(self, name: Part) -> Path:
        """Return the file of one of its networks; raises as `require`."""
        self.require(name)
        return self.path / layout.network_file(name)

    def _conditions(self, labels: Any) -> tuple[Any, ...]:
        """Return the labels that the networks take and the number of classes; () without labels."""
        if not self.config.conditional:
            return ()
        return self.label if labels is None else labels, self.classes


def open_run(path: Path | str) -> Run:
    """Open a run folder; raises RunError if it is missing, damaged or no run folder."""
    run = Run(Path(path))
    try:
        found = bool((run.path / layout.CONFIG).stat())
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
