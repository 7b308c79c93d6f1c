"""A worker that is killed takes neither the app nor what the run had learned with it."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import button, settled, train, wait_until, words
from vae.runs.store import RunStore

pytestmark = pytest.mark.browser

SECONDS = 120


def test_killed_worker_leaves_an_interrupted_run(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    address, process_id = own_server
    page.goto(f"{address}/train?dataset=digits&preset=lecture-fast&epochs=500")
    settled(page)
    run_id = train(page)
    expect(button(page, "Stop")).to_be_visible()
    store = RunStore(runs)
    wait_until(lambda: len(store.open(run_id).history) >= 3, SECONDS)
    worker = psutil.Process(store.open(run_id).status["pid"])
    assert worker.pid != process_id
    worker.kill()

    expect(words(page, re.compile("^Interrupted"))).to_be_visible()
    wait_until(lambda: store.open(run_id).status.get("model_epoch"), SECONDS)  # its last word
    run = store.open(run_id)
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
