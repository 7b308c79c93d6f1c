"""Learn in Chromium: chapters begin at their top, ticks stay, figures move under the hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.learn.chapter_list import CHAPTERS
from tests.browser.driving import PHONE, settled

pytestmark = pytest.mark.browser

TOP = "() => document.querySelector('[data-testid=stMain]').scrollTop"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page without motion, in which chapter after chapter is opened."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def open_chapter(page: Page, server: tuple[str, int], slug: str) -> None:
    page.goto(f"{server[0]}/learn?chapter={slug}")
    settled(page)


def slider(page: Page, figure: str, label: str) -> Locator:
    return page.locator(f".st-key-{figure}").get_by_role("slider", name=label)


def said(page: Page, figure: str) -> Locator:
    return page.locator(f".st-key-{figure} .said")


def test_the_next_chapter_begins_at_its_top_and_the_tick_stays(
    server: tuple[str, int], page: Page
) -> None:
    first, second = CHAPTERS[:2]
    open_chapter(page, server, first.slug)
    page.get_by_role("button", name=f"Next: {second.title}").click()
    heading = page.get_by_role("heading", name=second.title, exact=True)
    expect(heading).to_be_in_viewport()
    page.wait_for_function(f"({TOP})() === 0")
    expect(page).to_have_url(re.compile(f"chapter={second.slug}"))
    contents = page.get_by_role("radiogroup", name="Chapters")
    expect(contents.get_by_role("radio", name=first.title)).not_to_be_checked()
    expect(contents).to_contain_text("1 ✓")
    page.go_back()
    expect(page.get_by_role("heading", name=first.title, exact=True)).to_be_in_viewport()
    open_chapter(page, server, second.slug)  # another session
    expect(contents).to_contain_text("1 ✓")


def test_contents_are_numbers_on_a_phone(server: tuple[str, int], page: Page) -> None:
    page.set_viewport_size(PHONE)
    open_chapter(page, server, CHAPTERS[0].slug)
    contents = page.get_by_role("radiogroup", name="Chapters")
    radios = contents.get_by_role("radio")
    expect(radios).to_have_count(len(CHAPTERS))
    box = contents.bounding_box()
    assert box is not None
    assert box["height"] < 110  # two rows at most
    page.set_viewport_size({"width": 1440, "height": 900})


def test_noise_mean_and_width_make_a_code(server: tuple[str, int], page: Page) -> None:
    open_chapter(page, server, "reparameterisation")
    slider(page, "learn-sampling", "μ").fill("2")
    slider(page, "learn-sampling", "log σ²").fill("0")
    slider(page, "learn-sampling", "ε").fill("-1.5")
    expect(said(page, "learn-sampling")).to_contain_text("z = 2.00 + 1.00 × −1.50 = 0.50")
    expect(said(page, "learn-sampling")).to_contain_text("½ σ ε = −0.75")


def test_measured_variances_are_those_of_the_formula(server: tuple[str, int], page: Page) -> None:
    open_chapter(page, server, "reparameterisation")
    slider(page, "learn-gradients", "σ").fill("1")
    slider(page, "learn-gradients", "batch").fill("20")
    rows = page.locator(".st-key-learn-gradients tbody tr")
    # The formulas' column is that of these settings, and with it what was measured.
    expect(rows.nth(0).locator("td").last).to_have_text("0.200")
    expect(rows.nth(1).locator("td").last).to_have_text("1.50")
    expect(said(page, "learn-gradients")).to_contain_text("After 4,000 estimates")
    for row, variance in zip(rows.all(), (4 / 20, (1 + 14 + 15) / 20), strict=True):
        mean, measured, formula = (
            float(text.replace("−", "-")) for text in row.locator("td").all_inner_texts()
        )
        assert formula == pytest.approx(variance, rel=0.01)
        # Seven standard errors of 4,000 estimates, whose tails are longer than a bell curve's.
        assert mean == pytest.approx(-2.0, abs=7 * (variance / 4000) ** 0.5)
        assert measured == pytest.approx(variance, rel=0.5)


def test_kl_of_the_curve_that_is_dragged(server: tuple[str, int], page: Page) -> None:
    open_chapter(page, server, "losses")
    slider(page, "learn-kl", "μ").fill("1")
    slider(page, "learn-kl", "log σ²").fill("0")
    expect(said(page, "learn-kl")).to_contain_text("= 0.50 nats")
    chart = page.locator(".st-key-learn-kl svg")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle + 60, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + 90)
    page.mouse.up()
    assert float(slider(page, "learn-kl", "μ").input_value()) == pytest.approx(0, abs=0.051)


def test_both_pull_until_the_loss_is_least(server: tuple[str, int], page: Page) -> None:
    open_chapter(page, server, "losses")
    slider(page, "learn-tug", "beta").fill("4")
    page.get_by_role("button", name="Let both pull").click()
    # beta 4 and a precision of 4: half way between the prior's mean and 2, and a variance of 1/2.
    expect(slider(page, "learn-tug", "μ")).to_have_value("1")
    expect(slider(page, "learn-tug", "log σ²")).to_have_value("-0.7")


def test_a_pixel_costs_least_where_its_copy_is_the_same(
    server: tuple[str, int], page: Page
) -> None:
    open_chapter(page, server, "losses")
    slider(page, "learn-pixel", "pixel x").fill("0.5")
    slider(page, "learn-pixel", "copy p").fill("0.5")
    expect(said(page, "learn-pixel")).to_have_text(
        "This pixel costs 0.69 nats; a perfect copy costs 0.69."
    )
