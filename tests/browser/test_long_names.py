"""Names of classes as long as a run from elsewhere may have them: no page becomes wider."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.browser.driving import PHONE, SCREEN, settled
from tests.browser.visitors import Visitors
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED
from vae.schemas.reading import Text

pytestmark = pytest.mark.browser

VIEWS = (
    *("", "data", "train?view=watch"),
    *(
        f"latent?view={view}"
        for view in ("map", "draw", "path", "dimensions", "projections", "knowledge", "compare")
    ),
    *(f"evaluate?view={view}" for view in ("overview", "latent-space")),
    *(
        f"generate?view={view}"
        for view in ("grid", "classes", "samplers", "by-hand", "arithmetic", "animation")
    ),
    "runs?view=table",
)
BEYOND = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    return main.scrollWidth - main.clientWidth;
}"""


def test_no_page_is_wider_than_its_window(
    own_server: tuple[str, int], visitors: Visitors, runs: Path
) -> None:
    path = shutil.copytree(SHIPPED / "mnist-conditional", runs / "long")
    info = read_json(path / "config.json")
    names = [f"{label}{'w' * (Text.longest - 1)}" for label in range(10)]
    write_json(path / "config.json", info | {"class_names": names})
    metrics = read_json(path / "metrics.json")
    metrics["reconstruction_per_class"] = {name: 80.0 + len(name) for name in names}
    write_json(path / "metrics.json", metrics)
    page = visitors.open_page(viewport=SCREEN)
    for view in VIEWS:
        page.set_viewport_size(SCREEN)
        page.goto(f"{own_server[0]}/{view}{'&' if '?' in view else '?'}run=long")
        settled(page)
        for size in (SCREEN, PHONE):
            page.set_viewport_size(size)
            with contextlib.suppress(TimeoutError):  # what draws itself anew takes a moment
                page.wait_for_function(f"() => ({BEYOND})() === 0", timeout=10_000)
            assert page.evaluate(BEYOND) == 0, (view, size)
            expect(page.get_by_test_id("stException")).to_have_count(0)
            expect(page.get_by_text("w" * 30)).to_have_count(0)


# The heads of a table that do not stand in one line, whole.
BROKEN_HEADS = """() => [...document.querySelectorAll("[data-testid=stMain] th")].filter((head) => {
    const words = document.createRange();
    words.selectNodeContents(head);
    const lines = new Set([...words.getClientRects()].map((box) => Math.round(box.top)));
    return lines.size > head.textContent.trim().split(/\\s+/).length;
}).map((head) => head.textContent)"""


@pytest.mark.parametrize("view", ["samples", "latent-space"])
def test_words_of_a_table_stay_whole_on_a_phone(
    view: str, own_server: tuple[str, int], visitors: Visitors
) -> None:
    page = visitors.open_page(viewport=PHONE)
    page.goto(f"{own_server[0]}/evaluate?view={view}&run=mnist-conditional")
    settled(page)
    expect(page.get_by_test_id("stMain").locator("th").first).to_be_visible()
    assert page.evaluate(BROKEN_HEADS) == []
    assert page.evaluate(BEYOND) == 0
