"""Walks pass their stops, smoothly, and loops close."""

from __future__ import annotations

import numpy as np
import pytest

from vae.errors import ConfigError
from vae.latent.walks import MAX_FRAMES, MAX_STOPS, walk_codes


def stops(count: int, dims: int = 3) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, dims)).astype(np.float32)


class TestBasics:
    @pytest.mark.parametrize("loop", [True, False])
    @pytest.mark.parametrize("count", [2, 3, 7])
    def test_shapes(self, count: int, loop: bool) -> None:
        codes = walk_codes(stops(count), 40, loop=loop)
        assert (codes.shape, codes.dtype) == ((40, 3), np.float32)
        assert np.isfinite(codes).all()

    @pytest.mark.parametrize(
        ("passed", "frames", "words"),
        [
            (stops(1), 10, r"2 to 60 codes .* Received: \(1, 3\)"),
            (stops(MAX_STOPS + 1), 100, r"Received: \(61, 3\)"),
            (stops(3) * np.float32("nan"), 10, "NaN or infinity"),
            (stops(3)[0], 10, r"Received: \(3,\)"),
            (stops(3), 2, "from 3 to 600 frames. Received: 2"),
            (stops(3), MAX_FRAMES + 1, "Received: 601"),
        ],
    )
    def test_what_is_no_walk(self, passed: np.ndarray, frames: int, words: str) -> None:
        with pytest.raises(ConfigError, match=words):
            walk_codes(passed, frames)


class TestCorrectness:
    @pytest.mark.parametrize("loop", [True, False])
    def test_it_passes_every_stop(self, loop: bool) -> None:
        passed = stops(5)
        codes = walk_codes(passed, MAX_FRAMES, loop=loop)
        for stop in passed:
            assert np.linalg.norm(codes - stop, axis=1).min() < 0.05
        np.testing.assert_allclose(codes[0], passed[0], atol=1e-6)
        if not loop:
            np.testing.assert_allclose(codes[-1], passed[-1], atol=1e-6)

    @pytest.mark.parametrize("count", [2, 3, 8])
    def test_a_loop_has_no_seam(self, count: int) -> None:
        codes = walk_codes(stops(count), 300)
        steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
        seam = np.linalg.norm(codes[0] - codes[-1])
        assert 0.0 < seam <= 1.5 * steps.max()
        turn = (codes[1] - codes[0]) - (codes[0] - codes[-1])
        assert np.linalg.norm(turn) <= 0.2 * steps.max()

    def test_two_stops_without_a_loop_are_a_line(self) -> None:
        ends = stops(2)
        expected = ends[0] + np.linspace(0, 1, 9)[:, None] * (ends[1] - ends[0])
        np.testing.assert_allclose(walk_codes(ends, 9, loop=False), expected, atol=1e-6)

    def test_a_stop_twice_is_passed_once(self) -> None:
        passed = stops(3)
        codes = walk_codes(np.concatenate([passed, passed[-1:]]), 50)
        assert np.isfinite(codes).all()
        assert np.abs(codes).max() < 4 * np.abs(passed).max()
