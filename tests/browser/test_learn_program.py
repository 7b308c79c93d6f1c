"""Learn, the lecture's program: a step at a time, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, button, settled

pytestmark = pytest.mark.browser


def test_steps_by_keyboard(server: tuple[str, int], page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{server[0]}/learn?chapter=program")
    settled(page)
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_role("heading", name="2 of 10: Look at them")).to_be_visible()
    button(page, "Step forward").click()
    expect(page.get_by_role("heading", name="3 of 10: Sample a code")).to_be_visible()
    settled(page)
    assert page.url.endswith("chapter=program&step=3")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.go_back()
    expect(page.get_by_role("heading", name="2 of 10: Look at them")).to_be_visible()
