"""How long each view of Latent takes to load again, whole, beside an empty Streamlit app.

Both are reloaded in turn in one browser, since what counts is the ratio of the medians.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.measuring import medians
from tests.browser.driving import SCREEN, chromium, serve

__all__ = ["views"]

ROUNDS = 7
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'
VIEWS = ("map", "draw", "path", "dimensions", "projections", "knowledge", "compare")
# The script has run; pictures, dots and charts are drawn.
IS_WHOLE = """view => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const roots = all("[data-testid=stMain] *").map((each) => each.shadowRoot);
  const inComponents = (selector) =>
    roots.filter(Boolean).flatMap((root) => [...root.querySelectorAll(selector)]);
  const chosen = document.querySelector('[role=radiogroup][aria-label=View] [aria-checked=true]');
  const maps = inComponents(".map");
  return document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && chosen?.textContent.toLowerCase().trim() === view
    && !document.querySelector('[data-testid=stSkeleton]')
    && all("img").every((each) => each.complete)
    && maps.every((each) => each.dataset.painted)
    && all("[data-testid=stPlotlyChart]").every((each) => each.querySelector(".main-svg"))
    && (maps.length || !["map", "path", "draw", "projections", "compare"].includes(view));
}"""


def views() -> None:
    """Print the medians of an empty app and of each view, and their ratios, as a table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        runs = Path(folder) / "runs"
        runs.mkdir()
        with serve(runs) as (address, _), serve(runs, script=empty) as (beside, _):
            pages = {
                view: _opened(browser, f"{address}/latent?view={view}", view) for view in VIEWS
            }
            pages["empty"] = _opened(browser, beside, "")
            found: dict[str, list[list[float]]] = {name: [] for name in pages}
            for _ in range(ROUNDS):
                for name, page in pages.items():
                    found[name].append([_reload(page, name)])
    middle = {
        name: seconds[0] for name, seconds in zip(found, medians(found).values(), strict=True)
    }
    print(f"\nReloads, whole: medians of {ROUNDS}, in turn with an empty app.\n")
    print("| view | seconds | times the empty app |")
    print("|---|---|---|")
    for name, seconds in middle.items():
        print(f"| {name} | {seconds:.2f} | {seconds / middle['empty']:.1f} |")


def _opened(browser: Browser, address: str, name: str) -> Page:
    page = browser.new_context(viewport=SCREEN).new_page()
    page.goto(address)
    _wait(page, name)
    return page


def _reload(page: Page, name: str) -> float:
    page.bring_to_front()
    begin = time.perf_counter()
    page.reload()
    _wait(page, name)
    return time.perf_counter() - begin


def _wait(page: Page, name: str) -> None:
    if name in VIEWS:
        page.wait_for_function(IS_WHOLE, arg=name, timeout=120_000)
    else:
        page.get_by_role("heading", name="Empty").wait_for()
