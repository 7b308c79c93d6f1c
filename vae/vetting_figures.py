"""What knowledge.json, likelihood.json and quality.json must be when they come from elsewhere.

As in `vetting`: each raises RunError with what was expected and what came, and returns what is
known of it alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from vae.binarisation import TREATMENTS
from vae.draws import SAMPLERS
from vae.errors import RunError
from vae.knowledge import SPACES
from vae.vetting import LONGEST_TEXT, is_count, is_number, parse_json, printable

__all__ = ["read_knowledge", "read_likelihood", "read_quality"]

DIGITS = 10
SHARES = ("precision", "recall", "share_sure", "class_balance")
MARK = re.compile(r"[0-9a-f]{12}")


def read_likelihood(content: bytes) -> dict[str, Any]:
    """Read likelihood.json: by treatment of the images, what was found with how many samples."""
    found = parse_json("likelihood.json", content)
    try:
        if not found.keys() <= set(TREATMENTS):
            raise ValueError(", ".join(found))
        return {treatment: _likelihood(values) for treatment, values in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(
            f"likelihood.json holds figures and words for {', '.join(TREATMENTS)}. "
            f"Received: {printable(repr(error), 100)}"
        ) from None


def _likelihood(values: dict[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for name in ("images", "treatment"):
        clean[name] = printable(values[name][:LONGEST_TEXT], LONGEST_TEXT)
    for name in ("nll", "nll_standard_error", "elbo", "seconds"):
        if not is_number(values[name]):
            raise ValueError(f"{name} is {values[name]!r:.60}")
        clean[name] = float(values[name])
    if not (is_count(values["importance_samples"]) and values["importance_samples"]):
        raise ValueError(f"importance_samples is {values['importance_samples']!r:.60}")
    return clean | {"importance_samples": values["importance_samples"]}


def read_knowledge(content: bytes) -> dict[str, Any]:
    """Read knowledge.json: how many images, and the figures of each space."""
    known = parse_json("knowledge.json", content)

    def figure(space: str, name: str, least: float, most: float) -> float:
        value = known[space][name]
        if not (is_number(value) and least <= value <= most):
            raise ValueError(f"{name} of {space} is {value!r:.60}")
        return float(value)

    def number(values: Any, name: str) -> int:
        if not (is_count(values[name]) and values[name]):
            raise ValueError(f"{name} is {values[name]!r:.60}")
        return values[name]

    try:
        counts = ("training_images", "test_images", "silhouette_images")
        clean: dict[str, Any] = {name: number(known, name) for name in counts}
        for space in SPACES:
            clean[space] = {
                "dimensions": number(known[space], "dimensions"),
                "knn": figure(space, "knn", 0.0, 1.0),
                "probe": figure(space, "probe", 0.0, 1.0),
                "silhouette": figure(space, "silhouette", -1.0, 1.0),
            }
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RunError(
            "knowledge.json holds numbers of images, and accuracies from 0 to 1 and a silhouette "
            f"from -1 to 1 of {', '.join(SPACES)}. Received: {printable(repr(error), 100)}"
        ) from None
    return clean


def read_quality(content: bytes) -> dict[str, Any]:
    """Read quality.json: distances and shares of samples, and the same of real images."""
    found = parse_json("quality.json", content)
    try:
        clean: dict[str, Any] = {"dataset": _checked(found, "dataset", lambda it: it == "mnist")}
        for name in ("samples", "reference_images"):
            clean[name] = _checked(found, name, lambda it: is_count(it) and it)
        clean["seed"] = _checked(found, "seed", is_count)
        clean["classifier"] = _checked(found, "classifier", MARK.fullmatch)
        clean["classifier_accuracy"] = _between(found, "classifier_accuracy", 1.0)
        clean |= _of_samples(found)
        clean["noise_floor"] = _between(found, "noise_floor", math.inf)
        clean |= _of_images(found, "real_")
        if "samplers" in found:
            clean["samplers"] = {
                name: _of_samples(found["samplers"][name]) for name in SAMPLERS[1:]
            }
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RunError(
            "quality.json holds distances from 0 on, shares from 0 to 1 and counts of "
            f"{DIGITS} digits, of samples and of real images. "
            f"Received: {printable(repr(error), 100)}"
        ) from None
    return clean


def _of_samples(found: Any) -> dict[str, Any]:
    distance = _between(found, "frechet_classifier_distance", math.inf)
    clean = {"frechet_classifier_distance": distance, **_of_images(found, "")}
    if "share_as_told" in found:  # of a conditional run
        clean["share_as_told"] = _between(found, "share_as_told", 1.0)
    return clean


def _of_images(found: Any, prefix: str) -> dict[str, Any]:
    """Return the figures whose names begin with the prefix."""
    clean: dict[str, Any] = {
        f"{prefix}{name}": _between(found, f"{prefix}{name}", 1.0) for name in SHARES
    }
    name = f"{prefix}class_entropy"
    clean[name] = _between(found, name, math.log(DIGITS))
    name = f"{prefix}class_counts"
    clean[name] = _checked(found, name, _are_counts)
    return clean


def _between(values: Any, name: str, most: float) -> float:
    """Return values[name] if it is a number from 0 to most; a rounding error is no forgery."""
    if not (is_number(values[name]) and 0.0 <= values[name] <= most + 1e-9):
        raise ValueError(f"{name} is {values[name]!r:.60}")
    return float(values[name])


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and len(value) == DIGITS and all(map(is_count, value))


def _checked(values: Any, name: str, fits: Callable[[Any], Any]) -> Any:
    """Return values[name] if it fits."""
    if not fits(values[name]):
        raise ValueError(f"{name} is {values[name]!r:.60}")
    return values[name]
