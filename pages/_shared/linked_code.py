"""A code in an address: its numbers with underscores between, which need no escaping there.

Of more than 64 dimensions it would be too long for some browsers; then its bytes are there.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np

from vae.architecture import MAX_CODE

__all__ = ["changes_text", "code_text", "read_changes", "read_code"]

MAX_NUMBERS = 64


def code_text(code: np.ndarray) -> str:
    """Return a code (d,) as an address holds it."""
    if len(code) > MAX_NUMBERS:
        return base64.urlsafe_b64encode(code.astype("<f4").tobytes()).decode().rstrip("=")
    return "_".join(f"{value:.6g}" for value in code)


def read_code(text: str, latent_dim: int) -> np.ndarray | None:
    """Return the code (d,), float32, of an address; None for what is none of so many dimensions."""
    try:
        code = _of_bytes(text) if latent_dim > MAX_NUMBERS else _of_numbers(text)
    except (binascii.Error, ValueError):
        return None
    return code if len(code) == latent_dim and (np.abs(code) <= MAX_CODE).all() else None


def changes_text(before: np.ndarray, code: np.ndarray) -> str:
    """Return in what a code (d,) differs from another: "3_0.5_7_-1" of the fourth and eighth."""
    changed = np.flatnonzero(before != code)
    return "_".join(f"{index}_{code[index]!s}" for index in changed)


def read_changes(text: str, before: np.ndarray) -> np.ndarray | None:
    """Return the changed code (d,) of an address; None for what names no number of this one."""
    words = text.split("_")
    code = before.copy()
    try:
        for index, value in zip(words[::2], words[1::2], strict=True):
            code[range(len(code))[int(index)]] = float(value)
    except (ValueError, IndexError):
        return None
    return code if (np.abs(code) <= MAX_CODE).all() else None


def _of_numbers(text: str) -> np.ndarray:
    return np.array([float(word) for word in text.split("_")], np.float32)


def _of_bytes(text: str) -> np.ndarray:
    padded = text + "=" * (-len(text) % 4)
    return np.frombuffer(base64.b64decode(padded, altchars=b"-_", validate=True), "<f4").copy()
