"""A code in an address: its numbers with underscores between, which need no escaping there."""

from __future__ import annotations

import numpy as np

from vae.architecture import MAX_CODE

__all__ = ["code_text", "read_code"]

MAX_NUMBERS = 64  # more make an address that no browser takes


def code_text(code: np.ndarray) -> str:
    """Return a code (d,) as an address holds it; "" where it is too long for one."""
    return "_".join(f"{value:.6g}" for value in code) if len(code) <= MAX_NUMBERS else ""


def read_code(text: str, latent_dim: int) -> np.ndarray | None:
    """Return the code (d,), float32, of an address; None for what is none of so many dimensions."""
    words = text.split("_")
    if len(words) != latent_dim:
        return None
    try:
        code = np.array([float(word) for word in words], np.float32)
    except ValueError:
        return None
    return code if (np.abs(code) <= MAX_CODE).all() else None
