"""The table of runs in Chromium: rows are selected, a name opens a run, a phone shows it all."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, SCREEN, settled, wait_until
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter

pytestmark = pytest.mark.browser

HEADER, ROW = 35, 35  # pixels, of the wide table


def click(page: Page, row: int, x: float) -> None:
    """Click into a row of the table, which is one canvas."""
    grid = page.locator(".st-key-runs-wide .dvn-scroller")
    grid.click(position={"x": x, "y": HEADER + ROW * row + ROW / 2})


def test_rows_are_selected_and_opened(
    own_server: tuple[str, int], page: Page, runs: Path, digits: Dataset
) -> None:
    store = RunStore(runs)
    for name in ("table-one", "table-two"):
        RunWriter.create(runs / name, Config(), digits)
        RunWriter.reopen(runs / name).status(state="stopped")
    page.set_viewport_size(SCREEN)
    page.goto(f"{own_server[0]}/runs?q=table-&sort=name")
    settled(page)
    click(page, 0, 17)
    click(page, 1, 17)  # before the answer to the first one
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.set_viewport_size(PHONE)
    expect(page.locator(".st-key-runs-wide")).to_be_hidden()
    narrow = page.locator(".st-key-runs-narrow canvas").first
    expect(narrow).to_be_visible()
    # All columns are within the window, and so are the buttons.
    scrolls = "each => each.scrollWidth - each.clientWidth"
    assert page.locator(".st-key-runs-narrow .dvn-scroller").evaluate(scrolls) == 0
    assert page.get_by_test_id("stMain").evaluate(scrolls) == 0
    settled(page)
    page.get_by_role("button", name="Delete").click()
    settled(page)
    expect(page.get_by_text("0 of")).to_be_visible()
    assert {"table-one", "table-two"} <= {run.id for run in store.deleted()}
    page.get_by_role("button", name="Bring back all").click()
    settled(page)
    wait_until(lambda: not store.deleted(), 60)
    page.set_viewport_size(SCREEN)
    expect(page.locator(".st-key-runs-wide canvas").first).to_be_visible()
    settled(page)
    click(page, 1, 70)
    page.wait_for_url("**/train?run=table-two&view=watch")
