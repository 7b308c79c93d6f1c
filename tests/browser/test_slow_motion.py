"""The film of one training step, driven by its keys and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PHONE, SCREEN, settled
from tests.browser.film_page import serve_films
from tests.browser.visitors import Visitors
from tests.pages.films import STAGES

pytestmark = pytest.mark.browser

LAST = len(STAGES) - 1
# Marks the film, so that it can be told from one that was built anew, and writes down which parts
# it shows: a busy machine may look too late to see each of them.
REMEMBER = """film => {
  film.marked = true;
  film.history = [];
  const note = () => {
    const place = film.querySelectorAll("[data-state=done]").length;
    if (place !== film.history.at(-1)) film.history.push(place);
  };
  note();
  new MutationObserver(note).observe(film, { subtree: true, attributeFilter: ["data-state"] });
}"""


@pytest.fixture(scope="module")
def motion() -> Literal["no-preference"]:
    """The film plays by itself."""
    return "no-preference"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_films(tmp_path_factory.mktemp("film")) as address:
        yield address


@pytest.fixture
def calm(visitors: Visitors) -> Page:
    """A page of someone who wants nothing to move by itself."""
    return visitors.open_page(viewport=SCREEN, reduced_motion="reduce")


def open_film(page: Page, address: str) -> Locator:
    page.goto(address)
    settled(page)
    film = page.locator(".slow")
    expect(film.locator(".stage")).to_have_count(len(STAGES))
    film.evaluate(REMEMBER)
    return film


def played(film: Locator, count: int) -> list[int]:
    """Wait until so many parts have been shown; return them in their order."""
    film.page.wait_for_function(
        "([film, count]) => film.history.length >= count", arg=[film.element_handle(), count]
    )
    return film.evaluate("film => film.history")[:count]


def expect_stage(film: Locator, index: int) -> None:
    expect(film.locator("[data-state=active]")).to_have_class(f"stage {STAGES[index]}")
    expect(film.locator("[data-state=done]")).to_have_count(index)
    expect(film.locator("[data-state=later]")).to_have_count(LAST - index)


def press(film: Locator, *keys: str) -> None:
    for key in keys:
        film.page.keyboard.press(key)


def button(film: Locator, name: str) -> Locator:
    return film.get_by_role("button", name=name, exact=True)


def test_it_plays_by_itself_pauses_and_asks_for_the_next_step_once(
    page: Page, address: str
) -> None:
    film = open_film(page, address)
    expect(film).to_be_focused()
    expect(button(film, "Pause")).to_be_visible()
    first, *others = played(film, 3)
    assert others == [first + 1, first + 2]
    press(film, "Space")
    expect(button(film, "Play")).to_be_visible()
    assert film.locator(".timer").evaluate_all(
        "timers => timers.every(timer => timer.getAnimations().length === 0)"
    )
    reached = film.locator("[data-state=done]").count()
    press(film, *["ArrowRight"] * (LAST - reached))
    expect_stage(film, LAST)
    expect(page.get_by_text("Asked 0 times")).to_be_visible()

    press(film, "Space")  # the end comes by itself now
    expect(page.get_by_text("Asked 1 times")).to_be_visible()
    waiting = button(film, "Waiting for the next step…")
    expect(waiting).to_have_attribute("aria-disabled", "true")
    press(film, "ArrowRight")
    waiting.click(force=True)
    page.get_by_role("button", name="Again").click()
    expect(page.get_by_text("Run 3")).to_be_visible()
    expect(page.get_by_text("Asked 1 times")).to_be_visible()
    expect(waiting).to_be_visible()
    expect_stage(film, LAST)

    film.evaluate("film => { film.history = [] }")
    page.get_by_role("button", name="Deliver").click()
    assert played(film, 2) == [0, 1]  # it was playing and plays on
    expect(film.locator(".place")).to_have_text("Epoch 3 · step 42 of 1,200")
    expect(button(film, "Next training step")).to_have_attribute("aria-disabled", "false")
    expect(button(film, "Pause")).to_be_visible()
    assert film.evaluate("film => film.marked")


def test_the_same_data_change_nothing(calm: Page, address: str) -> None:
    film = open_film(calm, address)
    press(film, "ArrowDown", "ArrowRight", "ArrowRight")
    expect_stage(film, 2)
    expect(film.get_by_text("Image 2 of 3")).to_be_visible()
    bar = film.locator(".cloud .bar").first
    bar.evaluate("bar => { bar.marked = true }")
    calm.get_by_role("button", name="Again").click()
    expect(calm.get_by_text("Run 2")).to_be_visible()
    settled(calm)
    expect_stage(film, 2)
    expect(film.get_by_text("Image 2 of 3")).to_be_visible()
    assert bar.evaluate("bar => bar.marked")
    # New data start again, paused as it was.
    calm.get_by_role("button", name="Deliver").click()
    expect(film.locator(".place")).to_have_text("Epoch 3 · step 42 of 1,200")
    expect_stage(film, 0)
    expect(film.get_by_text("Image 1 of 3")).to_be_visible()
    expect(button(film, "Play")).to_be_visible()
    assert film.evaluate("film => film.marked")


def test_arrows_lead_through_parts_and_images(calm: Page, address: str) -> None:
    film = open_film(calm, address)
    expect(button(film, "Play")).to_be_visible()  # nothing moves by itself here
    expect_stage(film, 0)
    press(film, "ArrowLeft")
    expect_stage(film, 0)
    press(film, "ArrowRight", "ArrowRight", "ArrowRight")
    expect_stage(film, 3)
    numbers = film.locator(".epsilon output")
    first = numbers.all_inner_texts()
    press(film, "ArrowDown")
    expect(film.get_by_text("Image 2 of 3")).to_be_visible()
    assert numbers.all_inner_texts() != first
    press(film, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(film.get_by_text("Image 3 of 3")).to_be_visible()
    press(film, "ArrowUp", "ArrowUp", "ArrowUp")
    expect(film.get_by_text("Image 1 of 3")).to_be_visible()
    expect(film.locator(".caption")).to_have_attribute("aria-live", "polite")
    expect(film.locator(".caption")).to_have_text(
        "A random epsilon picks one point of this Gaussian."
    )
    assert numbers.all_inner_texts() == first
    expect_stage(film, 3)
    assert calm.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0
    # What is still to come is hidden, from those who listen too.
    expect(film.locator(".z .body")).to_have_attribute("aria-hidden", "true")
    expect(film.locator(".z output").first).to_have_css("opacity", "0")
    expect(film.locator(".epsilon .body")).to_have_attribute("aria-hidden", "false")

    elsewhere = calm.get_by_label("Elsewhere")
    elsewhere.fill("ab")
    press(film, "ArrowLeft", "Space", "ArrowUp", "ArrowDown")
    expect(elsewhere).to_have_value("a b")
    expect_stage(film, 3)
    expect(button(film, "Play")).to_be_visible()


def test_buttons_do_what_keys_do(calm: Page, address: str) -> None:
    film = open_film(calm, address)
    expect(button(film, "Previous part")).to_have_attribute("aria-disabled", "true")
    button(film, "Next part").click()
    press(film, "Space")  # presses the button that has the focus
    expect_stage(film, 2)
    expect(button(film, "Play")).to_be_visible()
    button(film, "Previous part").click()
    expect_stage(film, 1)
    press(film, "ArrowRight")  # a button that has the focus leaves the arrows to the film
    expect_stage(film, 2)
    button(film, "Next image of the batch").click()
    expect(film.get_by_text("Image 2 of 3")).to_be_visible()
    button(film, "Previous image of the batch").click()
    expect(film.get_by_text("Image 1 of 3")).to_be_visible()
    film.locator(".stage.z").click()
    expect_stage(film, 4)
    button(film, "Play").click()
    expect(button(film, "Pause")).to_be_visible()
    press(film, "Space")  # once, although the button has the focus
    expect(button(film, "Play")).to_be_visible()
    button(film, "Next training step").click()
    expect(calm.get_by_text("Asked 1 times")).to_be_visible()
    expect(button(film, "Waiting for the next step…")).to_be_visible()
    button(film, "Previous part").click()  # one may look back meanwhile
    expect_stage(film, 3)


# Goes through all parts; returns the places of what must not move, and what is wider than its room.
MEASURE = """film => {
  const places = new Set(), wide = new Set();
  for (const stage of film.querySelectorAll(".stage")) {
    stage.click();
    const parts = [...film.querySelectorAll(".stages, .caption, .detail, .controls")];
    places.add(parts.map((part) => `${part.offsetTop} ${part.offsetHeight}`).join());
    for (const part of [film, ...film.querySelectorAll(".stages, .body, .bars, .strip, .place")]) {
      if (part.scrollWidth > part.clientWidth + 1) wide.add(part.className);
    }
  }
  return { places: [...places], wide: [...wide] };
}"""


def test_nothing_jumps_or_sticks_out(calm: Page, address: str) -> None:
    film = open_film(calm, address)
    box = film.bounding_box()
    assert box
    assert box["height"] <= 420
    for size in (SCREEN, PHONE):
        calm.set_viewport_size(size)
        calm.wait_for_function(
            "([film, width]) => film.clientWidth <= width",
            arg=[film.element_handle(), size["width"]],
        )
        found = film.evaluate(MEASURE)
        assert len(found["places"]) == 1
        assert found["wide"] == []
