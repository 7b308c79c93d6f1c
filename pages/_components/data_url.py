"""Pictures as text that a browser shows."""

from __future__ import annotations

import base64

__all__ = ["as_data_url"]


def as_data_url(png: bytes) -> str:
    """Return a PNG as an address that an image can have."""
    return "data:image/png;base64," + base64.b64encode(png).decode()
