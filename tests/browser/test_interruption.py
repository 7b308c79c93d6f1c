"""A worker that is killed takes neither the app nor what the run had learned with it."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import button, settled, wait_until
from vae.run_store import RunStore

pytestmark = pytest.mark.browser

SECONDS = 120


def test_killed_worker_leaves_an_interrupted_run(
    server: tuple[str, int], page: Page, runs: Path
) -> None:
    address, process_id = server
    page.goto(f"{address}/train?dataset=digits&preset=lecture-fast&epochs=500")
    settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(button(page, "Stop")).to_be_visible(timeout=30_000)
    page.wait_for_url(re.compile(r"run=[0-9a-f]{32}"))
    found = re.search(r"run=([0-9a-f]{32})", page.url)
    assert found
    store = RunStore(runs)
    wait_until(lambda: len(store.open(found[1]).history) >= 3, SECONDS)
    (worker,) = psutil.Process(process_id).children(recursive=True)
    worker.kill()

    expect(page.get_by_text(re.compile("^Interrupted"))).to_be_visible(timeout=30_000)
    wait_until(lambda: store.open(found[1]).metrics, SECONDS)
    run = store.open(found[1])
    assert run.state == "interrupted"
    assert run.has_model
    # The kill may fall between the third row and its checkpoint.
    assert run.metrics["epoch"] >= 2

    page.goto(f"{address}/generate?run={run.id}")
    settled(page)
    expect(page.get_by_alt_text("A 10 by 10 grid of generated images")).to_be_visible()
    page.goto(f"{address}/latent?run={run.id}")
    settled(page)
    expect(page.locator(".map .axes")).to_contain_text("PC1")
