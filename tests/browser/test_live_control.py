"""A training in the hand: pause, step, change, cure, and a server that dies meanwhile."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Literal

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import SCREEN, button, held, serve, settled, train, wait_until, words
from tests.browser.hearing import heard, listen, wait_to_hear
from tests.browser.visitors import Visitors
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore

pytestmark = pytest.mark.browser

SECONDS = 120


@pytest.fixture(scope="module")
def motion() -> Literal["no-preference"]:
    """A step's film is watched."""
    return "no-preference"


def start(page: Page, address: str, runs: Path, settings: str) -> Run:
    """Start a run by the form and return it when it has learned something."""
    page.goto(f"{address}/train?dataset=digits&{settings}")
    settled(page)
    run_id = train(page)
    wait_until(lambda: RunStore(runs).open(run_id).history, SECONDS)
    return RunStore(runs).open(run_id)


# Where "Step batch" is from now on, in pixels from the left, looked up in each frame.
WATCH_POSITIONS = """() => {
    window.places = [];
    const look = () => {
        const buttons = [...document.querySelectorAll('[class*="st-key-transport-"] button')];
        const step = buttons.find((each) => each.innerText.includes('Step batch'));
        const place = step && Math.round(step.getBoundingClientRect().x);
        if (step && !window.places.includes(place)) window.places.push(place);
        requestAnimationFrame(look);
    };
    look();
}"""


def press(page: Page, name: str) -> None:
    button(page, name).click()


def test_pause_step_change_and_resume(own_server: tuple[str, int], page: Page, runs: Path) -> None:
    run = start(page, own_server[0], runs, "preset=recommended&epochs=400")
    page.evaluate(WATCH_POSITIONS)
    press(page, "Pause")
    wait_until(lambda: open_run(run.path).state == "paused", SECONDS)
    expect(words(page, "nothing is lost")).to_be_visible()
    expect(button(page, "Play")).to_be_visible()
    expect(button(page, "Pause")).to_have_count(0)
    # A click that begins on a button ends on it, whatever becomes of the first one meanwhile.
    assert len(page.evaluate("window.places")) == 1

    paused = open_run(run.path)
    process = psutil.Process(paused.status["pid"])
    used = sum(process.cpu_times()[:2])
    before = (paused.status["epoch"], paused.status["step"])
    press(page, "Step batch")
    steps = paused.status["steps"]

    def at_rest_at(step: int) -> bool:
        run_now = open_run(run.path)
        return run_now.state == "paused" and run_now.status["step"] == step

    wait_until(lambda: at_rest_at(before[1] % steps + 1), SECONDS)
    assert open_run(run.path).status["epoch"] == before[0] + before[1] // steps
    press(page, "Step epoch")
    wait_until(lambda: at_rest_at(steps), SECONDS)
    assert sum(process.cpu_times()[:2]) - used < 5.0

    slider = page.get_by_role("slider", name="Beta")
    slider.focus()
    slider.press("ArrowRight")
    wait_until(lambda: open_run(run.path).settings.beta == 2.0, SECONDS)
    expect(page.locator(".curves text.mark").first).to_have_text("beta 2")
    press(page, "Play")

    def has_acted() -> bool:
        row = open_run(run.path).rows[-1]
        return row["kind"] != "change" and row["beta"] == 2.0

    wait_until(has_acted, SECONDS)
    changes = [row for row in open_run(run.path).rows if row["kind"] == "change"]
    assert [row["beta"] for row in changes] == [2.0]

    # A worker that is killed costs no finished epoch, and the button takes the run up again.
    os.kill(open_run(run.path).status["pid"], signal.SIGKILL)
    expect(words(page, re.compile("^Interrupted"))).to_be_visible()
    wait_until(lambda: open_run(run.path).has_model, SECONDS)
    stored = len(open_run(run.path).history)
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_enabled()
    press(page, "Continue")
    wait_until(lambda: len(open_run(run.path).history) > stored + 1, SECONDS)
    press(page, "Stop")
    expect(words(page, "Stopped by hand in epoch")).to_be_visible()
    epochs = open_run(run.path).history["epoch"]
    assert epochs == list(range(1, len(epochs) + 1))


RING = "element => getComputedStyle(element).outlineStyle"


