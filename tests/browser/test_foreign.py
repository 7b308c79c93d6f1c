"""What others wrote, in links and in runs from elsewhere, as a browser takes it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.views.crafted import craft, epochs
from vae.datasets import load_dataset

pytestmark = pytest.mark.browser

TEXTS = [
    "![x](http://127.0.0.1:9/x.png) [a](http://b.example)",
    "<img src=http://127.0.0.1:9/x.png> **bold** _a_ ~~b~~ `c`",
    "http://b.example www.b.example me@b.example $x^2$ &lt;",
    ":red[r] :material/home: :material_home: :streamlit: :smile: :+1:",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_link_is_quoted_to_the_letter(text: str, server: tuple[str, int], page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server[0]}/data?run={quote(text)}")
    settled(page)
    message = page.get_by_test_id("stAlert").filter(has_text="No run has this id.")
    shown = message.inner_text().replace("\u2060", "")
    assert f"No run has this id. Received: '{text}'." in shown
    # A picture, a link or a formula would be an element of its own.
    assert message.locator("p *").count() == 0
    assert not {"127.0.0.1:9", "b.example"} & {urlsplit(url).netloc for url in asked}


def test_curves_that_differ_in_their_last_digits(
    server: tuple[str, int], page: Page, runs: Path
) -> None:
    """Ticks closer than a rounding error once were looked for without end."""
    rows = epochs(1e18, 1e18 + 128, 1e18, kl=(0.0, 0.0), kind="step")
    craft(runs / "flat", load_dataset("digits"), rows=rows)
    page.goto(f"{server[0]}/start?run=flat")
    settled(page)
    panels = page.locator(".curves .panel svg")
    expect(panels).to_have_count(3)
    for place in range(3):
        ticks = panels.nth(place).locator("line.grid")
        assert 1 <= ticks.count() <= 10
