"""The main job, as a new user does it: train on real digits, watch, look inside, generate."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Literal

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import button, held, settled, train, wait_until, words
from vae.data.datasets import find_dataset
from vae.data.specs import DATASETS
from vae.images import tile
from vae.presets import PRESETS
from vae.runs.provenance import public_name
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.sampling.prior import prior_codes

pytestmark = pytest.mark.browser

DATASET = "mnist" if find_dataset("mnist") else "digits"
EPOCHS = 3
TRAINING_SECONDS = 180


@pytest.fixture(scope="module")
def motion() -> Literal["no-preference"]:
    """All as a new user sees it."""
    return "no-preference"


def test_first_paint_shows_a_trained_model(own_server: tuple[str, int], page: Page) -> None:
    page.goto(own_server[0])
    settled(page)
    expect(page.get_by_role("heading", name="VAE Lab")).to_be_visible()
    expect(page.get_by_alt_text("A 10 by 10 grid of generated images")).to_be_visible()
    expect(page.get_by_role("img", name="Test images in latent space")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)  # its bundle is as large as the rest
    expect(page.locator(".curves .panel")).to_have_count(3)


def test_train_watch_look_inside_generate(
    own_server: tuple[str, int], page: Page, runs: Path, tmp_path: Path
) -> None:
    address, process_id = own_server
    page.goto(f"{address}/data")
    settled(page)
    page.get_by_role("radio", name=DATASETS[DATASET].title, exact=True).click()
    settled(page)
    expect(
        page.get_by_alt_text(f"100 training images of {DATASETS[DATASET].title}")
    ).to_be_visible()

    page.get_by_role("link", name="Train").click()
    page.get_by_role("radio", name=re.compile("^Lecture [0-9]")).click()
    fields = page.get_by_label("Epochs", exact=True)  # the one before it goes as the script ends
    expect(fields.first).to_have_value(str(PRESETS["lecture"].epochs))
    expect(fields).to_have_count(1)
    expect(page.get_by_text("Total parameters")).to_contain_text(
        "203,288" if DATASET == "mnist" else "18,"
    )
    _type(page, "Epochs", EPOCHS)
    page.get_by_text("All settings").click()
    _type(page, "Validation split", 0.05)
    run_id = train(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    # Leaving and reloading lose nothing.
    page.get_by_role("link", name="Start").click()
    settled(page)
    page.goto(f"{address}/train?run={run_id}")
    settled(page)
    _wait_for_state(runs, run_id, "finished")
    expect(words(page, f"Finished: {EPOCHS} epochs.")).to_be_visible()

    run = RunStore(runs).open(run_id)
    assert len(run.history) == EPOCHS
    _check_numbers(page, run)
    expect(page.get_by_alt_text("Test images above their reconstructions")).to_be_visible()
    expect(page.get_by_alt_text("Samples from fixed codes")).to_be_visible()

    page.get_by_role("link", name="Latent").click()
    settled(page)
    axes = page.locator(".map .axes")
    expect(axes).to_contain_text("PC1")
    page.get_by_role("radio", name="Two dimensions").click()
    expect(axes).to_contain_text("z1 →")
    expect(axes).to_contain_text("↑ z2")

    page.get_by_role("link", name="Generate").click()
    settled(page)
    _type(page, "Seed", 7)
    expect(page.get_by_text("Seed 7.")).to_be_visible()
    made_here = tile(run.decode(prior_codes(100, run.config.latent_dim, seed=7)), 10, 10)[..., 0]

    def on_screen() -> np.ndarray:
        grid = page.get_by_alt_text("A 10 by 10 grid of generated images")
        content = (grid.get_attribute("src") or "").partition(",")[2]
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))

    wait_until(lambda: np.array_equal(on_screen(), made_here), TRAINING_SECONDS)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG", exact=True).click()
    downloaded = Image.open(download.value.path())
    assert downloaded.text["Seed"] == "7"
    assert downloaded.text["Run"] == public_name(run)
    assert run_id not in str(downloaded.text)
    scale = downloaded.width // made_here.shape[1]
    np.testing.assert_array_equal(np.asarray(downloaded)[::scale, ::scale], made_here)

    _check_no_tensorflow(process_id)


def test_curves_keep_node_and_zoom_while_a_run_trains(
    own_server: tuple[str, int], page: Page, runs: Path
) -> None:
    page.goto(f"{own_server[0]}/train?dataset=digits&preset=lecture&epochs=400")
    settled(page)
    run_id = train(page)
    panel = page.locator(".curves .panel svg").first
    expect(panel).to_be_visible()
    wait_until(lambda: len(RunStore(runs).open(run_id).history) >= 5, TRAINING_SECONDS)
    with held(runs / run_id):
        panel.evaluate("node => { node.dataset.witness = 'same' }")
        box = panel.bounding_box()
        assert box
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.4, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
        page.mouse.up()
        zoom = page.locator(".curves").get_attribute("data-zoom")
        assert zoom
        observed = len(RunStore(runs).open(run_id).history)

    def has_twenty_more_points() -> bool:
        shown = re.search(r"Epoch (\d+) of 400", page.inner_text("body"))
        return shown is not None and int(shown[1]) >= observed + 20

    wait_until(has_twenty_more_points, TRAINING_SECONDS)
    with held(runs / run_id):
        expect(page.locator(".curves .panel svg[data-witness=same]")).to_have_count(1)
        assert page.locator(".curves").get_attribute("data-zoom") == zoom
        page.get_by_role("button", name="Show all epochs").click()
        assert page.locator(".curves").get_attribute("data-zoom") == ""
    button(page, "Stop").click()
    _wait_for_state(runs, run_id, "stopped")
    expect(words(page, "Stopped by hand in epoch")).to_be_visible()
    run = RunStore(runs).open(run_id)
    assert run.has_model
    assert run.metrics["epoch"] == run.status["model_epoch"] >= len(run.history)

    page.get_by_role("link", name="Latent").click()
    settled(page)
    page.get_by_role("radio", name="Projections").click()
    page.get_by_role("radio", name="t-SNE").click()
    # The map before it stays until this one is there.
    axes = page.locator(".map .axes").filter(has_text="t-SNE 1")
    expect(axes).to_be_visible(timeout=1000 * TRAINING_SECONDS)
    assert (run.path / "tsne.npz").exists()


def test_bad_addresses_are_named_and_left_out(own_server: tuple[str, int], page: Page) -> None:
    page.goto(f"{own_server[0]}/train?run=../../etc&preset=lecture&epochs=100000")
    settled(page)
    expect(page.get_by_text("No run has this id.")).to_be_visible()
    expect(page.get_by_text("epochs must be a whole number from 1 to 500")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def _type(page: Page, label: str, value: float) -> None:
    field = page.get_by_label(label, exact=True).first
    field.fill(str(value))
    field.press("Enter")
    settled(page)


def _wait_for_state(runs: Path, run_id: str, state: str) -> None:
    wait_until(lambda: RunStore(runs).open(run_id).state == state, TRAINING_SECONDS)


def _check_numbers(page: Page, run: Run) -> None:
    """The numbers on the screen are those in the folder."""
    last = run.history[-1]
    shown = {
        "Loss": last["loss"],
        "Reconstruction": last["reconstruction"],
        "KL": last["kl"],
        "Validation": last["val_loss"],
        "Test ELBO": run.metrics["elbo"],
    }
    for name, value in shown.items():
        number = page.locator(".numbers > div").filter(has=page.get_by_text(name, exact=True))
        expect(number).to_contain_text(f"{value:.2f}")


def _check_no_tensorflow(process_id: int) -> None:
    loaded = {Path(area.path).name for area in psutil.Process(process_id).memory_maps()}
    assert any("onnxruntime" in name for name in loaded)  # the look itself works
    assert not [name for name in loaded if "tensorflow" in name]
