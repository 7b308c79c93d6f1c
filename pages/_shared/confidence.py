"""Probabilities of a classifier in words."""

from __future__ import annotations

__all__ = ["confidence_text"]

ALMOST = 0.9999


def confidence_text(probability: float) -> str:
    """Write how sure a classifier is, so that what is not certain is never 100%."""
    if probability > ALMOST:
        return f"over {ALMOST:.2%}"
    return f"{probability:.2%}" if probability > 0.99 else f"{probability:.1%}"
