"""How long each view takes to load again, whole, beside an empty Streamlit app.

Both are reloaded in turn in one browser, since what counts is the ratio of the medians. The
processor time of a page's main thread stands beside the seconds: other programs change it less.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.measuring import medians
from tests.browser.driving import SCREEN, chromium, serve

__all__ = ["views"]

ROUNDS = 7
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'
# By its address: what must be there, in the page or in a component.
VIEWS: dict[str, tuple[str, ...]] = {
    "start": ("img[alt^='A 10 by 10']", "figure canvas", "path.line.training[d]"),
    "data": ("img[alt^='100 training']", ".bars"),
    "train?view=set-up": ("[data-testid=stTextInput]",),
    "train?view=watch": (".board",),
    **{f"latent?view={view}": (".map",) for view in ("map", "draw", "path", "projections")},
    "latent?view=dimensions": (),
    "latent?view=knowledge": (),
    "latent?view=compare": (".map",),
    "evaluate?view=overview": (".bars", "path.line.training[d]"),
    "evaluate?view=likelihood": (".bars",),
    "evaluate?view=samples": ("img[alt^='Samples']", ".bars"),
    "evaluate?view=latent-space": ("figure canvas",),
    "generate?view=grid": (".tiles img",),
    "generate?view=samplers": ("img[alt^='Samples: P']",),
    "generate?view=by-hand": (".sliders input",),
    "generate?view=manifold": ("img[alt*='images over']",),
    "generate?view=arithmetic": ("img[alt^='A minus B']",),
    "generate?view=animation": (".player canvas",),
    "generate?view=take-away": ("[role=img] img",),
    "runs": ("[data-testid=stDataFrame] canvas",),
}
# The script has run; pictures, dots and charts are drawn.
IS_WHOLE = """([view, parts]) => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const roots = all("[data-testid=stMain] *").map((each) => each.shadowRoot);
  const inComponents = (selector) =>
    roots.filter(Boolean).flatMap((root) => [...root.querySelectorAll(selector)]);
  const everywhere = (selector) => [...all(selector), ...inComponents(selector)];
  const chosen = document.querySelector('[role=radiogroup][aria-label=View] [aria-checked=true]');
  return document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && (!view || chosen?.textContent.toLowerCase().trim().replace(" ", "-") === view)
    && !document.querySelector('[data-testid=stSkeleton]')
    && parts.every((each) => everywhere(each).length)
    && everywhere("img").every((each) => each.complete)
    && inComponents("div.map").every((each) => each.dataset.painted)
    && all("[data-testid=stPlotlyChart]").every((each) => each.querySelector(".main-svg"));
}"""


def views() -> None:
    """Print the medians of an empty app and of each view, and their ratios, as a table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        runs = Path(folder) / "runs"
        runs.mkdir()
        with serve(runs) as (address, _), serve(runs, script=empty) as (beside, _):
            pages = {view: _opened(browser, f"{address}/{view}", view) for view in VIEWS}
            pages["empty"] = _opened(browser, beside, "")
            found: dict[str, list[list[float]]] = {name: [] for name in pages}
            for _ in range(ROUNDS):
                for name, (page, devtools) in pages.items():
                    found[name].append(_reload(page, devtools, name))
    middle = medians(found)
    print(f"\nReloads, whole: medians of {ROUNDS}, in turn with an empty app.\n")
    print("| view | seconds | times the empty app | main thread, CPU s | times the empty app |")
    print("|---|---|---|---|---|")
    for name, figures in middle.items():
        cells = (
            f"{own:.2f} | {own / empty:.1f}"
            for own, empty in zip(figures, middle["empty"], strict=True)
        )
        print(f"| {name} | {' | '.join(cells)} |")


def _opened(browser: Browser, address: str, name: str) -> tuple[Page, CDPSession]:
    page = browser.new_context(viewport=SCREEN).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    _wait(page, name)
    return page, devtools


def _reload(page: Page, devtools: CDPSession, name: str) -> list[float]:
    """Return the seconds until a view is there again, and those of its main thread's CPU."""
    page.bring_to_front()
    begin = time.perf_counter()
    page.reload()
    _wait(page, name)
    seconds = time.perf_counter() - begin
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return [seconds, next(each["value"] for each in metrics if each["name"] == "TaskDuration")]


def _wait(page: Page, name: str) -> None:
    if name in VIEWS:
        _, _, view = name.partition("?view=")
        page.wait_for_function(IS_WHOLE, arg=[view, VIEWS[name]], timeout=120_000)
    else:
        page.get_by_role("heading", name="Empty").wait_for()
