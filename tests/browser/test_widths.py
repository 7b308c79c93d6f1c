"""Nothing scrolls sideways: on the narrowest phone, and with text of twice the size."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.driving import settled
from tests.browser.test_accessibility import VIEWS
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 640}
LAPTOP = {"width": 1280, "height": 720}
TWICE = "html:root { font-size: 200% !important; }"
# What is wider than the page, unless it scrolls within itself or is cut off on purpose.
TOO_WIDE = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const within = (node) => {
    for (let each = node.parentElement; each && each !== main; each = each.parentElement)
      if (getComputedStyle(each).overflowX !== 'visible') return true;
    return false;
  };
  if (main.scrollWidth <= main.clientWidth) return [];
  return [...main.querySelectorAll('*')]
    .filter((each) => each.getBoundingClientRect().right > main.clientWidth + 1 && !within(each))
    .slice(-3).map((each) => each.outerHTML.slice(0, 160));
}"""


def too_wide(page: Page) -> list[str]:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return page.evaluate(TOO_WIDE)


def test_of_each_view(visitors: Visitors, server: tuple[str, int]) -> None:
    page = visitors.open_page(viewport=NARROW, has_touch=True)
    found: dict[str, list[str]] = {}
    for view in VIEWS:
        page.set_viewport_size(NARROW)
        page.goto(f"{server[0]}/{view}")
        settled(page)
        found[view] = too_wide(page)
        page.add_style_tag(content=TWICE)
        found[f"{view}, text of 200 %"] = too_wide(page)
        page.set_viewport_size(LAPTOP)
        found[f"{view}, text of 200 % on a laptop"] = too_wide(page)
    assert {view: wide for view, wide in found.items() if wide} == {}
