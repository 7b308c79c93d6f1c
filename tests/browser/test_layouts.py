"""How views fill their screens: nothing half empty, cut off, squeezed or moved aside."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.screenshots import SIZES

pytestmark = pytest.mark.browser

# What shows less of its text than it has.
CUT_OFF = """(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1)
  .map((part) => part.value ?? part.textContent)"""
WIDTHS = "(parts) => parts.map((part) => Math.round(part.getBoundingClientRect().width))"
LINES = "(panels) => panels.map((panel) => panel.querySelectorAll('.grid').length)"
# As Streamlit marks it while images are read.
SPINNER = """(top) => {
  const box = document.createElement('div');
  box.dataset.testid = 'stElementContainer';
  box.innerHTML = '<div data-testid="stSpinner">Reading the images…</div>';
  top.append(box);
}"""


def look(page: Page, size: str, address: str) -> None:
    """Open a page on one of the screens that it is made for."""
    page.set_viewport_size(SIZES[size])
    page.goto(address)
    settled(page)


def box(page: Page, selector: str) -> dict[str, float]:
    """Where the first of these is, in pixels, once it is there."""
    part = page.locator(selector).first
    expect(part).to_be_visible()
    found = part.bounding_box()
    assert found
    return {**found, "right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


def test_likelihood_fills_its_first_screen(server: tuple[str, int], page: Page) -> None:
    look(page, "wide", f"{server[0]}/evaluate?view=likelihood&run=digits")
    assert box(page, ".captioned")["bottom"] > 0.8 * SIZES["wide"]["height"]
    assert page.locator(".captioned").count() == 2


def test_bars_begin_where_their_names_end(server: tuple[str, int], page: Page) -> None:
    look(page, "wide", f"{server[0]}/data?dataset=digits")
    table = box(page, ".bars")
    assert box(page, ".bars tbody td i")["x"] - table["x"] < 0.2 * table["width"]


def test_a_confusion_has_columns_of_one_width(server: tuple[str, int], page: Page) -> None:
    look(page, "wide", f"{server[0]}/?run=mnist-classifier")
    box(page, ".confusion td")
    widths = page.locator(".confusion tbody tr:first-child td").evaluate_all(WIDTHS)
    assert max(widths) - min(widths) <= 1
    # One number beside an axis would not say how far apart things are.
    expect(page.locator(".curves .panel")).to_have_count(2)
    assert min(page.locator(".curves .panel").evaluate_all(LINES)) >= 2


def test_all_curves_of_a_gan_are_whole_on_a_phone(server: tuple[str, int], page: Page) -> None:
    look(page, "phone", f"{server[0]}/train?view=watch&run=mnist-gan")
    numbers = box(page, ".board .numbers")
    expect(page.locator(".board .panel svg")).to_have_count(4)
    for panel in page.locator(".board .panel svg").all():
        found = panel.bounding_box()
        assert found
        assert found["height"] > 100
        assert found["y"] + found["height"] <= numbers["y"]


def test_words_stand_right_beside_the_dots(server: tuple[str, int], page: Page) -> None:
    look(page, "wide", f"{server[0]}/latent?view=knowledge&run=digits")
    gap = box(page, ".st-key-picture-and-words > :nth-child(2)")["x"]
    assert 0 < gap - box(page, ".st-key-classes-cloud canvas")["right"] < 80


def test_no_field_cuts_off_what_is_chosen(server: tuple[str, int], page: Page) -> None:
    fields = page.locator(".st-key-beside-terms [data-testid=stSelectbox] input")
    look(page, "phone", f"{server[0]}/generate?view=arithmetic&run=digits")
    expect(fields).to_have_count(4)
    for size in ("phone", "small", "tablet"):
        page.set_viewport_size(SIZES[size])
        assert fields.evaluate_all(CUT_OFF) == [], size
    look(page, "projector", f"{server[0]}/latent?view=map&run=mnist-2d")
    names = page.locator('[class*="st-key-across-"] input, [class*="st-key-up-"] input')
    expect(names).to_have_count(2)
    assert names.evaluate_all(CUT_OFF) == []


def test_three_samplers_are_of_one_size_on_a_tablet(server: tuple[str, int], page: Page) -> None:
    look(page, "tablet", f"{server[0]}/generate?view=samplers&run=digits")
    grids = page.locator(".st-key-wrap-samplers img")
    expect(grids).to_have_count(3)
    assert len({*grids.evaluate_all(WIDTHS)}) == 1


def test_what_a_page_waits_for_moves_no_card(server: tuple[str, int], page: Page) -> None:
    for size in ("phone", "small", "tablet"):
        look(page, size, f"{server[0]}/train?view=set-up&dataset=digits")
        before = box(page, ".st-key-preset-cards button")["y"]
        page.locator(".st-key-train-top").evaluate(SPINNER)
        spinner = box(page, "[data-testid=stSpinner]")
        assert spinner["right"] <= SIZES[size]["width"], size
        assert box(page, ".st-key-preset-cards button")["y"] == before, size


def test_half_a_digit_says_that_a_strip_goes_on(server: tuple[str, int], page: Page) -> None:
    look(page, "phone", f"{server[0]}/latent?view=dimensions&run=digits")
    strips = page.locator(".traversal")
    expect(strips).to_be_visible()
    for size in ("phone", "small"):
        page.set_viewport_size(SIZES[size])
        digits = strips.evaluate("(box) => 13 * box.clientWidth / box.scrollWidth")
        assert 0.3 < digits % 1 < 0.7, size
