"""The names of a run's files: everybody imports them, except `model`, which stands below.

Only what reads old folders and foreign zips depends on them too, so none of them ever changes.
"""

from __future__ import annotations

import re

__all__ = [
    "BEST",
    "CHECKPOINT",
    "CLASSIFICATION",
    "CLASSIFICATION_REQUEST",
    "CLASS_PROBES",
    "CONFIG",
    "CONTROL",
    "DECODER",
    "ENCODER",
    "FIXED",
    "HISTORY",
    "LATENTS",
    "LIKELIHOOD",
    "LIKELIHOOD_REQUEST",
    "LOCK",
    "LOG",
    "METADATA",
    "METRICS",
    "MODEL",
    "PREDICTIONS",
    "QUALITY",
    "SAMPLERS",
    "SNAPSHOTS",
    "STATUS",
    "STEP",
    "TSNE",
    "array_file",
    "live_snapshot_file",
    "live_snapshot_position",
    "network_file",
    "progress_file",
    "snapshot_file",
]

# What a run is and how it stands.
CONFIG = "config.json"  # configuration, data set, versions, seed: a folder that has it is a run
STATUS = "status.json"
METADATA = "about.json"  # name, owner, deletion
CONTROL = "control.json"  # what is requested of it
HISTORY = "history.jsonl"
LOCK = "lock"  # its process holds it
LOG = "worker.log"

# What training needs to resume, and to show.
CHECKPOINT = "checkpoint.npz"
BEST = "best.npz"  # weights of the best epoch, for early stopping
STEP = "step.npz"  # one step, taken apart
SNAPSHOTS = "snapshots"
FIXED = f"{SNAPSHOTS}/fixed.npz"  # what every snapshot is taken of

# The model, and what its evaluation found.
MODEL = "model.keras"
ENCODER = "encoder.onnx"  # as `network_file` calls it, and so is the next one
DECODER = "decoder.onnx"
LATENTS = "latents.npz"
PREDICTIONS = "predictions.npz"  # of a classifier
METRICS = "metrics.json"

# What a worker computes of the model on request: see `results`.
TSNE = {2: "tsne.npz", 3: "tsne-3d.npz"}  # by the number of dimensions
CLASS_PROBES = "knowledge.json"
LIKELIHOOD = "likelihood.json"
LIKELIHOOD_REQUEST = "likelihood-asked.json"
QUALITY = "quality.json"
CLASSIFICATION = "classification.json"
CLASSIFICATION_REQUEST = "classification-asked.json"
SAMPLERS = "samplers.npz"

_LIVE = re.compile(r"live-([0-9]{4,9})-([0-9]{7,12})\.npz")


def array_file(name: str) -> str:
    """Return the name of an array file; raises ValueError for a name without the suffix.

    NumPy would add it, and then the file that is written is not the one that is read.
    """
    if not name.endswith(".npz"):
        raise ValueError(f"An array file is called NAME.npz. Received: {name!r}")
    return name


def snapshot_file(epoch: int) -> str:
    """Return the name of an epoch's snapshot; 0 is the untrained network."""
    return f"{SNAPSHOTS}/{epoch:04d}.npz"


def live_snapshot_file(epoch: int, step: int) -> str:
    """Return the name of a snapshot within an epoch, of which the last few of a training stay."""
    return f"{SNAPSHOTS}/live-{epoch:04d}-{step:07d}.npz"


def live_snapshot_position(name: str) -> tuple[int, int] | None:
    """Return epoch and step of a file's name without its folder; None if it is no live snapshot."""
    found = _LIVE.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def network_file(network: str) -> str:
    """Return the name of the ONNX file of a network; which a kind of model has `kinds` says."""
    return f"{network}.onnx"


def progress_file(job: str) -> str:
    """Return the name of the file that says how far a job beside training is."""
    return f"{job}-progress.json"
