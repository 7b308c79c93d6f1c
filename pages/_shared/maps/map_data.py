"""What a map sends to the browser, computed once for all visitors who see the same plane."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from pages._components.latent_map import as_base64
from pages._shared.model_fingerprint import model_fingerprint
from vae.figures.class_looks import class_looks
from vae.images import to_png
from vae.latent.atlas import decode_atlas
from vae.latent.density import (
    Posteriors,
    class_regions,
    hole_mask,
    log_density_ratio,
    log_prior_density,
    posteriors_of,
)
from vae.latent.planes import Extent, Plane, dimension_plane, extent_of, pca_plane
from vae.runs.run import Run

__all__ = [
    "PlanePoints",
    "atlas_feed",
    "layers_feed",
    "map_frame",
    "pca_of",
    "points_feed",
    "points_on_plane",
    "posteriors_at",
    "usual_plane",
]

LAYER_SIDE = 96  # cells across and up
LINE_HEIGHT = 0.8  # of a map's height, divided among the classes where there is one dimension
CACHE = {"show_spinner": False, "max_entries": 12, "ttl": 900}  # an atlas is 2 MB


class PointsFeed(TypedDict):
    """Points of the plane and classes, as base64: float32 (N, 2), uint8 (N,)."""

    xy: str
    labels: str


class AtlasFeed(TypedDict):
    """Decoded images on a grid, which are one picture; error: mean, in grey levels."""

    columns: int
    rows: int
    extent: dict[str, float]
    error: float


class LayersFeed(TypedDict):
    """Squares of side x side cells, uint8 in base64: density, class regions, holes."""

    side: int
    extent: dict[str, float]
    density: str
    regions: str
    holes: str


@dataclass(frozen=True)
class PlanePoints:
    """A run's test images on a plane: points (N, 2), and the part of it that a map shows.

    fingerprint: of the run's model, which a resumed run changes.
    """

    plane: Plane
    points: np.ndarray
    extent: Extent
    fingerprint: str

    @property
    def id(self) -> str:
        """The same for the same model, plane and part of it."""
        digest = hashlib.sha256(self.fingerprint.encode())
        for array in (self.plane.origin, self.plane.axes, np.array(self.extent)):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]


def usual_plane(run: Run) -> Plane:
    """Return the plane that shows most where nobody chooses one."""
    dims = run.config.latent_dim
    return pca_of(run) if dims > 2 else dimension_plane(dims, 0, dims - 1)


def pca_of(run: Run) -> Plane:
    """Return the plane of a run's PCA, which each rerun of a map needs."""
    return _pca(run, model_fingerprint(run))


@st.cache_data(**CACHE)
def _pca(_run: Run, fingerprint: str) -> Plane:
    return pca_plane(_run.latents["mean"])


def posteriors_at(run: Run) -> Posteriors:
    """Return the blurred posteriors of a run, which each selected place needs."""
    return _posteriors(run, model_fingerprint(run))


@st.cache_data(**CACHE)
def _posteriors(_run: Run, fingerprint: str) -> Posteriors:
    return posteriors_of(_run)


def points_on_plane(run: Run, plane: Plane) -> PlanePoints:
    """Place the test images of a run on a plane."""
    points = plane.coordinates(run.latents["mean"]).astype(np.float32)
    extent = extent_of(plane, points)
    if plane.is_line:  # the vertical axis means nothing: it separates the classes
        points[:, 1] = _rows(run.latents["y"], len(run.class_names), extent)
    return PlanePoints(plane, points, extent, model_fingerprint(run))


def map_frame(run: Run, on_plane: PlanePoints) -> dict[str, Any]:
    """Return what a map needs to know besides its feeds."""
    mean, covariance = on_plane.plane.prior()
    names = on_plane.plane.names
    return {
        "plane": on_plane.id,
        "extent": on_plane.extent._asdict(),
        "names": list(names),
        "short": list(on_plane.plane.short),
        "isLine": on_plane.plane.is_line,
        "prior": {"mean": mean.tolist(), "covariance": covariance.tolist()},
        **class_looks(run.short_class_names),
    }


def points_feed(run: Run, on_plane: PlanePoints) -> PointsFeed:
    """Return the points and classes of all test images."""
    return {
        "xy": as_base64(np.nan_to_num(on_plane.points)),
        "labels": as_base64(run.latents["y"].astype(np.uint8)) if run.latents else "",
    }


@st.cache_data(**CACHE)
def atlas_feed(
    _run: Run, _on_plane: PlanePoints, plane_and_class: str, extent: Extent
) -> tuple[AtlasFeed, bytes]:
    """Return how well a blend of decoded images does for a part of a plane, and these as a PNG.

    plane_and_class: the plane's id, and the class on which a conditional run is conditioned.
    """
    atlas = decode_atlas(_run, _on_plane.plane, extent)
    metadata: AtlasFeed = {
        "columns": atlas.columns,
        "rows": atlas.rows,
        "extent": extent._asdict(),
        "error": round(atlas.error, 3),
    }
    return metadata, to_png(atlas.image, quick=True)


@st.cache_data(**CACHE)
def layers_feed(_run: Run, _on_plane: PlanePoints, plane_id: str) -> LayersFeed:
    """Return the layers behind the points: density of the posteriors, class regions, holes."""
    plane, extent = _on_plane.plane, _on_plane.extent
    points = extent.grid(LAYER_SIDE, LAYER_SIDE)
    codes = plane.codes(points)
    posteriors = posteriors_at(_run)
    log_ratio = log_density_ratio(codes, posteriors)
    density = log_ratio + log_prior_density(codes, posteriors.width)
    # The square root makes low densities visible beside high ones.
    shade = np.exp(0.5 * (density - density.max()))
    holes = hole_mask(plane, points, log_ratio)
    return {
        "side": LAYER_SIDE,
        "extent": extent._asdict(),
        "density": as_base64(np.rint(255 * shade).astype(np.uint8)),
        "regions": as_base64(class_regions(codes, _run.latents["mean"], _run.latents["y"])),
        "holes": as_base64(holes.astype(np.uint8)),
    }


def _rows(y: np.ndarray, classes: int, extent: Extent) -> np.ndarray:
    jitter = np.random.default_rng(0).uniform(0.15, 0.85, size=len(y))
    height = (y + jitter) / max(classes, 1)
    middle, half = (extent.top + extent.bottom) / 2, (extent.top - extent.bottom) / 2
    return middle + LINE_HEIGHT * half * (2.0 * height - 1.0)
