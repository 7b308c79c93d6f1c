"""Learn, data augmentation: one image, warped in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled

pytestmark = pytest.mark.browser


def test_variants_of_one_image(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/learn?chapter=augmentation")
    settled(page)
    figure = page.locator(".st-key-learn-warped .figure")
    expect(figure.locator("canvas")).to_have_count(10)

    def different() -> int:
        """How many pictures there are that differ."""
        urls = "nodes => new Set(nodes.map(node => node.toDataURL())).size"
        return figure.locator("canvas").evaluate_all(urls)

    assert different() == 10
    slider = figure.get_by_role("slider", name="strength")
    slider.focus()
    slider.press("Home")
    expect(figure.locator("output")).to_have_text("0.0")
    assert different() == 1  # without strength nothing is changed
    slider.press("End")
    assert different() == 10
