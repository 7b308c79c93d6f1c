"""A code that somebody typed or pasted."""

from __future__ import annotations

import json

import numpy as np

from vae.errors import ConfigError

__all__ = ["parse_code"]

MOST_NUMBER = 1000.0  # beyond, a decoder's numbers mean nothing


def parse_code(text: str, latent_dim: int) -> np.ndarray:
    """Return z (d,), float32, from a JSON list of numbers.

    Raises ConfigError for what is no such list, another length, and numbers beyond 1,000.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    is_list = isinstance(found, list) and all(type(each) in (int, float) for each in found)
    if not is_list or len(found) != latent_dim:
        received = f"{len(found)} numbers" if is_list else f"{text!r:.60}"
        raise ConfigError(
            f"A code is a JSON list of {latent_dim} numbers, one for each latent dimension. "
            f"Received: {received}"
        )
    if not all(abs(each) <= MOST_NUMBER for each in found):  # NaN too
        raise ConfigError(
            f"The numbers of a code are from -{MOST_NUMBER:,g} to {MOST_NUMBER:,g}. "
            f"Received: {text!r:.60}"
        )
    return np.array(found, dtype=np.float32)
