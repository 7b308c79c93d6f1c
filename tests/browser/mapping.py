"""Driving the latent map in a real Chromium, and reading its pixels."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.driving import settled, wait_until
from vae.images import to_uint8
from vae.latent.planes import Plane
from vae.runs.run import Run

__all__ = [
    "RENDERED",
    "SECONDS",
    "Board",
    "decoded",
    "layer_pixels",
    "open_map",
    "pixels_of",
    "width",
]

SLOW = ("Posteriors", "Class regions", "Holes")

SECONDS = 60  # for a busy machine

SHOWN = """root => {
  const { view, place, pin, atlas, selected, data } = root.map;
  return {
    view, place, pin, selected: [...selected], extent: data.extent, names: data.names,
    atlas: atlas && { id: atlas.id, extent: atlas.extent },
  };
}"""
# The pointer is where it was moved to, and the frame that followed is drawn.
POINTED = """([root, x, y]) => {
  const { board, pointer, frame } = root.map;
  const { left, top } = board.getBoundingClientRect();
  return !frame && pointer && Math.hypot(left + pointer[0] - x, top + pointer[1] - y) < 1;
}"""
RENDERED = """([root, slow]) => {
  const { painting, layers, loaded, data } = root.map;
  return !painting && (!slow || (layers && loaded.layers === data.feeds.layers));
}"""
READY = """([root, names]) => {
  const { atlas, points, data } = root.map ?? {};
  const isOf = !names || data.names.join() === names;
  return isOf && points && atlas && atlas.id === data.feeds.atlas;
}"""


class Board:
    """The map on a page: moving the pointer by fractions of the board, reading what is shown."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page, self.root, self.board = page, root, root.locator(".board")

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Return where on the page a fraction of the board lies."""
        box = self.board.bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def hover(self, across: float, down: float) -> np.ndarray:
        """Move the pointer, wait for the map, return the position (2,) under the pointer."""
        where = self.at(across, down)
        self.page.mouse.move(*where)
        self.wait_for_pointer(*where)
        return np.array(self.shown()["place"])

    def wait_for_pointer(self, x: float, y: float) -> None:
        """Wait until the map shows what is under this point of the page."""
        self.page.wait_for_function(POINTED, arg=[self.root.element_handle(), x, y])

    def shown(self) -> dict[str, Any]:
        """Return what the map knows: view, place, pin, atlas, extent, names, selected."""
        return self.root.evaluate(SHOWN)

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until what the map knows is as it should be, and return it."""
        wait_until(lambda: condition(self.shown()), SECONDS)
        return self.shown()

    def blended(self) -> np.ndarray:
        """Return the image beside the pointer, uint8 (H, W, 3)."""
        return layer_pixels(self.root.locator(".decoded canvas"))[:, :, :3]

    def picture(self) -> np.ndarray:
        """Return the picture that the server sent for the box beside the pointer, uint8 (H, W)."""
        return pixels_of(self.root.locator(".details img").get_attribute("src") or "")

    def screen(self, point: np.ndarray) -> tuple[float, float]:
        """Return where on the board, as shares, a point of the plane lies."""
        view = self.shown()["view"]
        wide, high = view["right"] - view["left"], view["top"] - view["bottom"]
        return (point[0] - view["left"]) / wide, (view["top"] - point[1]) / high

    def toggle(self, name: str) -> None:
        """Press one of the buttons beside the map, and wait until it is drawn."""
        self.root.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_function(RENDERED, arg=[self.root.element_handle(), name in SLOW])

    def wait_for_atlas(self, plane: Plane | None = None) -> None:
        """Wait until the browser has the atlas that the page has sent last: of this plane."""
        names = ",".join(plane.names) if plane else ""
        self.page.wait_for_function(READY, arg=[self.root.element_handle(), names])


def open_map(page: Page, address: str, query: str = "") -> Board:
    """Open the Latent page's map, nothing picked, and wait until it decodes under the pointer."""
    page.goto(f"{address}/latent?view=map&picked=none{query}")
    settled(page)
    board = Board(page, page.locator(".map"))
    board.root.wait_for()
    board.wait_for_atlas()
    board.board.scroll_into_view_if_needed()
    return board


def layer_pixels(canvas: Locator) -> np.ndarray:
    """Return what a canvas holds, uint8 (H, W, 4)."""
    return pixels_of(canvas.evaluate("canvas => canvas.toDataURL('image/png')"))


def pixels_of(url: str) -> np.ndarray:
    """Return the pixels of a picture that is its own address, uint8."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def decoded(run: Run, plane: Plane, point: np.ndarray) -> np.ndarray:
    """What the server makes of a point of a plane, uint8 (H, W)."""
    return to_uint8(run.decode(plane.codes(point[None])))[0, :, :, 0]


def width(view: dict[str, float]) -> float:
    return view["right"] - view["left"]
