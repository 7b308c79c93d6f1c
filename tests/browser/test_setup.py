"""Set up on screens of every size: cards by keyboard, Train in sight, and the way to a refusal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.driving import button, settled, wait_until
from tests.browser.screenshots import SIZES
from vae.config.number_text import number_text
from vae.presets import PRESETS

pytestmark = pytest.mark.browser

FORM = "train?view=set-up&dataset=digits&preset=2d"
DESKS = ("projector", "wide", "laptop")


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("radio", name=re.compile(f"^{title} [0-9]"))


def is_in_sight(page: Page, part: Locator) -> bool:
    box, screen = part.bounding_box(), page.viewport_size
    assert box
    assert screen
    return box["y"] >= 0 and box["y"] + box["height"] <= screen["height"]


def test_train_is_on_every_first_screen(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/{FORM}")
    settled(page)
    takes = page.get_by_text("Takes about")
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        for part in (card(page, "Lecture"), button(page, "Train"), takes):
            assert is_in_sight(page, part), name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        if name in DESKS:  # with the network of most layers
            for part in (page.get_by_text("Total parameters"), page.get_by_text("image (Act")):
                assert is_in_sight(page, part), name
            # Nothing of it is under the bar.
            bar = page.locator(".st-key-train-bar").bounding_box()
            last = page.get_by_text("image (Act").bounding_box()
            assert bar
            assert last
            assert last["y"] + last["height"] <= bar["y"], name


def test_a_card_is_chosen_by_keyboard_and_nothing_moves(
    server: tuple[str, int], page: Page
) -> None:
    page.goto(f"{server[0]}/{FORM}")
    settled(page)
    cards = page.get_by_role("radiogroup", name="Preset").get_by_role("radio")
    before = [each.bounding_box() for each in cards.all()]
    assert len(before) == len(PRESETS)
    card(page, "Two dimensions").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(card(page, "Conditional")).to_have_attribute("aria-checked", "true")
    page.wait_for_url("**preset=conditional*")
    settled(page)
    assert [each.bounding_box() for each in cards.all()] == before


def test_what_is_typed_before_the_values_of_a_preset_arrive_stays(
    server: tuple[str, int], page: Page
) -> None:
    answers = Held()
    page.route_web_socket("**/_stcore/stream", answers.connect)
    page.goto(f"{server[0]}/{FORM}")
    settled(page)
    answers.hold()
    card(page, "Lecture").click()
    # For a moment the field before stands there too, hidden.
    epochs, rate = (
        page.get_by_label(label, exact=True).filter(visible=True)
        for label in ("Epochs", "Learning rate")
    )
    epochs.fill("17")
    answers.release()
    expect(rate).to_have_value(number_text(PRESETS["lecture"].learning_rate))
    expect(epochs).to_have_value("17")
    expect(epochs).to_be_focused()
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    page.wait_for_url("**epochs=176*")
    settled(page)
    expect(epochs).to_have_value("176")
    expect(card(page, "Lecture")).to_have_attribute("aria-checked", "true")


class Held:
    """What a server answers, for as long as a test holds it back."""

    def __init__(self) -> None:
        self.messages: list[str | bytes] | None = None

    def connect(self, page: WebSocketRoute) -> None:
        self.page = page
        page.connect_to_server().on_message(self.pass_on)

    def pass_on(self, message: str | bytes) -> None:
        if self.messages is None:
            self.page.send(message)
        else:
            self.messages.append(message)

    def hold(self) -> None:
        self.messages = []

    def release(self) -> None:
        while self.messages:  # more may come while one is sent
            self.page.send(self.messages.pop(0))
        self.messages = None


def test_the_bar_leads_to_a_refused_field(server: tuple[str, int], page: Page) -> None:
    page.set_viewport_size(SIZES["phone"])
    page.goto(f"{server[0]}/{FORM}")
    settled(page)
    settings = page.get_by_text("All settings")
    seed = page.get_by_label("Seed", exact=True)
    expect(seed).to_be_hidden()
    settings.click()
    seed.fill("many")
    seed.press("Enter")
    link = page.locator(".st-key-train-bar").get_by_role("link", name="Seed")
    expect(link).to_be_visible()
    expect(button(page, "Train")).to_be_disabled()
    settings.click()
    expect(seed).to_be_hidden()
    link.click()
    expect(seed).to_be_focused()
    expect(seed).to_be_visible()
    wait_until(lambda: is_in_sight(page, seed), 10)
