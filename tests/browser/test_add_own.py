"""Pictures of one's own, as a person brings them: a zip, and a phone's camera and finger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import PHONE, serve, settled
from tests.pages.test_add_own import zip_of
from vae.data.datasets import Dataset

pytestmark = pytest.mark.browser

ADD = "Add this data set"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of this file's own, with a data folder of its own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "runs").mkdir()
    with serve(folder / "runs", VAE_DATA_DIR=str(folder / "data")) as (address, _):
        yield address


def test_a_zip_becomes_a_data_set_that_can_be_trained_on(
    address: str, page: Page, digits: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "scans.zip"
    path.write_bytes(zip_of(digits))
    page.goto(f"{address}/data?view=add-your-own")
    settled(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.get_by_role("img", name=re.compile("^8 pictures, and below each"))).to_be_visible()
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_role("radio", name="scans")).to_be_checked()
    expect(page.get_by_text("Images in each class")).to_be_visible()
    page.goto(f"{address}/train?view=set-up")
    settled(page)
    page.get_by_role("radio", name="scans").check(force=True)
    expect(page.get_by_text("(None, 8, 8, 1)").first).to_be_visible()


def test_a_phone_takes_photos_and_drawings(address: str, browser: Browser) -> None:
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, permissions=["camera"]
    )
    page = context.new_page()
    page.goto(f"{address}/data?view=add-your-own")
    settled(page)
    page.get_by_role("radio", name="Camera").check(force=True)
    for count in (1, 2):
        page.get_by_role("textbox", name="Class").fill("wall")
        page.get_by_role("textbox", name="Class").press("Enter")
        # Until the camera is on there is nothing to take.
        expect(page.locator("video")).to_have_js_property("readyState", 4)
        page.get_by_role("button", name="Take Photo").click()
        page.get_by_role("button", name="Add the photo to wall").click()
        expect(page.get_by_text(f"So far: {count} wall")).to_be_visible()
    page.get_by_role("radio", name="Draw").check(force=True)
    pad = page.locator(".pad canvas")
    for count in (1, 2):
        page.get_by_role("textbox", name="Class").fill("line")
        page.get_by_role("textbox", name="Class").press("Enter")
        add = page.get_by_role("button", name="Add the drawing to line")
        expect(add).to_be_disabled()
        settled(page)
        box = pad.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 40 * count)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 90, steps=4)
        page.mouse.up()
        add.click()
        expect(page.get_by_text(f"So far: 2 wall, {count} line")).to_be_visible()
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_role("radio", name="my pictures")).to_be_checked()
    context.close()
