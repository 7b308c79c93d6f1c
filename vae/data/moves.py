"""How a run moves its training images, in words."""

from __future__ import annotations

from vae.config import Config

__all__ = ["moves_in_words"]


def moves_in_words(config: Config) -> str:
    """Return "shifted by up to 2 pixels and mirrored at random", or what of it holds; "" if not."""
    words: list[str] = []
    if config.shift:
        words.append(f"shifted by up to {config.shift} pixel{'s' * (config.shift > 1)}")
    if config.flip:
        words.append("mirrored at random")
    return " and ".join(words)
