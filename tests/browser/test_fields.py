"""What is typed into a field is what trains, however a person leaves the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import PHONE, SCREEN, button, serve, settled, wait_until
from tests.pages.crafted import craft, enqueue, epochs
from vae.data.datasets import load_dataset
from vae.runs.store import RunStore

pytestmark = pytest.mark.browser

FORM = "train?dataset=digits&preset=lecture&epochs=3"
WHOLE = "A whole number from 1 to 500. You typed “{}”."


@pytest.fixture(scope="module", params=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """One page for all tests, each of which opens the form anew: half of a new one's time."""
    is_phone = request.param == "phone"
    context = browser.new_context(
        viewport=PHONE if is_phone else SCREEN,
        has_touch=is_phone,
        is_mobile=is_phone,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def own_server(runs: Path) -> Iterator[tuple[str, int]]:
    """A server whose one place is taken: a run that waits says what it would train with."""
    busy = craft(runs / "busy", load_dataset("digits"), state="training", rows=epochs(40.0))
    with busy.lock():
        enqueue(busy, started=True)
        with serve(runs, VAE_WORKERS="1") as (address, process):
            yield address, process.pid


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True).first


def by_click(page: Page) -> None:
    button(page, "Train").click()


def by_tap(page: Page) -> None:
    button(page, "Train").tap()


def by_enter_and_click(page: Page) -> None:
    page.keyboard.press("Enter")
    button(page, "Train").click(force=True)  # at once, enabled or not, as a hand does


def by_tab_and_click(page: Page) -> None:
    page.keyboard.press("Tab")
    button(page, "Train").click(force=True)


def blur(page: Page, how: Callable[[Page], None]) -> None:
    """Press Train while the field is still typed in."""
    if how is by_click and page.viewport_size == PHONE:
        how = by_tap
    how(page)


# Any two of page, way and text meet.
@pytest.mark.parametrize(
    ("page", "how", "text"),
    [
        ("wide", by_click, "2000"),
        ("wide", by_enter_and_click, "2.7"),
        ("wide", by_tab_and_click, "2000"),
        ("phone", by_click, "2.7"),
        ("phone", by_enter_and_click, "2000"),
        ("phone", by_tab_and_click, "2.7"),
    ],
    indirect=["page"],
)
def test_what_cannot_be_trained_with_never_trains(
    own_server: tuple[str, int], page: Page, runs: Path, how: Callable[[Page], None], text: str
) -> None:
    before = len(RunStore(runs).list())
    page.goto(f"{own_server[0]}/{FORM}")
    settled(page)
    field(page, "Epochs").fill(text)
    blur(page, how)
    expect(page.get_by_text(WHOLE.format(text))).to_be_visible()
    expect(button(page, "Train")).to_be_disabled()
    expect(page.get_by_text("Epochs: a whole number from 1 to 500.")).to_be_visible()
    settled(page)
    expect(field(page, "Epochs")).to_have_value(text)
    assert "epochs=" not in page.url
    assert "view=watch" not in page.url
    assert len(RunStore(runs).list()) == before


# On a phone the ways that refuse do so above.
@pytest.mark.parametrize(
    ("page", "how"),
    [
        ("wide", by_click),
        ("wide", by_enter_and_click),
        ("wide", by_tab_and_click),
        ("phone", by_click),
    ],
    indirect=["page"],
)
def test_what_can_be_trained_with_does(
    own_server: tuple[str, int], page: Page, runs: Path, how: Callable[[Page], None]
) -> None:
    before = {run.id for run in RunStore(runs).list()}
    page.goto(f"{own_server[0]}/{FORM}")
    settled(page)
    field(page, "Learning rate").fill("0,002")
    field(page, "Batch size").fill("1e2")
    field(page, "Epochs").fill("2")
    blur(page, how)
    wait_until(lambda: {run.id for run in RunStore(runs).list()} - before, 120)
    (run_id,) = {run.id for run in RunStore(runs).list() if not run.shipped} - before
    page.wait_for_url(f"**run={run_id}*")
    run = RunStore(runs).open(run_id)
    assert (run.config.learning_rate, run.config.batch_size, run.config.epochs) == (0.002, 100, 2)
    assert run.state == "queued"


def test_arrow_keys_step_a_number_and_a_phone_offers_digits(
    own_server: tuple[str, int], page: Page
) -> None:
    page.goto(f"{own_server[0]}/{FORM}")
    settled(page)
    for label, key, shown in (
        ("Epochs", "ArrowUp", "4"),
        ("Batch size", "ArrowDown", "99"),
        ("Beta", "ArrowDown", "0.0391"),
    ):
        field(page, label).press(key)
        expect(field(page, label)).to_have_value(shown)
        page.wait_for_url(lambda url, shown=shown: f"={shown}" in url)
        expect(field(page, label)).to_have_attribute("inputmode", "decimal")
    page.get_by_text("All settings").click()
    for _ in range(2):  # not below 0
        field(page, "Seed").press("ArrowDown")
    expect(field(page, "Seed")).to_have_value("0")
    field(page, "Hidden layers").press("ArrowUp")
    expect(field(page, "Hidden layers")).to_have_value("128")
    expect(field(page, "Hidden layers")).not_to_have_attribute("inputmode", "decimal")


def test_an_error_beside_a_field_moves_next_to_nothing(
    own_server: tuple[str, int], page: Page
) -> None:
    page.goto(f"{own_server[0]}/{FORM}")
    settled(page)
    before = _below_epochs(page)
    field(page, "Epochs").fill("2000")
    field(page, "Epochs").press("Enter")
    expect(page.get_by_text(WHOLE.format(2000))).to_be_visible()
    for was, now in zip(before, _below_epochs(page), strict=True):
        assert abs(now - was) <= 24


def _below_epochs(page: Page) -> list[float]:
    """How many pixels below the field Epochs others stand."""
    top, *others = (
        each.bounding_box() for each in (field(page, "Epochs"), page.get_by_text("All settings"))
    )
    assert top is not None
    return [each["y"] - top["y"] for each in others if each is not None]
