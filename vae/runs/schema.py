"""What config.json, status.json and the rows of history.jsonl hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict, final

import msgspec
from msgspec import Meta

from vae.errors import RunError
from vae.schemas.reading import (
    Count,
    Fraction,
    Number,
    Positive,
    Seconds,
    Text,
    Words,
    decode,
    decoder,
)

__all__ = [
    "AccuracyRow",
    "AdversarialRow",
    "ChangeRow",
    "ElboRow",
    "Info",
    "LearnedRow",
    "Row",
    "RunState",
    "Status",
    "StatusChanges",
    "decode_row",
    "elbo_rows",
]


class RunState(StrEnum):
    """Where a run stands, as status.json says it."""

    QUEUED = "queued"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


Side = Annotated[int, Meta(ge=1, le=512)]


class Info(TypedDict):
    """config.json; what its `config` holds `vae.config.Config` checks."""

    format: Literal[1]
    config: dict[str, Any]
    dataset: Text
    image_shape: Annotated[list[Side], Meta(min_length=3, max_length=3)]
    class_names: Annotated[list[Text], Meta(min_length=1, max_length=256)]  # labels are uint8
    images: NotRequired[Count]
    seed: NotRequired[Annotated[int, Meta(ge=0, le=2**31 - 1)]]
    versions: NotRequired[Annotated[dict[Text, Text], Meta(max_length=20)]]
    # Whose images the run learned: those of another data set of this name have another one.
    fingerprint: NotRequired[Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]]
    place: NotRequired[Count]  # of a shipped run, among the others


class Status(TypedDict):
    """status.json."""

    state: RunState
    before: NotRequired[RunState]  # what it is again if it cannot be resumed
    created: Text  # as ISO 8601 has it, so that the order of texts is that of time
    updated: NotRequired[Text]
    reason: NotRequired[Words]
    pid: NotRequired[Count]
    imported: NotRequired[bool]
    epoch: NotRequired[Count]
    step: NotRequired[Count]
    steps: NotRequired[Count]
    until: NotRequired[Count]
    kept: NotRequired[Annotated[list[Count], Meta(max_length=2)]]  # epoch, step
    taken_up: NotRequired[Annotated[list[Count], Meta(max_length=2)]]
    model_epoch: NotRequired[Count]
    serial: NotRequired[Count]
    shown: NotRequired[Count]
    look_failed: NotRequired[bool]
    images_per_second: NotRequired[Annotated[int, Meta(ge=0, le=10**15)]]
    seconds_per_epoch: NotRequired[Seconds]
    seconds_trained: NotRequired[Seconds]


class StatusChanges(TypedDict, total=False):
    """Fields of `Status` that a process or the queue writes."""

    state: str  # one of `RunState`
    before: str
    created: str
    reason: str
    pid: int
    imported: bool
    epoch: int
    step: int
    steps: int
    until: int
    kept: list[int]
    taken_up: list[int]
    model_epoch: int
    serial: int
    shown: int
    look_failed: bool
    images_per_second: int
    seconds_per_epoch: float
    seconds_trained: float


Nats = Annotated[list[Number], Meta(max_length=128)]  # of each latent dimension


@final
class ElboRow(TypedDict):
    """The means over some steps or over an epoch, in nats per image."""

    kind: Literal["step", "epoch"]
    epoch: Count
    step: Positive
    loss: Number
    reconstruction: Number
    kl: Number
    kl_per_dimension: Nats
    beta: Number
    learning_rate: Number
    noise: NotRequired[Number]
    gradient_norm: NotRequired[Number]
    prior_distance: NotRequired[Number]
    pixel_deviation: NotRequired[Number]
    capacity: NotRequired[Number]
    # All of these, or none.
    val_loss: NotRequired[Number]
    val_reconstruction: NotRequired[Number]
    val_kl: NotRequired[Number]
    val_kl_per_dimension: NotRequired[Nats]


@final
class AccuracyRow(TypedDict):
    """The same of a classifier: cross-entropy in nats per image, and fraction of right answers."""

    kind: Literal["step", "epoch"]
    epoch: Count
    step: Positive
    loss: Number
    accuracy: Fraction
    learning_rate: Number
    gradient_norm: NotRequired[Number]
    # Both, or none.
    val_loss: NotRequired[Number]
    val_accuracy: NotRequired[Fraction]


@final
class AdversarialRow(TypedDict):
    """The same of a GAN: its losses in nats per image, loss the generator's; means of D(x)."""

    kind: Literal["step", "epoch"]
    epoch: Count
    step: Positive
    loss: Number
    discriminator_loss: Number
    d_real: Fraction
    d_fake: Fraction
    learning_rate: Number
    gradient_norm: NotRequired[Number]
    discriminator_gradient_norm: NotRequired[Number]


@final
class ChangeRow(TypedDict):
    """A moment at which live settings were changed."""

    kind: Literal["change"]
    epoch: Count
    step: Count
    beta: NotRequired[Number]
    learning_rate: NotRequired[Number]
    noise: NotRequired[Number]
    gradient_penalty: NotRequired[Number]
    epochs: NotRequired[Count]


LearnedRow = ElboRow | AccuracyRow | AdversarialRow
Row = LearnedRow | ChangeRow


class _Kind(msgspec.Struct):
    kind: Literal["step", "epoch", "change"]
    accuracy: Any = None
    discriminator_loss: Any = None


PARTS = ("loss", "reconstruction", "kl", "kl_per_dimension")
VALIDATION = frozenset(f"val_{name}" for name in PARTS)
ACCURACY_VALIDATION = frozenset({"val_loss", "val_accuracy"})
_elbo_row = decoder(ElboRow)


def elbo_rows(rows: Iterable[Row]) -> list[ElboRow]:
    """Return those of rows that hold a reconstruction and a KL: neither changes nor accuracies."""
    return [row for row in rows if "reconstruction" in row]


def decode_row(line: bytes) -> Row:
    """Return a row of a history; raises RunError for anything else."""
    try:
        row = _elbo_row.decode(line)  # which nearly all are
    except (ValueError, RecursionError):
        found = decode("A row", line, _Kind)
        if found.kind == "change":
            return decode("A row", line, ChangeRow)
        if found.discriminator_loss is not None:
            return decode("A row", line, AdversarialRow)
        if found.accuracy is None:
            return decode("A row", line, ElboRow)
        row = decode("A row", line, AccuracyRow)
    expected = VALIDATION if "kl" in row else ACCURACY_VALIDATION
    held = expected & row.keys()
    if held and held != expected:
        raise RunError(
            f"A row with validation has {', '.join(sorted(expected))}. "
            f"Received: no {', '.join(sorted(expected - held))}"
        )
    return row
