"""A shipped run in fewer bytes: what pages show of it stays, what only a training needs goes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from vae.runs.layout import CHECKPOINT, HISTORY, LOCK, LOG, METADATA, snapshot_file
from vae.runs.run import Run
from vae.runs.writer import RunWriter

__all__ = ["LATENT_STEP", "thin_out"]

MAX_SNAPSHOTS = 16
MAX_SNAPSHOT_BYTES = 500_000
MAX_DETAILED_EPOCHS = 60  # a longer run keeps one row an epoch
LATENT_STEP = 2.0**-10  # latents are rounded to it: far below any posterior's width, half the bytes


def thin_out(run: Run) -> None:
    """Keep what pages show of a run that is over, in fewer bytes."""
    _thin_out_snapshots(run)
    if len(run.history) > MAX_DETAILED_EPOCHS:
        rows = [_rounded(row) for row in run.rows if row["kind"] != "step"]
        lines = [json.dumps(row) + "\n" for row in rows]
        (run.path / HISTORY).write_text("".join(lines), encoding="utf-8")
    if run.latents:
        _round_latents(run)
    for leftover in (METADATA, LOCK, LOG, CHECKPOINT):
        (run.path / leftover).unlink(missing_ok=True)


def _round_latents(run: Run) -> None:
    step = np.float32(LATENT_STEP)
    rounded = {
        name: values if name == "y" else np.round(values / step) * step
        for name, values in run.latents.items()
    }
    RunWriter(run.path).outputs(**rounded)


def _rounded(value: Any) -> Any:
    """Return a row of a history with seven digits a number: a curve shows three."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def _thin_out_snapshots(run: Run) -> None:
    """Keep the first and the last and, between them, more of the early ones."""
    epochs = run.snapshot_epochs
    last = epochs[-1]
    size = (run.path / snapshot_file(last)).stat().st_size
    max_snapshots = min(MAX_SNAPSHOTS, MAX_SNAPSHOT_BYTES // size)
    # Squares of equal steps: learning is quick at first.
    chosen = {round(last * (step / (max_snapshots - 1)) ** 2) for step in range(max_snapshots)}
    for epoch in epochs:
        if epoch not in chosen and len(epochs) > max_snapshots:
            (run.path / snapshot_file(epoch)).unlink()
