"""Whatever page is open, a visitor's browser asks nobody but the app's own server."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled

pytestmark = pytest.mark.browser

PAGES = ("", "learn", "data", "train", "latent", "evaluate", "generate", "runs")
RUN = "mnist-conditional"  # has all views that there are
# A tab's icon is fetched by the browser itself, which no listener hears of.
LINKED = """() => [...document.querySelectorAll("[src], link[href]")]
    .map((each) => each.src || each.href)"""
OWN_ICON = re.compile(r"/media/\w+\.png$")


@pytest.fixture
def requested(page: Page) -> list[str]:
    """What this page's browser asks for, as it happens."""
    requested: list[str] = []
    page.context.on("request", lambda request: requested.append(request.url))
    page.on("websocket", lambda socket: requested.append(socket.url))
    return requested


def foreign(urls: list[str], address: str) -> list[str]:
    own = ("", urlsplit(address).netloc)  # "": an image that is in the page
    return [url for url in urls if urlsplit(url).netloc not in own]


def views(page: Page) -> list[str]:
    """Return the names of a page's views, the first of which is shown."""
    control = page.get_by_role("radiogroup", name="View", exact=True)
    return control.get_by_role("radio").all_inner_texts() if control.count() else [""]


@pytest.mark.parametrize("name", PAGES)
def test_no_other_host_gets_a_request(
    name: str, server: tuple[str, int], page: Page, requested: list[str]
) -> None:
    address = server[0]
    page.goto(f"{address}/{name}?run={RUN}")
    settled(page)
    for view in views(page):
        if view:
            page.get_by_role("radiogroup", name="View", exact=True).get_by_text(
                view, exact=True
            ).click()
            settled(page)
        expect(page.locator("link[rel~=icon]")).to_have_attribute("href", OWN_ICON)
        assert foreign(requested + page.evaluate(LINKED), address) == [], view
    assert any(url.startswith("ws://") for url in requested)  # it listens
