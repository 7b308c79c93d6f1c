"""Reads an offline demo as a browser does."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from typing import Any

import numpy as np

__all__ = ["Parts", "data_of", "floats", "unpacked"]


class Parts(HTMLParser):
    """The elements of a page, and the text that each begins with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("", ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, text = self.found[-1]
            self.found[-1] = tag, text + data

    def of(self, tag: str) -> list[str]:
        return [text for name, text in self.found if name == tag]


def data_of(page: str) -> dict[str, Any]:
    return json.loads(Parts(page).of("script")[0])


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def unpacked(packed: dict[str, Any]) -> np.ndarray:
    """Read numbers as the page does: (N,), or (N, columns) where they were rounded."""
    if "float32" in packed:
        return floats(packed["float32"])
    steps = np.frombuffer(base64.b64decode(packed["uint16"]), "<u2")
    low, step = floats(packed["low"]), floats(packed["step"])
    return low + step * steps.reshape(-1, len(low))
