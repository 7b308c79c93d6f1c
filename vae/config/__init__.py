"""The configuration of a run: its settings, what each accepts, and how they are written as text."""

from vae.config.config import Config

__all__ = ["Config"]
