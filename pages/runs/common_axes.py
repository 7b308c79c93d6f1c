"""Planes of several runs with the same axes, and how far the prior covers each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from pages._shared.maps.map_data import PlanePoints, points_on_plane, usual_plane
from pages._shared.model_fingerprint import model_fingerprint
from vae.errors import RunError
from vae.evaluation.coverage import Coverage, coverage
from vae.latent.planes import Extent
from vae.runs.run import Run

__all__ = ["coverage_of", "on_plane_of", "share_beyond", "square_around"]

MAX_REACH = 10.0  # from 0: zooming out shows more of a plane


def on_plane_of(run: Run) -> PlanePoints:
    """Place a run's test images on a map; raises RunError for codes that are not finite."""
    _raise_if_broken(run)
    plane = usual_plane(run)
    # Through 0, the prior's mean: the plane of an autoencoder's codes may miss all that is likely.
    on_plane = points_on_plane(run, replace(plane, origin=np.zeros_like(plane.origin)))
    # Wide codes would make the prior a spot: zooming out shows them all.
    return replace(on_plane, extent=on_plane.extent.clipped(MAX_REACH))


def square_around(extents: Sequence[Extent]) -> Extent:
    """Return the smallest square that holds all these."""
    left, bottom = (min(each[side] for each in extents) for side in (0, 2))
    right, top = (max(each[side] for each in extents) for side in (1, 3))
    x, y, half = (left + right) / 2, (bottom + top) / 2, max(right - left, top - bottom) / 2
    return Extent(x - half, x + half, y - half, y + half)


def share_beyond(on_plane: PlanePoints) -> float:
    """Return which fraction of the dots lies outside of what is shown."""
    x, y = on_plane.points.T
    left, right, bottom, top = on_plane.extent
    return float(1.0 - ((x >= left) & (x <= right) & (y >= bottom) & (y <= top)).mean())


def coverage_of(run: Run) -> Coverage:
    """Return how far prior and posteriors overlap; raises RunError for codes not finite."""
    _raise_if_broken(run)
    return _coverage(run, model_fingerprint(run))


@st.cache_data(show_spinner=False, max_entries=64)
def _coverage(_run: Run, fingerprint: str) -> Coverage:
    mean, log_var, y = (_run.latents[name] for name in ("mean", "log_var", "y"))
    return coverage(mean, log_var, lambda z: _run.decode(z, y[: len(z)]))


def _raise_if_broken(run: Run) -> None:
    mean = run.latents["mean"]
    broken = int((~np.isfinite(mean)).any(axis=1).sum())
    if broken:
        raise RunError(
            "A map needs finite codes; this run has diverged. Received: "
            f"{broken:,} of {len(mean):,} codes that are not finite"
        )