def test_a_training_by_keyboard_and_by_ear(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    page.goto(f"{own_server[0]}/train?dataset=digits&preset=recommended&epochs=400&seed=8")
    settled(page)
    listen(page)
    button(page, "Train").focus()

    def press_key(key: str, then: str) -> None:
        """Press a key; the focus is seen on this button afterwards."""
        page.keyboard.press(key)
        expect(button(page, then)).to_be_focused()
        assert button(page, then).evaluate(RING) == "solid"

    press_key("Enter", "Pause")
    wait_to_hear(page, "^Epoch [0-9]+: loss [0-9.]+ nats")
    press_key("Enter", "Play")
    wait_to_hear(page, "^Paused in epoch [0-9]+, step [0-9]+: loss")
    press_key("Tab", "Step batch")
    said = len(heard(page))
    press_key("Enter", "Step batch")
    page.wait_for_function("said => heard.length > said && /^Paused/.test(heard.at(-1))", arg=said)
    press_key("Shift+Tab", "Play")
    press_key("Space", "Pause")
    button(page, "Stop").focus()
    press_key("Enter", "Continue")
    wait_to_hear(page, "^Stopped by hand in epoch")


def test_slow_motion_takes_single_steps(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    run = start(page, own_server[0], runs, "preset=recommended&epochs=400&seed=5")
    page.get_by_text("Slow motion", exact=True).click()
    wait_until(lambda: open_run(run.path).arrays("step.npz"), SECONDS)
    expect(words(page, "nothing is lost")).to_be_visible()
    settled(page)  # a click into the drawing of the paused state would be lost
    expect(page.get_by_role("switch", name="Slow motion")).to_be_checked()
    first = open_run(run.path).arrays("step.npz")
    next_step = page.get_by_role("button", name="Next training step")
    expect(next_step).to_be_visible()
    next_step.click()
    steps = open_run(run.path).status["steps"]
    following = int(first["step"]) % steps + 1
    wait_until(lambda: open_run(run.path).arrays("step.npz")["step"] == following, SECONDS)
    expect(page.locator(".slow .place")).to_contain_text(f"step {following} of {steps}")
    wait_until(lambda: open_run(run.path).state == "paused", SECONDS)
    press(page, "Stop")
    wait_until(lambda: open_run(run.path).state == "stopped", SECONDS)


def test_a_collapse_is_reported_and_cured(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    # Small batches and a constant rate: whenever the button is pressed, there is time to learn.
    choices = "preset=recommended&epochs=500&batch_size=16&schedule=constant&beta=100&seed=6"
    run = start(page, own_server[0], runs, choices)
    expect(words(page, "Posterior collapse.")).to_be_visible()
    press(page, "Continue with a beta of 1")

    def is_cured() -> bool:
        row = open_run(run.path).rows[-1]
        return row["kind"] != "change" and row["beta"] == 1.0 and max(row["kl_per_dimension"]) > 0.2

    wait_until(is_cured, SECONDS)
    expect(words(page, "Posterior collapse.")).to_have_count(0)
    press(page, "Stop")
    wait_until(lambda: open_run(run.path).state == "stopped", SECONDS)


def test_a_killed_server_takes_no_run_with_it(tmp_path: Path, visitors: Visitors) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    page = visitors.open_page(viewport=SCREEN)
    with serve(runs) as (address, process):
        run = start(page, address, runs, "preset=recommended&epochs=500")
        process.kill()
        observed = len(open_run(run.path).history)
    with serve(runs) as (address, process):
        with held(run.path):
            page.goto(f"{address}/train?run={run.id}")
            settled(page)
        wait_until(lambda: len(open_run(run.path).history) > observed + 1, SECONDS)
        assert open_run(run.path).state == "training"
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_enabled()
        # Now both die, as a container does: the new server takes the run up by itself.
        os.kill(open_run(run.path).status["pid"], signal.SIGKILL)
        process.kill()
        observed = len(open_run(run.path).history)
    with serve(runs) as (address, _):
        page.goto(f"{address}/train?run={run.id}")
        settled(page)
        wait_until(lambda: len(open_run(run.path).history) > observed + 1, SECONDS)
        press(page, "Stop")
        wait_until(lambda: open_run(run.path).state == "stopped", SECONDS)
    epochs = open_run(run.path).history["epoch"]
    assert epochs == list(range(1, len(epochs) + 1))
