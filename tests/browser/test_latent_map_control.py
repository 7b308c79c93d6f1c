"""The latent map by keyboard and with fingers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, wait_until
from tests.browser.mapping import SECONDS, Board, decoded, open_map, width
from tests.browser.visitors import Visitors
from vae.latent.planes import pca_plane
from vae.runs.run import Run

pytestmark = pytest.mark.browser


def test_from_the_keyboard(board: Board, page: Page, run: Run) -> None:
    board.toggle("Test images")
    board.board.focus()
    page.keyboard.press("ArrowRight")
    said = board.root.locator(".status")
    expect(said).to_have_text(re.compile(r"PC1 −?\d\.\d\d, PC2 −?\d\.\d\d"))
    first = board.shown()["place"]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    steps = width(board.shown()["view"]) / board.root.evaluate("root => root.map.size")
    there = [first[0] + 3 * 8 * steps, first[1] + 40 * steps]
    second = board.until(lambda shown: shown["place"] == pytest.approx(there))["place"]
    exact = decoded(run, pca_plane(run.latents["mean"]), np.array(second)).astype(float)
    expect(board.root.locator(".preview")).to_be_visible()
    assert np.abs(board.blended() - exact[:, :, None]).mean() < 2.0
    page.keyboard.press("Enter")
    expect(page.get_by_text("The image decoded here", exact=True)).to_be_visible()
    np.testing.assert_allclose(board.shown()["pin"], second, rtol=1e-5)  # six digits
    whole = board.shown()["view"]
    page.keyboard.press("+")
    board.until(lambda shown: width(shown["view"]) == pytest.approx(width(whole) / 1.25))
    page.keyboard.press("0")
    board.until(lambda shown: shown["view"] == pytest.approx(whole))
    page.keyboard.press("Escape")
    expect(page.get_by_text("Move over the map")).to_be_visible()


def test_with_fingers_on_a_phone(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    board = open_map(page, server[0], f"&run={run.id}")
    board.toggle("Test images")
    board.board.scroll_into_view_if_needed()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *shares: tuple[float, float]) -> None:
        points = [dict(zip("xy", board.at(*fraction), strict=True)) for fraction in shares]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.5, 0.5))
    touch("touchMove", (0.52, 0.5))
    touch("touchMove", (0.6, 0.4))
    board.wait_for_pointer(*board.at(0.6, 0.4))
    view = board.shown()["view"]
    position = np.array(board.shown()["place"])
    np.testing.assert_allclose(board.screen(position), (0.6, 0.4), atol=0.02)
    exact = decoded(run, pca_plane(run.latents["mean"]), position).astype(float)
    assert np.abs(board.blended() - exact[:, :, None]).mean() < 2.0
    touch("touchEnd")
    expect(page.get_by_text("The image decoded here", exact=True)).to_be_attached()

    touch("touchStart", (0.4, 0.5))
    touch("touchStart", (0.4, 0.5), (0.6, 0.5))
    for step in range(1, 6):
        touch("touchMove", (0.4 - 0.04 * step, 0.5), (0.6 + 0.04 * step, 0.5))
    touch("touchEnd")
    board.until(lambda now: width(now["view"]) == pytest.approx(width(view) / 3, rel=0.25))
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


def test_a_finger_scrolls_the_page_until_it_is_to_move_the_map(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    board = open_map(page, server[0], f"&run={run.id}")
    client = page.context.new_cdp_session(page)
    board.board.scroll_into_view_if_needed()

    def swipe() -> None:
        """Draw a finger upwards over the map, as a hand does that wants to see what is below."""
        x, y = board.at(0.5, 0.6)
        for kind, down in (("touchStart", 0), *(("touchMove", 15 * step) for step in range(1, 11))):
            points = [{"x": x, "y": y - down}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    top = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    view, before = board.shown()["view"], page.evaluate(top)
    swipe()
    wait_until(lambda: page.evaluate(top) > before + 100, SECONDS)
    assert board.shown()["view"] == view
    assert board.shown()["pin"] is None

    board.root.get_by_role("button", name="Move", exact=True).click()
    board.board.scroll_into_view_if_needed()
    before = page.evaluate(top)
    swipe()
    board.until(lambda shown: shown["view"] != view)
    assert page.evaluate(top) == before
