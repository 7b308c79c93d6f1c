"""Generate, by hand: what moves, what is clicked, what plays."""

from __future__ import annotations

import base64
import io
import re
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import button, settled, wait_until
from vae.images import to_uint8
from vae.runs.run import Run

pytestmark = pytest.mark.browser

SECONDS = 60  # for a busy machine


@pytest.fixture(scope="module")
def motion() -> Literal["no-preference"]:
    """A walk plays by itself."""
    return "no-preference"


def test_sliders_decode_as_they_move(server: tuple[str, int], page: Page, run: Run) -> None:
    page.goto(f"{server[0]}/generate?view=by-hand")
    settled(page)
    image = page.get_by_alt_text("Decoded image")
    expect(image).to_be_visible()
    slider = page.get_by_label("z1", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=5)
    assert float(slider.input_value()) > 1.5

    def is_decoded() -> bool:
        z = [float(page.get_by_label(f"z{i + 1}", exact=True).input_value()) for i in range(4)]
        exact = to_uint8(run.decode(np.array([z], np.float32)))[0, :, :, 0]
        content = (image.get_attribute("src") or "").partition(",")[2]
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
        scale = shown.shape[0] // exact.shape[0]
        return np.abs(shown[::scale, ::scale].astype(float) - exact).max() < 2.0

    # The button is still held: a slider that only speaks when let go would show the old image.
    wait_until(is_decoded, SECONDS)
    page.mouse.up()


def test_an_image_is_picked_and_goes_elsewhere(
    server: tuple[str, int], page: Page, run: Run
) -> None:
    page.goto(f"{server[0]}/generate")
    settled(page)
    tiles = page.locator(".tiles")
    box = tiles.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.15 * box["height"])
    expect(page.get_by_text("Prior, seed 0, row 2, column 3")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Prior, seed 0, row 3, column 3")).to_be_visible()
    mark = tiles.locator(".selected")
    assert mark.evaluate("node => [node.style.left, node.style.top]") == ["20%", "20%"]
    button(page, "Keep").click()
    expect(button(page, "Kept")).to_be_visible()
    button(page, "New samples").click()
    expect(page.get_by_text("Pick an image", exact=True)).to_be_visible()
    expect(mark).to_be_hidden()
    button(page, "Undo").click()
    expect(page.get_by_text("Seed 0.")).to_be_visible()
    tiles.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Prior, seed 0, row 1, column 1")).to_be_visible()
    button(page, "Use it").click()
    page.get_by_role("button", name="On the map", exact=True).click()
    expect(page.get_by_role("heading", name="Latent space")).to_be_visible()
    expect(page.get_by_text("The image decoded here").first).to_be_visible()


def test_a_walk_plays_pauses_and_is_made_a_file(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/generate?view=animation")
    settled(page)
    frame = page.locator(".player output")
    expect(frame).to_have_text(re.compile(r"^(1\d|[2-9]\d|1\d\d) / 120"))  # it plays by itself
    page.get_by_role("button", name="Pause").click()
    page.locator(".player input").fill("17")
    expect(frame).to_have_text("18 / 120")
    pixels = "node => [...node.getContext('2d').getImageData(0, 0, 28, 28).data]"
    assert len(set(page.locator(".player canvas").evaluate(pixels))) > 50  # greys
    button(page, "Make the file").click()
    with page.expect_download() as download:
        button(page, "Download the GIF").click()
    assert download.value.suggested_filename == "walk.gif"
