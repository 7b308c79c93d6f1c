"""The values of a setting: as a person types them, as a grid takes them."""

from __future__ import annotations

from typing import Any

import pytest

from vae.errors import ConfigError
from vae.sweeps.values import Range, grid_of, parse_values, values_text


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("beta", "0.5,1, 4", [0.5, 1.0, 4.0]),
        ("latent_dim", "2..8:4", Range(2, 8, 4)),
        ("beta", "0.1..10:log:3", Range(0.1, 10.0, 3, log=True)),
        ("learning_rate", "1e-4 .. 1e-2:log", Range(1e-4, 1e-2, log=True)),
        ("hidden", "256,128; 512", [(256, 128), (512,)]),
        ("hidden", "256,128", [(256, 128)]),
        ("network", "dense,convolutional", ["dense", "convolutional"]),
        ("flip", "true,false", [True, False]),
    ],
)
def test_what_a_person_types(name: str, text: str, values: Any) -> None:
    assert parse_values(name, text) == values
    assert parse_values(name, values_text(values)) == values


def test_a_range_is_even_in_steps_or_in_factors() -> None:
    grid = grid_of({"beta": Range(0.1, 10, 3, log=True), "latent_dim": Range(2, 3, 5)})
    assert grid == {"beta": (0.1, 1.0, 10.0), "latent_dim": (2, 3)}
    assert grid_of({"beta": Range(0, 1, 3)})["beta"] == (0.0, 0.5, 1.0)
    assert grid_of({"beta": Range(0.1, 10, 4, log=True)})["beta"] == (0.1, 0.464, 2.15, 10.0)
    assert grid_of({"beta": Range(10, 10.01, 3)})["beta"] == (10.0, 10.005, 10.01)


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({}, "one setting or more"),
        ({"seed": [1, 2]}, "Seeds are no setting"),
        ({"betta": [1.0]}, "'betta'"),
        ({"beta": []}, "1 to 1,000 values"),
        ({"beta": [-1.0]}, "beta"),
        ({"beta": "0.5"}, "a list or a Range"),
        ({"latent_dim": [2.5]}, "whole number"),
        ({"beta": Range(0.5, 4)}, "how many values"),
    ],
)
def test_what_no_run_can_have_is_refused(vary: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        grid_of(vary)


@pytest.mark.parametrize(
    ("low", "high", "more"),
    [(2, 1, {}), (0, 1, {"log": True}), (0, 1, {"count": 1}), (0, 1, {"count": 10**6})],
)
def test_ranges_that_are_none(low: float, high: float, more: Any) -> None:
    with pytest.raises(ConfigError, match="Received"):
        Range(low, high, **more)
