"""A run's part of the key of a component."""

from __future__ import annotations

import hashlib
import re

from vae.runs.run import Run

__all__ = ["run_key"]

PLAIN = re.compile(r"[A-Za-z0-9-]+")


def run_key(run: Run) -> str:
    """Return a run's id, or what stands for one that a component's key cannot hold.

    Streamlit refuses two underscores in a row there, and writes other signs differently where a
    script of ours finds an element by its key.
    """
    if PLAIN.fullmatch(run.id):
        return run.id
    return hashlib.sha256(run.id.encode()).hexdigest()[:16]
