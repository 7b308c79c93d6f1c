"""What the learning board shows of each moment of a run, made once for all who watch it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.latent_map import as_base64
from pages._shared.pictures import apart
from vae.errors import ConfigError, RunError
from vae.files import file_version
from vae.images import tile, to_png
from vae.latent.learning import learning_axes, window_around
from vae.runs import layout
from vae.runs.moments import Moment
from vae.runs.run import Run

__all__ = ["frame_of", "grid_side"]

CACHE = {"show_spinner": False, "max_entries": 60, "ttl": 600}  # a frame is about 40 kB
UNITS = 16_000  # of a coordinate, from the centre of the window to its edge
MAX_UNITS = 32_767
LINE_HEIGHT = 0.8  # of a map's height, divided among the classes where there is one dimension


def frame_of(run: Run, moment: Moment) -> dict[str, Any]:
    """Return the pictures of a moment as PNG, and the latent means on the run's plane, or {}.

    A model without an encoder has samples alone.

    points: base64 of int16 (N, 2), in 16,000ths of half the window from its centre. {}: its
    snapshot has been removed meanwhile.
    """
    first = next((epoch for epoch in run.snapshot_epochs if epoch > 0), 0)
    plane = None
    if first and moment.at > first:  # else the plane is that of the moment itself
        plane = layout.snapshot_file(first)
    marks = [file_version(run.path / name) for name in (moment.file, plane) if name]
    return _frame(run, moment, str(run.path), marks, plane) if any(marks[0]) else {}


def grid_side(samples: int) -> int:
    """Return the rows and columns of the square that so many samples fill."""
    return int(samples**0.5)


@st.cache_data(**CACHE)
def _frame(
    _run: Run, moment: Moment, path: str, marks: list[tuple[int, int]], plane: str | None
) -> dict[str, Any]:
    found, fixed = _run.arrays(moment.file), _run.fixed
    if not found or not fixed:
        return {}
    try:
        return _render(_run, moment, plane, found, fixed)
    except (KeyError, ValueError, ConfigError) as error:  # of another program
        raise RunError(
            f"{moment.file} must hold pictures and latent means ({error}). Received: {path}"
        ) from None


def _render(
    run: Run,
    moment: Moment,
    plane: str | None,
    found: dict[str, np.ndarray],
    fixed: dict[str, np.ndarray],
) -> dict[str, Any]:
    samples = _samples(found)
    side = grid_side(len(samples))
    square = tile(apart(samples[: side * side]), side, side)
    frame = {
        "at": round(moment.at, 6),
        "words": moment.words,
        "samples": as_data_url(to_png(square, quick=True)),
    }
    return frame | (_of_codes(run, plane, found, fixed) if run.config.has("encoder") else {})


def _of_codes(
    run: Run, plane: str | None, found: dict[str, np.ndarray], fixed: dict[str, np.ndarray]
) -> dict[str, Any]:
    """Return what a model with an encoder has besides: reconstructions, and points on a plane."""
    copies = found["reconstructions"]
    pairs = tile(apart(np.concatenate([fixed["images"], copies])), 2, len(copies))
    points = _points(run, found["means"], plane)
    window = window_around(points, run.config.has("prior"))
    if run.config.latent_dim == 1:  # nothing lies above or below: the classes are drawn apart
        points[:, 1] = window.y + window.half * _rows(fixed["labels"], run.classes)
    units = (points - window[:2]) / window.half * UNITS
    return {
        "pairs": as_data_url(to_png(pairs, quick=True)),
        "points": as_base64(np.clip(np.rint(units), -MAX_UNITS, MAX_UNITS).astype("<i2")),
        "window": list(window),
    }


def _samples(snapshot: dict[str, np.ndarray]) -> np.ndarray:
    """Return the samples of a snapshot: 64, of which those of earlier versions hold 50."""
    more = snapshot.get("more_samples", snapshot["samples"][:0])
    return np.concatenate([snapshot["samples"], more])


def _points(run: Run, means: np.ndarray, plane: str | None) -> np.ndarray:
    """Return where means (N, d) lie on the run's plane (N, 2).

    plane: the file of the snapshot that says which one it is; None: these means themselves.
    """
    means = np.nan_to_num(means.astype(np.float64))
    if run.config.latent_dim <= 2:
        return means @ np.eye(2, run.config.latent_dim).T
    first = np.nan_to_num(run.arrays(plane)["means"].astype(np.float64)) if plane else means
    untrained = run.snapshot(0).get("means", first)
    return means @ learning_axes(first, np.nan_to_num(untrained.astype(np.float64))).T


def _rows(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return heights from -1 to 1, one for each class, the first on top."""
    return LINE_HEIGHT * (1.0 - 2.0 * (labels + 0.5) / classes)
