"""Learning, seen: what moves from the first steps on, and that nothing else does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, button, settled, train, wait_until, words
from vae.runs.moments import moments_of
from vae.runs.run import open_run

pytestmark = pytest.mark.browser

SECONDS = 120
# Small batches: an epoch of half a minute, so that all of this is seen within the first one.
LONG_EPOCH = "dataset=digits&preset=recommended&epochs=3&batch_size=1&hidden=1024,1024&latent_dim=8"
SHORT = "dataset=digits&preset=recommended&epochs=40&hidden=64&batch_size=8"
BLOCKS = (".pairs img", ".samples img", ".map canvas", ".classes i", ".curves .panel svg")
FIRST_SCREENS = ((1440, 900), (1920, 1080), (1280, 720))
# Each thing that moved while no hand had just touched anything, with what it was.
WATCH_SHIFTS = """() => {
    window.shifts = [];
    const name = (node) => node && `${node.nodeName} ${node.className ?? ''} ${node.textContent}`;
    const note = (entry) => entry.hadRecentInput || window.shifts.push([
        entry.value, ...entry.sources.map((source) => name(source.node)?.slice(0, 120)),
    ]);
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe(
        { type: 'layout-shift' },
    );
}"""


@pytest.fixture(scope="module")
def motion() -> Literal["no-preference"]:
    """Dots glide from moment to moment."""
    return "no-preference"


def moment(page: Page) -> str:
    """The moment that is shown, as "epoch 1, step 20"."""
    return page.locator(".board").get_attribute("data-moment") or ""


def shown(page: Page) -> dict[str, Any]:
    """The pictures on the board, and the pixels of its map."""
    board = page.locator(".board")
    sources = {name: board.locator(f".{name} img").get_attribute("src") for name in PICTURES}
    return sources | {"map": board.locator("canvas").evaluate("node => node.toDataURL()")}


PICTURES = ("pairs", "samples")


def test_pictures_and_map_move_within_the_first_epoch(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    page.goto(f"{own_server[0]}/train?{LONG_EPOCH}")
    settled(page)
    run_id = train(page)
    board = page.locator(".board")
    expect(board).to_have_attribute("data-moment", re.compile("epoch 0|epoch 1, step"))
    wait_until(lambda: open_run(runs / run_id).live_snapshots, SECONDS)
    expect(board).to_have_attribute("data-moment", re.compile("epoch 1, step"))
    first = shown(page)
    # Two further ones, so that a dot which glides has arrived at the first of them.
    for _ in range(2):
        expect(board).not_to_have_attribute("data-moment", moment(page))
    later = shown(page)
    assert moment(page).startswith("epoch 1, step")
    assert {name for name in first if first[name] != later[name]} == {*PICTURES, "map"}
    button(page, "Stop").click()
    wait_until(lambda: open_run(runs / run_id).state == "stopped", SECONDS)
    expect(button(page, "Continue")).to_be_visible()
    # The run ended within an epoch, and this is its picture.
    expect(board).to_have_attribute("data-moment", moments_of(open_run(runs / run_id))[-1].words)
    # All of it is in sight.
    for width, height in FIRST_SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for block in (*BLOCKS, ".numbers"):
            box = page.locator(f".board {block}, .board{block}").last.bounding_box()
            assert box, block
            assert box["width"] > (150 if block != ".classes i" else 10), (width, block)
            assert box["y"] + box["height"] <= height, (width, block)
        # And the line for problem, which is empty here; the map is as large as that allows.
        line = page.locator('[class*="st-key-problem-line-"]').bounding_box()
        assert line
        assert line["y"] + line["height"] <= height
        assert box_of(page, ".map canvas")["width"] > 0.5 * height
        assert box_of(page, ".curves .panel svg")["width"] > 0.22 * width
        text = page.locator(".board .panel text").first
        assert float(text.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= (
            20 if width == 1920 else 13
        )


def box_of(page: Page, block: str) -> dict[str, float]:
    box = page.locator(f".board {block}").first.bounding_box()
    assert box
    return box


def test_nothing_is_moved_by_what_comes_and_goes(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    page.goto(f"{own_server[0]}/train?{SHORT}")
    settled(page)
    run_id = train(page)
    expect(page.locator(".board")).to_be_visible()
    expect(button(page, "Pause")).to_be_visible()
    page.evaluate(WATCH_SHIFTS)
    narrow = page.context.new_page()
    narrow.set_viewport_size(PHONE)
    narrow.goto(f"{own_server[0]}/train?run={run_id}&view=watch")
    settled(narrow)
    tops = [box_of(narrow, ".pairs")["y"]]
    wait_until(lambda: open_run(runs / run_id).history, SECONDS)
    button(page, "Pause").click()
    wait_until(lambda: open_run(runs / run_id).state == "paused", SECONDS)
    expect(page.get_by_role("slider", name="Epoch")).to_be_visible()
    expect(button(narrow, "Play")).to_be_visible()
    tops.append(box_of(narrow, ".pairs")["y"])
    button(page, "Play").click()
    wait_until(lambda: open_run(runs / run_id).state == "finished", SECONDS)
    expect(words(page, "Finished: 40 epochs.")).to_be_visible()
    settled(page)
    assert page.evaluate("window.shifts") == []
    expect(words(narrow, "Finished: 40 epochs.")).to_be_visible()
    assert tops == [box_of(narrow, ".pairs")["y"]] * 2


def test_back_through_a_run(own_server: tuple[str, int], page: Page) -> None:
    page.goto(f"{own_server[0]}/train?run=mnist-recommended&view=watch")
    settled(page)
    board = page.locator(".board")
    expect(board).to_have_attribute("data-moment", "epoch 20")
    before = {each: page.locator(f".board {each}").first.bounding_box() for each in BLOCKS}
    slider = page.get_by_role("slider", name="Epoch")
    slider.focus()
    slider.press("Home")
    expect(board).to_have_attribute("data-moment", "epoch 0")
    after = {each: page.locator(f".board {each}").first.bounding_box() for each in BLOCKS}
    assert after == before


def test_on_a_phone_pictures_come_first(own_server: tuple[str, int], page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{own_server[0]}/train?run=mnist-recommended&view=watch")
    settled(page)
    # A run at rest keeps no room for buttons that it has not.
    assert box_of(page, ".pairs")["y"] < 300
    blocks = [".pairs", ".map", ".curves", ".samples", ".numbers"]
    expect(page.locator(".board .pairs img")).to_be_visible()
    tops = [page.locator(f".board {each}").first.bounding_box()["y"] for each in blocks]
    assert tops == sorted(tops)
    assert tops[0] < 844 / 2
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_less_motion_is_respected(own_server: tuple[str, int], page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{own_server[0]}/train?run=mnist-recommended&view=watch")
    settled(page)
    board = page.locator(".board")
    expect(board).to_have_attribute("data-moment", "epoch 20")
    # What is drawn within the frame after the moment has changed is its end.
    page.evaluate("""() => {
        const root = document.querySelector('[class*="st-key-board-"]');
        window.seen = [];
        const find = (node) => node.querySelector?.('.board') ?? [...node.querySelectorAll('*')]
            .map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
        const board = find(document);
        const look = () => {
            if (board.dataset.moment === 'epoch 0') {
                window.seen.push(board.querySelector('canvas').toDataURL());
            }
            if (window.seen.length < 20) requestAnimationFrame(look);
        };
        look();
    }""")
    slider = page.get_by_role("slider", name="Epoch")
    slider.focus()
    slider.press("Home")
    page.wait_for_function("window.seen.length >= 20")
    assert len(set(page.evaluate("window.seen.slice(1)"))) == 1
