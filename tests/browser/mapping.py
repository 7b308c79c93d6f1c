"""Driving the latent map in a real Chromium, and reading its pixels."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.driving import settled

__all__ = ["Board", "layer_pixels", "open_map"]

DEEP = ("Posteriors", "Class regions", "Holes")

SHOWN = "root => { const { view, place, pin, atlas } = root.map; return { view, place, pin, "
SHOWN += "selected: [...root.map.selected], extent: root.map.data.extent, "
SHOWN += "atlas: atlas && { id: atlas.id, extent: atlas.extent } }; }"


class Board:
    """The map on a page: moving the pointer by shares of the board, reading what is shown."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page, self.root, self.board = page, root, root.locator(".board")

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Return where on the page a share of the board lies."""
        box = self.board.bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def hover(self, across: float, down: float) -> np.ndarray:
        """Move the pointer, wait for the frame that follows, return the place (2,) under it."""
        self.page.mouse.move(*self.at(across, down))
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => "
                           "requestAnimationFrame(done)))")  # fmt: skip
        return np.array(self.shown()["place"])

    def shown(self) -> dict[str, Any]:
        """Return what the map knows: view, place, pin, atlas, extent, selected."""
        return self.root.evaluate(SHOWN)

    def blended(self) -> np.ndarray:
        """Return the image beside the pointer, uint8 (H, W, 3)."""
        return layer_pixels(self.root.locator(".decoded canvas"))[:, :, :3]

    def picture(self) -> np.ndarray:
        """Return the picture that the server sent for the box beside the pointer, uint8 (H, W)."""
        url = self.root.locator(".seen img").get_attribute("src")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))

    def screen(self, point: np.ndarray) -> tuple[float, float]:
        """Return where on the board, as shares, a point of the plane lies."""
        view = self.shown()["view"]
        wide, high = view["right"] - view["left"], view["top"] - view["bottom"]
        return (point[0] - view["left"]) / wide, (view["top"] - point[1]) / high

    def toggle(self, name: str) -> None:
        """Press one of the buttons beside the map, and wait until it is drawn."""
        self.root.get_by_role("button", name=name, exact=True).click()
        if name in DEEP:
            self.page.wait_for_function(
                "root => root.map.layers && root.map.taken.layers === root.map.data.feeds.layers",
                arg=self.root.element_handle(),
            )
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => "
                           "requestAnimationFrame(done)))")  # fmt: skip

    def wait_for_atlas(self, before: str | None = None) -> None:
        """Wait until the browser has an atlas of what is shown, another than before."""
        self.page.wait_for_function(
            "([root, before]) => root.map?.atlas && root.map.atlas.id === root.map.data.feeds.atlas"
            " && root.map.atlas.id !== before && root.map.points",
            arg=[self.root.element_handle(), before],
        )


def open_map(page: Page, address: str, query: str = "") -> Board:
    """Open the Latent page's map and wait until it decodes under the pointer."""
    page.goto(f"{address}/latent?view=map{query}")
    settled(page)
    board = Board(page, page.locator(".map"))
    board.root.wait_for()
    board.wait_for_atlas()
    board.board.scroll_into_view_if_needed()
    return board


def layer_pixels(canvas: Locator) -> np.ndarray:
    """Return what a canvas holds, uint8 (H, W, 4)."""
    url = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))
