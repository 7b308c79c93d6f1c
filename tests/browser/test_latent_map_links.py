"""A link shows another browser the same pixels of the map."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.driving import SCREEN, settled
from tests.browser.mapping import RENDERED, Board, layer_pixels
from tests.browser.visitors import Visitors
from vae.runs.run import Run

pytestmark = pytest.mark.browser

HELD = "picked", "layers", "hide", "zoom"  # what the address says of what the test chooses


def test_its_link_shows_the_same_pixels(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    """What was chosen by hand in one browser, and its address opened in another one."""
    observed, address = [], f"{server[0]}/latent?view=map&run={run.id}"
    for is_by_hand in (True, False):
        page = visitors.open_page(viewport=SCREEN)
        page.goto(address)
        settled(page)
        board = Board(page, page.locator(".map"))
        board.wait_for_atlas()
        if is_by_hand:
            page.mouse.click(*board.at(0.4, 0.6))
            board.toggle("Decoded images")
            board.root.get_by_role("button", name="3", exact=True).click()
            board.toggle("Zoom in")
            board.toggle("Zoom in")
            page.wait_for_url(lambda url: all(f"{each}=" in url for each in HELD))
        page.mouse.move(5, 5)
        board.until(lambda shown: shown["atlas"]["extent"] == shown["view"] != shown["extent"])
        expect(board.root.locator(".details img")).to_be_visible()
        page.wait_for_function(RENDERED, arg=[board.root.element_handle(), False])
        layers = [layer_pixels(board.root.locator(f"canvas.{name}")) for name in ("ground", "dots")]
        observed.append((*layers, board.picture(), board.root.locator(".marks").inner_html()))
        address = page.evaluate("() => location.href")
        visitors.leave()
    for by_hand, by_link in zip(*observed, strict=True):
        np.testing.assert_array_equal(by_hand, by_link)


def test_the_link_of_dimensions_shows_the_same_pixels(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    pictures, address = [], f"{server[0]}/latent?view=dimensions&run={run.id}"
    for is_by_hand in (True, False):
        page = visitors.open_page(viewport=SCREEN)
        page.goto(address)
        settled(page)
        if is_by_hand:
            page.get_by_text("A test image", exact=True).click()
            page.wait_for_url(re.compile("around=image"))
            settled(page)
        address = page.evaluate("() => location.href")
        pictures.append(np.asarray(Image.open(io.BytesIO(page.locator(".traversal").screenshot()))))
        visitors.leave()
    np.testing.assert_array_equal(*pictures)
