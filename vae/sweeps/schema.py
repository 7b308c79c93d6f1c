"""What the files of a sweep hold."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from vae.runs.schema import RunState
from vae.schemas.reading import AnyText, Count, Number, Positive, Seconds, Text
from vae.studies.schema import StudyHead

__all__ = ["Metric", "Proposal", "RunningRun", "RunsIn", "Search", "SweepRow", "SweepSettings"]

Side = Annotated[int, Meta(ge=1, le=512)]
# A folder of the sweep's own, or the runs folder of the app, in whose .studies it stands.
RunsIn = Literal["own", "shared"]
Metric = Literal[
    "elbo", "loss", "reconstruction", "kl", "active_units", "accuracy", "discriminator_loss"
]


class ExcludedSettings(TypedDict):
    """A combination that is left out of the grid, and why."""

    settings: dict[AnyText, Any]
    reason: AnyText


class Bounds(TypedDict):
    """A range from which proposals take a setting."""

    low: Number
    high: Number
    log: bool


class Search(TypedDict):
    """What a sampler proposes values from, instead of a grid: trials in all, by one metric."""

    trials: Positive
    metric: Metric
    ranges: dict[AnyText, Bounds]  # the other settings have their values in `vary`


class Proposal(TypedDict):
    """A line of proposals.jsonl. reason: why these settings cannot be trained, or ""."""

    number: Count
    settings: dict[AnyText, Any]
    reason: AnyText


class SweepSettings(StudyHead):
    """study.json. config: of all runs, with the first seed. vary: the values of each setting."""

    dataset: Text
    fingerprint: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    image_shape: Annotated[list[Side], Meta(min_length=3, max_length=3)]
    class_names: Annotated[list[Text], Meta(min_length=1, max_length=256)]
    train_images: Positive
    test_images: Positive
    config: dict[AnyText, Any]
    vary: dict[AnyText, list[Any]]
    seeds: Positive
    excluded: list[ExcludedSettings]
    runs: RunsIn
    search: NotRequired[Search]
    versions: dict[AnyText, Text]
    # That TensorFlow sums with, which decides the last digits: of runs on a cluster. Older ones
    # have none.
    threads: NotRequired[Positive]


class RunningRun(TypedDict):
    """A value of running.json: a run that another machine trains. epoch: of so many, done."""

    epoch: Count
    epochs: Count
    loss: Number  # the last one, as in the history


class SweepRow(TypedDict):
    """A line of rows.jsonl: one run that has ended.

    metrics: the numbers of metrics.json, in nats per image where they are nats. seconds: that it
    trained. reason: of one that diverged, failed or was stopped.
    """

    settings: dict[AnyText, Any]
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    run: AnyText  # its folder's name
    state: RunState
    metrics: dict[AnyText, Number]
    seconds: Seconds
    reason: AnyText
