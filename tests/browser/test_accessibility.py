"""Every view, loaded once and looked at in both themes, wide and narrow.

axe-core finds nothing against WCAG 2.2 AA and best practices, and nothing scrolls sideways, on the
narrowest phone and with text of twice the size too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect

from pages.learn.chapter_list import CHAPTERS
from tests.browser.accessibility_exceptions import EXCEPTIONS
from tests.browser.driving import PHONE, SCREEN, settled
from tests.browser.widths import too_wide

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 360, "height": 640}
LAPTOP = {"width": 1280, "height": 720}
TWICE = "html:root { font-size: 200% !important; }"
LATENT = ("map", "draw", "path", "dimensions", "projections", "knowledge")
EVALUATE = ("overview", "likelihood", "samples", "latent-space")
GENERATE = (
    *("grid", "samplers", "by-hand", "manifold", "arithmetic", "animation", "take-away"),
    "augment",
)
VIEWS = (
    *(f"learn?chapter={chapter.slug}" for chapter in CHAPTERS),
    *("start", "data", "train?view=set-up", "train?view=watch"),
    *(f"latent?view={view}" for view in LATENT),
    *(f"evaluate?view={view}" for view in EVALUATE),
    "evaluate?view=classify&run=mnist-conditional",
    *(f"generate?view={view}" for view in GENERATE),
    "runs?view=table",
    *(f"runs?view=compare&part={part}" for part in ("curves", "numbers", "images", "maps")),
    "runs?view=rate-and-distortion",
    "runs?view=sweeps",
)


@pytest.fixture(scope="module")
def address(server: tuple[str, int]) -> str:
    return server[0]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme="light", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def findings(page: Page, run_only: dict[str, Any]) -> list[str]:
    """Return what axe finds: the rule, the element and what should be otherwise."""
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    # Once a page, and without all that is as it should be: that is half of axe's work.
    page.evaluate("script => window.axe || (0, eval)(script)", AXE_SCRIPT)
    violations = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
        for found in violations
        for node in found["nodes"]
        if not _is_excepted(page, found["id"], node["target"][0])
    ]


def _is_excepted(page: Page, rule: str, target: str) -> bool:
    selector, _ = EXCEPTIONS.get(rule, ("", ""))
    return bool(selector) and page.locator(target).first.evaluate(
        "(element, selector) => element.matches(selector)", selector
    )


def touch(page: Page, enabled: bool) -> None:
    """Have a finger be the page's pointer, or a mouse."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": enabled, "maxTouchPoints": 1})


@pytest.mark.parametrize("view", VIEWS)
def test_of_each_view(view: str, address: str, page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SCREEN)
    page.goto(f"{address}/{view}")
    settled(page)
    page.wait_for_load_state("networkidle")
    assert page.title() == f"{view.partition('?')[0].capitalize()} · VAE Lab"
    assert findings(page, {"type": "tag", "values": RULES}) == []
    touch(page, True)
    page.set_viewport_size(PHONE)
    # All colors of the other theme, and what else a narrow page might break.
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    assert findings(page, {"type": "tag", "values": RULES}) == []
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    page.add_style_tag(content=TWICE)
    assert too_wide(page) == [], "text of 200 %"
    page.set_viewport_size(LAPTOP)
    touch(page, False)
    assert too_wide(page) == [], "text of 200 % on a laptop"


def test_what_is_chosen_is_seen_in_forced_colors(address: str, page: Page) -> None:
    def color(radio: Locator) -> str:
        return radio.evaluate("radio => getComputedStyle(radio).backgroundColor")

    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/train?view=set-up")
    settled(page)
    for group in ("View", "Data set", "Preset"):
        radios = page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio")
        chosen = [each for each in radios.all() if each.is_checked()]
        assert len(chosen) == 1
        assert [color(each) for each in radios.all()].count(color(chosen[0])) == 1, group
    page.emulate_media(forced_colors="none")


def test_components_in_forced_colors_and_without_motion(address: str, page: Page) -> None:
    def style(part: Locator, name: str, of: str = "") -> str:
        return part.evaluate(
            "(node, [name, of]) => getComputedStyle(node, of || null)[name]", [name, of]
        )

    page.set_viewport_size(SCREEN)
    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/train?view=watch&run=mnist-recommended")
    settled(page)
    classes = page.locator(".board .classes i")
    hues = {style(each, "backgroundColor", "::before") for each in classes.all()}
    assert len(hues) == 10  # one for each class, not the system's one for all
    assert style(page.locator(".map .frame"), "outlineStyle") == "solid"

    page.goto(f"{address}/generate?view=grid&run=mnist-recommended&tile=3")
    settled(page)
    assert style(page.locator(".tiles .selected"), "outlineStyle") == "solid"
    # A slider's name is said once: Streamlit and React Aria together say it twice.
    expect(page.get_by_role("slider", name="Rows", exact=True)).to_be_visible()

    page.goto(f"{address}/generate?view=animation&run=mnist-recommended")
    settled(page)
    expect(page.locator(".player").get_by_role("button", name="Play")).to_be_visible()

    page.goto(f"{address}/latent?view=map&run=mnist-recommended")
    settled(page)
    layers = page.get_by_role("group", name="Layers").get_by_role("button")
    pressed = {each.get_attribute("aria-pressed"): style(each, "color") for each in layers.all()}
    assert pressed["true"] != pressed["false"]

    page.goto(f"{address}/latent?view=draw&run=mnist-recommended")
    settled(page)
    pad = page.locator(".pad canvas")
    assert style(pad, "forcedColorAdjust") == "none"  # ink is white on black

    page.goto(f"{address}/latent?view=dimensions&run=mnist-recommended")
    settled(page)
    marks = page.locator("figure svg .grid").first
    assert style(marks, "stroke") == style(page.locator("body"), "color")
    page.emulate_media(forced_colors="none")
