"""Charts that stand still: bars as high as values, a table of the numbers, text that grows."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from tests.browser.driving import settled
from vae.runs.run import Run

pytestmark = pytest.mark.browser

HEIGHTS = "chart => [...chart.querySelectorAll('svg rect')].map(bar => bar.height.baseVal.value)"
SIZES = """chart => [...chart.querySelectorAll('svg text')].filter(each => each.textContent)
  .map(each => parseFloat(getComputedStyle(each).fontSize))"""


@pytest.fixture
def chart(page: Page, server: tuple[str, int]) -> Locator:
    page.goto(f"{server[0]}/latent?view=dimensions")
    settled(page)
    found = page.locator("figure").filter(has=page.get_by_role("img", name="What each dimension"))
    found.wait_for()
    return found


def test_bars_are_as_high_as_their_values(chart: Locator, run: Run) -> None:
    values = np.sort(run.metrics["kl_per_dimension"])[::-1]
    chart.page.wait_for_function(f"chart => ({HEIGHTS})(chart).length", arg=chart.element_handle())
    heights = np.array(chart.evaluate(HEIGHTS))
    np.testing.assert_allclose(heights / heights[0], values / values[0], rtol=1e-5)


def test_its_numbers_are_there_as_a_table(chart: Locator, run: Run) -> None:
    chart.get_by_text("Numbers of this chart").click()
    values = run.metrics["kl_per_dimension"]
    rows = [line.split("\t") for line in chart.locator("table").inner_text().splitlines()]
    assert rows[0] == ["latent dimension", "KL (nats per image)"]
    order = np.argsort(values)[::-1]
    assert [name for name, _ in rows[1:]] == [f"z{i + 1}" for i in order]
    shown = [float(number) for _, number in rows[1:]]
    np.testing.assert_allclose(shown, np.array(values)[order], rtol=1e-3)


def test_text_grows_with_the_window(chart: Locator) -> None:
    narrow = min(chart.evaluate(SIZES))
    chart.page.set_viewport_size({"width": 1920, "height": 1080})
    chart.page.wait_for_function(
        f"chart => Math.min(...({SIZES})(chart)) >= 20", arg=chart.element_handle()
    )
    assert 13 <= narrow < 20  # of 1280 to 1440 pixels
