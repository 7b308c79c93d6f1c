"""The latent map in Chromium: frames a second under the pointer, and how soon answers are there."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from tests.browser.driving import SCREEN, button, chromium, serve, settled, wait_until
from tests.browser.mapping import Board, open_map
from vae.data.datasets import find_dataset
from vae.runs.store import RunStore

__all__ = ["latent_map"]

SECONDS_OF_HOVERING = 6
PLANES = 8
DRAWINGS = 8
PATIENCE_MS = 60_000
# From the click or key that asks to the frame in which the answer can be used.
WATCH = """(root) => {
  const state = window.watching = { frames: [], asked: null, answered: null, want: null };
  let last = null;
  const frame = (now) => {
    if (last !== null) state.frames.push(now - last);
    last = now;
    if (state.want && state.answered === null && state.want()) state.answered = performance.now();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const ask = () => { if (state.want && state.asked === null) state.asked = performance.now(); };
  for (const kind of ["keydown", "pointerup"]) addEventListener(kind, ask, true);
}"""
EXPECT = """(root, what) => {
  const state = window.watching;
  const now = () => what === "atlas" ? root.map.atlas?.id : JSON.stringify(root.map.data.posterior);
  const before = now();
  Object.assign(state, { asked: null, answered: null, want: () => now() && now() !== before });
}"""


def latent_map() -> None:
    """Print the figures as a Markdown table."""
    dataset = "mnist" if find_dataset("mnist") else "digits"
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder) / "runs"
        runs.mkdir()
        with serve(runs) as (address, _):
            columns = {
                "shipped, dense": _measure(browser, address, "mnist-recommended"),
                "shipped, convolutional": _measure(browser, address, "mnist-convolutional"),
            }
            run_id = _train(browser, address, runs, dataset)
            columns["dense, in training"] = _measure(browser, address, run_id)
    print(f"\nThe map with all test images of {dataset}, in Chromium without a graphics card.\n")
    print("| | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


def _train(browser: Browser, address: str, runs: Path, dataset: str) -> str:
    """Start a run that trains as long as it is looked at; return its id."""
    page = browser.new_context(viewport=SCREEN).new_page()
    page.goto(f"{address}/train?dataset={dataset}&preset=recommended&epochs=500")
    settled(page)
    button(page, "Train").click()
    wait_until(lambda: any(run.history for run in RunStore(runs, runs).list()), 120)
    page.close()
    return RunStore(runs, runs).list()[0].id


def _measure(browser: Browser, address: str, run_id: str) -> dict[str, str]:
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    board = open_map(page, address, f"&run={run_id}")
    board.root.evaluate(WATCH)
    found = _hover(page, board) | _planes(page, board, received) | _draw(page, address, run_id)
    context.close()
    return found


def _hover(page: Page, board: Board) -> dict[str, str]:
    """Let the pointer wander over the map, all dots and images on it."""
    board.toggle("Decoded images")
    page.evaluate("window.watching.frames = []")
    random = np.random.default_rng(0)
    while sum(page.evaluate("window.watching.frames")) < 1000 * SECONDS_OF_HOVERING:
        page.mouse.move(*board.at(*random.uniform(0.05, 0.95, 2)), steps=25)
    frames = np.array(page.evaluate("window.watching.frames"))
    board.toggle("Decoded images")
    median, worst = np.median(frames), np.quantile(frames, 0.99)
    return {"frames a second while hovering, median (worst 1 %)":
            f"{1000 / median:.0f} ({1000 / worst:.0f})"}  # fmt: skip


def _planes(page: Page, board: Board, received: list[int]) -> dict[str, str]:
    """Look at one plane after the other, each through other pictures."""
    page.get_by_role("radio", name="Three pictures", exact=True).click()
    field = page.get_by_role("textbox", name="First picture", exact=True)
    field.wait_for()
    board.wait_for_atlas()
    settled(page)
    seconds, sizes = [], []
    for number in range(100, 100 + PLANES):
        received.clear()
        field.fill(str(number))
        seconds.append(_answer(page, board, "atlas", lambda: field.press("Enter")))
        settled(page)
        sizes.append(sum(received))
    return {
        "from a change of the plane to hovering": _milliseconds(seconds),
        "bytes sent for a plane": f"{statistics.median(sizes) / 1e6:.2f} MB",
    }


def _draw(page: Page, address: str, run_id: str) -> dict[str, str]:
    """Draw strokes and wait for each one's posterior on the map."""
    page.goto(f"{address}/latent?view=draw&run={run_id}")
    settled(page)
    pad = page.get_by_role("img", name="Drawing pad")
    box = pad.bounding_box()
    seconds = []
    for stroke in range(DRAWINGS + 1):
        x = box["x"] + box["width"] * (0.3 + 0.05 * stroke)
        page.mouse.move(x, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(x + 10, box["y"] + box["height"] * 0.8, steps=5)
        if not stroke:  # the first one brings the map
            page.mouse.up()
            board = Board(page, page.locator(".map"))
            board.root.wait_for()
            board.root.evaluate(WATCH)
        else:
            seconds.append(_answer(page, board, "posterior", page.mouse.up))
        settled(page)
    return {"from pen-up to the posterior on the map": _milliseconds(seconds)}


def _answer(page: Page, board: Board, what: str, ask: Any) -> float:
    """Return the seconds from a deed to the frame that has the answer."""
    board.root.evaluate(EXPECT, what)
    ask()
    page.wait_for_function("window.watching.answered !== null", timeout=PATIENCE_MS)
    return page.evaluate("(watching.answered - watching.asked) / 1000")


def _milliseconds(seconds: list[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f} ms, at most {1000 * max(seconds):.0f} ms"
