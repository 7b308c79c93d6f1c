"""The drawing helpers that the pages' components and the offline demo share, in JavaScript."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SVG_SCRIPT"]

SVG_SCRIPT = Path(__file__).with_name("svg.js")
