"""The family of runs that differ in beta alone, prepared for its slider once for all readers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.beta_family import FamilyMember
from pages._components.data_url import as_data_url
from pages._components.latent_map import as_base64
from pages._shared.server import store
from vae.images import tile, to_png, to_uint8
from vae.latent.learning import window_around
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes
from vae.shipped.beta_family import BETAS, family_id

__all__ = ["family_members", "family_run", "originals", "test_labels"]

POINTS = 1000  # test images on the map
SHOWN = 10  # of which copies are shown
SIDE = 12  # decoded images a side


def family_run(beta: float) -> Run:
    """Return the run with this beta; raises RunError where the family is not installed."""
    return store().open(family_id(beta))


@st.cache_data(show_spinner=False)
def family_members() -> list[FamilyMember]:
    """Return what the slider shows of each run."""
    reference = family_run(1.0).latents["mean"][:POINTS]
    return [_member(family_run(beta), beta, reference) for beta in BETAS]


def test_labels() -> str:
    """Return the classes of the points, as the component takes them."""
    return as_base64(family_run(1.0).latents["y"][:POINTS].astype(np.uint8))


def originals() -> str:
    """Return the picture of the test images whose copies are shown, as a URL."""
    return _strip(_images(family_run(1.0)))


def _member(run: Run, beta: float, reference: np.ndarray) -> FamilyMember:
    means = run.latents["mean"][:POINTS].astype(np.float64)
    turn = _rotation(means, reference)
    points = (means @ turn).astype(np.float32)
    codes, _ = manifold_codes(SIDE, 2, 0, 1)
    metrics = run.metrics
    return {
        "beta": beta,
        "points": as_base64(points),
        "window": [float(each) for each in window_around(points, has_prior=True)],
        "manifold": as_data_url(to_png(tile(run.decode(_back(codes, turn)), SIDE, SIDE))),
        "copies": _strip(run.decode(run.encode(_images(run))[0])),
        "rate": metrics.get("rate", 0.0),
        "distortion": metrics.get("distortion", 0.0),
    }


def _rotation(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the rotation or mirror image (2, 2) that brings points (N, 2) closest to others.

    The prior is the same from all sides, so two runs that differ by one are alike (the orthogonal
    Procrustes problem, Schönemann 1966).
    """
    left, _, right = np.linalg.svd(points.T @ reference)
    return left @ right


def _back(codes: np.ndarray, turn: np.ndarray) -> np.ndarray:
    return (codes @ turn.T).astype(np.float32)


def _images(run: Run) -> np.ndarray:
    return run.preprocess(run.fixed["images"])[:SHOWN]


def _strip(images: np.ndarray) -> str:
    pixels = images if images.dtype == np.uint8 else to_uint8(images)
    return as_data_url(to_png(tile(pixels, 1, len(pixels))))
