"""The menu beside the run's name, in a hand that clicks twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, SCREEN, open_run_menu, settled
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter

pytestmark = pytest.mark.browser

NAMES = ("first", "second", "third")


# Each page once, each size with three of them.
@pytest.mark.parametrize(
    ("at", "size"),
    [
        *(("", SCREEN), ("data", PHONE), ("train", SCREEN)),
        *(("latent", PHONE), ("evaluate", SCREEN), ("generate", PHONE)),
    ],
    ids=lambda value: str(value["width"]) if isinstance(value, dict) else value or "start",
)
def test_two_clicks_on_delete_delete_one_run(
    at: str,
    size: dict[str, int],
    own_server: tuple[str, int],
    page: Page,
    runs: Path,
    digits: Dataset,
) -> None:
    store, mark = RunStore(runs), f"{at}{size['width']}"
    for name in NAMES:
        RunWriter.create(runs / f"{mark}-{name}", Config(), digits)
        RunWriter.reopen(runs / f"{mark}-{name}").status(state="stopped")
    before = {run.id for run in store.deleted()}
    page.set_viewport_size(size)
    page.goto(f"{own_server[0]}/{at}?run={mark}-second")
    settled(page)
    open_run_menu(page)
    delete = page.get_by_role("button", name="Delete this run")
    expect(delete).to_be_visible()
    store.rename(store.open(f"{mark}-second"), f"The second of {mark}")
    delete.dblclick()
    undo = page.get_by_role("button", name=f"Undo: The second of {mark}")
    expect(undo).to_be_visible()
    expect(delete).to_have_count(0)  # the menu of the next run is closed
    settled(page)
    # A slow second click goes to what was beneath the menu.
    page.mouse.down()
    page.mouse.up()
    settled(page)
    assert {run.id for run in store.deleted()} - before == {f"{mark}-second"}
    assert page.get_by_test_id("stAlertContentError").all_inner_texts() == []
    undo.click()
    expect(undo).to_have_count(0)
    expect(page).to_have_url(re.compile(f"run={mark}-second"))
    assert {run.id for run in store.deleted()} == before


def test_several_come_back_in_any_order(
    own_server: tuple[str, int], page: Page, runs: Path, digits: Dataset
) -> None:
    store = RunStore(runs)
    for name in NAMES:
        RunWriter.create(runs / name, Config(), digits)
        RunWriter.reopen(runs / name).status(state="stopped")
        store.rename(store.open(name), f"The {name}")
    page.goto(f"{own_server[0]}/data")
    settled(page)
    for name in NAMES:
        page.goto(f"{own_server[0]}/data?run={name}")
        settled(page)
        open_run_menu(page)
        page.get_by_role("button", name="Delete this run").click()
        expect(page.get_by_role("button", name=f"Undo: The {name}")).to_be_visible()
    expect(page.get_by_role("button", name="Undo: The first")).to_have_count(0)
    page.get_by_role("button", name="2 more").click()
    for name in ("first", "second"):
        page.get_by_role("button", name=f"Undo: The {name}").click()
        expect(page.get_by_role("button", name=f"Undo: The {name}")).to_have_count(0)
        assert store.open(name).metadata.name == f"The {name}"
    page.get_by_role("button", name="Undo: The third").click()
    expect(page.get_by_text("Deleted. You can undo this")).to_have_count(0)
    assert store.deleted() == []
