"""Learn, the GAN: two networks that train in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled

pytestmark = pytest.mark.browser


def test_both_networks_learn(server: tuple[str, int], page: Page) -> None:
    """Less motion: one press trains 1,500 steps, after which both bells are made."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server[0]}/learn?chapter=gan")
    settled(page)
    figure = page.locator(".st-key-learn-toy-gan .figure")
    said = figure.locator(".said")
    figure.get_by_role("button", name="Train D alone").click()
    expect(said).to_contain_text("0 steps of G, 150 of D.")
    figure.get_by_role("button", name="Train", exact=True).click()
    expect(said).to_contain_text("1,500 steps of G, 1,650 of D.")
    shares = re.search(r"(\d+) % of it lie on the left", said.inner_text())
    assert shares
    assert 25 < int(shares[1]) < 75
    chance = re.search(r"probability of (\d+) %", said.inner_text())
    assert chance
    assert 35 < int(chance[1]) < 65
    figure.get_by_role("button", name="Start again").click()
    expect(said).to_contain_text("0 steps of G, 0 of D.")
