"""Paths between two codes."""

from __future__ import annotations

import numpy as np
import pytest

from vae.latent.interpolation import interpolate

RANDOM = np.random.default_rng(0)
START, END = RANDOM.normal(size=(2, 16))


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_it_begins_and_ends_at_the_two(kind: str) -> None:
    path = interpolate(START, END, 9, kind)
    assert path.shape == (9, 16)
    assert path.dtype == np.float32
    np.testing.assert_allclose(path[[0, -1]], [START, END], rtol=1e-5)


def test_linear_has_equal_steps() -> None:
    path = interpolate(START, END, 5)
    np.testing.assert_allclose(path[2], (START + END) / 2, rtol=1e-5)


def test_spherical_keeps_the_length_and_rotates_evenly() -> None:
    one, other = START / np.linalg.norm(START), END / np.linalg.norm(END)
    path = interpolate(4.0 * one, 4.0 * other, 7, "spherical")
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 4.0, rtol=1e-5)
    angles = (path[:-1] * path[1:]).sum(axis=1)
    np.testing.assert_allclose(angles, angles[0], rtol=1e-5)
    # A straight line cuts the corner.
    assert np.linalg.norm(interpolate(4.0 * one, 4.0 * other, 7), axis=1)[3] < 3.9


@pytest.mark.parametrize("end", [np.zeros(16), -START, 2.0 * START, START])
def test_where_there_is_no_single_circle_it_is_a_line(end: np.ndarray) -> None:
    found = interpolate(START, end, 5, "spherical")
    np.testing.assert_allclose(found, interpolate(START, end, 5), atol=1e-6)
