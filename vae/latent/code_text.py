"""A code that somebody typed or pasted."""

from __future__ import annotations

import numpy as np

from vae.architecture import MAX_CODE
from vae.config.number_text import AmbiguousNumberError, parse_numbers
from vae.errors import ConfigError

__all__ = ["parse_code"]


def parse_code(text: str, latent_dim: int) -> np.ndarray:
    """Return z (d,), float32, from numbers with commas, semicolons or spaces between, as in JSON.

    Raises ConfigError for other texts, another length, and numbers beyond 1,000.
    """
    try:
        found = parse_numbers(text)
    except AmbiguousNumberError:
        raise
    except ConfigError:
        found = None
    if not found or len(found) != latent_dim:
        received = f"{len(found)} numbers" if found else f"{text!r:.60}"
        raise ConfigError(
            f"A code is a list of {latent_dim} numbers, one for each latent dimension. "
            f"Received: {received}"
        )
    if not all(abs(each) <= MAX_CODE for each in found):
        raise ConfigError(
            f"The numbers of a code are from -{MAX_CODE:,g} to {MAX_CODE:,g}. "
            f"Received: {text!r:.60}"
        )
    return np.array(found, dtype=np.float32)
