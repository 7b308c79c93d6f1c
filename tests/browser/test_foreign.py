"""What others wrote, in links and in runs from elsewhere, as a browser takes it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.conftest import copy_run
from tests.hostile import TEXT, VIEWS, with_texts
from tests.pages.crafted import craft, epochs
from vae.data.datasets import load_dataset
from vae.runs.run import SHIPPED, Run

pytestmark = pytest.mark.browser

TEXTS = [
    "![x](http://127.0.0.1:9/x.png) [a](http://b.example)",
    "<img src=http://127.0.0.1:9/x.png> **bold** _a_ ~~b~~ `c`",
    "http://b.example www.b.example me@b.example $x^2$ &lt;",
    ":red[r] :material/home: :material_home: :streamlit: :smile: :+1:",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_link_is_quoted_to_the_letter(text: str, own_server: tuple[str, int], page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{own_server[0]}/data?run={quote(text)}")
    settled(page)
    message = page.get_by_test_id("stAlert").filter(has_text="No run has this id.")
    shown = message.inner_text().replace("\u2060", "")
    assert f"No run has this id. Received: '{text}'." in shown
    # A picture, a link or a formula would be an element of its own.
    assert message.locator("p *").count() == 0
    assert not {"127.0.0.1:9", "b.example"} & {urlsplit(url).netloc for url in requested}


def test_a_run_of_others_fetches_nothing(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    """Every text of its files is a picture on another host, in Markdown and in HTML."""
    with_texts(copy_run(Run(SHIPPED / "mnist-conditional"), runs / "theirs"))
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    for name, views in VIEWS.items():
        for view in views:
            page.goto(f"{own_server[0]}/{name}?run=theirs&view={view}")
            settled(page)
            if name == "train":
                page.get_by_role("radio", name="Watch").click()
                settled(page)
            assert page.locator("img[src*='evil.example']").count() == 0, (name, view)
            assert page.locator("a[href*='evil.example']").count() == 0, (name, view)
    assert not [url for url in requested if "evil.example" in url]
    page.goto(f"{own_server[0]}/latent?run=theirs")
    picked = page.get_by_role("combobox", name="Run")
    expect(picked).to_have_value(re.compile(f"{re.escape(TEXT)}.* opened by link, theirs"))


def test_a_run_that_is_damaged_says_so_once(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    run = copy_run(Run(SHIPPED / "digits"), runs / "damaged")
    (run.path / "metrics.json").write_text('{"loss": "![x](http://evil.example/x.png)"}')
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{own_server[0]}/evaluate?run=damaged")
    settled(page)
    said = page.get_by_test_id("stAlert").filter(has_text="metrics.json must be as a run writes it")
    expect(said).to_have_count(1)
    assert said.locator("img").count() == 0
    assert not [url for url in requested if "evil.example" in url]


def test_curves_that_differ_in_their_last_digits(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    """Ticks closer than a rounding error once were looked for without end."""
    rows = epochs(1e18, 1e18 + 128, 1e18, kl=(0.0, 0.0), kind="step")
    craft(runs / "flat", load_dataset("digits"), rows=rows)
    page.goto(f"{own_server[0]}/start?run=flat")
    settled(page)
    panels = page.locator(".curves .panel svg")
    expect(panels).to_have_count(3)
    for index in range(3):
        ticks = panels.nth(index).locator("line.grid")
        assert 1 <= ticks.count() <= 10
