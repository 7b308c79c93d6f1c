"""What is wider than its page, which then scrolls sideways."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["too_wide"]

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
    """Return the beginnings of at most three elements, once the page is laid out."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return page.evaluate(TOO_WIDE)
