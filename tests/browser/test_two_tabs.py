"""Two tabs on one run: what is done in one shows in the other, without a hand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import SCREEN, button, open_run_menu, settled, wait_until, words
from tests.browser.visitors import Visitors
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter

pytestmark = pytest.mark.browser

SECONDS = 120


@pytest.fixture
def paused(runs: Path, own_server: tuple[str, int], digits: Dataset) -> Run:
    """A run that waits to be begun."""
    RunWriter.create(runs / "paused", Config(hidden=(16,), epochs=500), digits)
    RunWriter.reopen(runs / "paused").status(state="paused")
    return open_run(runs / "paused")


@pytest.fixture
def tabs(visitors: Visitors, own_server: tuple[str, int], paused: Run) -> tuple[Page, Page]:
    """Both at this run."""
    pages = visitors.open_page(viewport=SCREEN), visitors.open_page(viewport=SCREEN)
    for page in pages:
        page.goto(f"{own_server[0]}/train?run={paused.id}")
        settled(page)
    return pages


def test_play_and_pause_show_in_both(tabs: tuple[Page, Page], paused: Run) -> None:
    one, other = tabs
    for page in tabs:
        expect(words(page, "Paused · Epoch")).to_be_visible()
    # The last time in the tab that has only looked on so far.
    for here, there in ((one, other), (one, other), (other, one)):
        button(here, "Play").click()
        for page in (here, there):
            expect(button(page, "Pause")).to_be_visible()
            expect(words(page, "Paused · Epoch")).to_have_count(0)
        wait_until(lambda: open_run(paused.path).state == "training", SECONDS)
        button(there, "Pause").click()
        for page in (there, here):
            expect(button(page, "Play")).to_be_visible()
            expect(words(page, "Paused · Epoch")).to_be_visible()
    # At rest too: what the other tab has chosen, and how the run is called there.
    beta = other.get_by_role("slider", name="Beta")
    beta.focus()
    beta.press("ArrowRight")
    expect(one.get_by_role("slider", name="Beta")).to_have_attribute("aria-valuetext", "2")
    open_run_menu(one)
    name = one.get_by_role("textbox", name="Name of this run")
    name.fill("My first")
    name.press("Enter")
    expect(other.get_by_role("combobox", name="Run")).to_have_value(re.compile("^My first · "))
    button(other, "Stop").click()
    for page in tabs:
        expect(button(page, "Continue")).to_be_visible()
