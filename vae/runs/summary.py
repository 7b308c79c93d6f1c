"""What the table of runs says of one run, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from vae.data.specs import DATASETS
from vae.errors import RunError
from vae.presets import preset_changes
from vae.runs import layout
from vae.runs.run import Run
from vae.runs.run_images import known_dataset

__all__ = ["SUMMARY_FILES", "RunSummary", "summarize"]

# A summary rests on these, and on nothing else.
SUMMARY_FILES = (
    layout.CONFIG,
    layout.STATUS,
    layout.METADATA,
    layout.CONTROL,
    layout.HISTORY,
    layout.METRICS,
    layout.LIKELIHOOD,
    layout.QUALITY,
)
MAX_POINTS = 30  # of a curve that is as wide as a word


class RunSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run is, how it was trained and how good it is on test images.

    dataset: the name in its folder; title: what a known data set is called, "" of any other. kind:
    as in `Config`, with "conditional " in front where the model gets labels. differs: the settings
    that differ from the preset's, as they were last. It is the preset, rather than what most of the
    runs have that are shown, so that a run is called the same whichever stand beside it. epochs,
    seconds: trained so far. losses: of validation, or of
    training where there is none, after each epoch, thinned; reconstruction, kl, elbo, nll: nats per
    image. None: not measured, or of another kind of model.
    """

    dataset: str
    fingerprint: str
    title: str
    kind: str
    preset: str
    differs: str
    epochs: int
    seconds: float
    losses: tuple[float, ...]
    reconstruction: float | None = None
    kl: float | None = None
    elbo: float | None = None
    nll: float | None = None
    frechet_distance: float | None = None
    active_units: int | None = None
    accuracy: float | None = None


def summarize(run: Run) -> RunSummary:
    """Read what a summary says; what cannot be read beside the configuration is missing."""
    config, metrics = run.config, cast("Mapping[str, Any]", run.metrics)
    known = DATASETS.get(known_dataset(run))
    measured = run.likelihood.get(metrics.get("binarisation", config.binarisation))
    try:
        curve = cast("list[Mapping[str, float]]", run.history)
    except RunError:  # the file cannot be read, which the run's own pages say
        curve = []
    name = "val_loss" if curve and "val_loss" in curve[-1] else "loss"
    return RunSummary(
        dataset=run.dataset,
        fingerprint=run.fingerprint,
        title="" if known is None else known.title,
        kind=f"{'conditional ' * config.conditional}{config.kind}",
        preset=config.preset,
        differs=", ".join(
            words for name, words in preset_changes(run.settings).items() if name != "epochs"
        ),
        epochs=run.status.get("epoch", 0),
        seconds=run.status.get("seconds_trained", 0.0),
        losses=_thinned([row[name] for row in curve if name in row]),
        reconstruction=metrics.get("reconstruction"),
        kl=metrics.get("kl") if config.has("posterior") else None,
        elbo=metrics.get("elbo"),
        nll=None if measured is None else measured["nll"],
        frechet_distance=run.quality.get("frechet_classifier_distance"),
        active_units=metrics.get("active_units"),
        accuracy=metrics.get("accuracy"),
    )


def _thinned(values: Sequence[float]) -> tuple[float, ...]:
    """Return at most so many of a curve's values, evenly apart, with the first and the last."""
    count = len(values)
    if count <= MAX_POINTS:
        return tuple(values)
    return tuple(values[round(i * (count - 1) / (MAX_POINTS - 1))] for i in range(MAX_POINTS))
