"""Curves of several runs, and runs between rate and distortion, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from vae.runs.run import SHIPPED, open_run

pytestmark = pytest.mark.browser

IDS = "mnist-recommended", "mnist-lecture-fast"


def test_one_pointer_for_all_charts_and_the_table(server: tuple[str, int], page: Page) -> None:
    runs = [open_run(SHIPPED / name) for name in IDS]
    page.goto(f"{server[0]}/runs?view=compare&points=training&with={'/'.join(IDS)}")
    settled(page)
    charts = page.locator(".overlay figure svg")
    expect(charts).to_have_count(4)
    expect(page.locator(".overlay caption")).to_have_text("At the end of each curve")
    kl = page.locator(".overlay tbody tr").first.locator("td").nth(2)
    expect(kl).to_have_text(f"{runs[0].rows[-2]['kl']:.2f}")
    box = charts.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.5 * box["height"])
    for chart in charts.all():  # the place is marked on all of them, with a dot a run
        expect(chart.locator(".cursor")).to_have_count(1)
        expect(chart.locator("circle")).to_have_count(2)
    expect(page.locator(".overlay caption")).to_have_text(re.compile(r"At epoch [\d.]+"))
    # Where one has ended the other goes on alone.
    page.mouse.move(box["x"] + 0.93 * box["width"], box["y"] + 0.5 * box["height"])
    expect(charts.nth(1).locator("circle")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(page.locator(".overlay .cursor")).to_have_count(0)
    charts.nth(2).focus()
    page.keyboard.press("ArrowLeft")
    expect(charts.first.locator(".cursor")).to_have_count(1)
    expect(charts.nth(2)).to_have_attribute("aria-valuetext", re.compile("Recommended [\\d.]+"))


def test_a_dot_shows_its_samples_and_opens_its_run(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/runs?view=rate-and-distortion")
    settled(page)
    dot = page.get_by_role("button", name=re.compile("MNIST · Convolutional.*rate 23.97"))
    dot.first.hover()
    hint = page.locator(".board .hint")
    expect(hint).to_contain_text("rate 23.97, distortion 75.96, ELBO −99.93")
    expect(hint.get_by_role("img", name="Samples")).to_be_visible()
    page.mouse.move(5, 5)
    expect(hint).to_be_hidden()
    first = page.locator(".board circle[tabindex='0']")
    first.focus()
    name = first.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    other = page.locator(".board circle:focus")
    assert other.get_attribute("aria-label") != name
    opened = str(other.get_attribute("aria-label")).partition(": rate")[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/latent*")
    settled(page)
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(opened)
