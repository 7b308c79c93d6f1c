"""A small augmentation study in a real browser: from the form to its figure and its files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.augmentation.made import FOUND, made_rows, made_study
from tests.augmentation.tiny import RECIPE
from tests.browser.driving import button, settled, words
from tests.browser.hearing import listen, wait_to_hear
from tests.browser.widths import too_wide
from vae.augmentation.seeds import few_indices
from vae.data.datasets import Dataset
from vae.server.study_store import StudyStore

pytestmark = pytest.mark.browser


def test_a_study_is_started_paused_continued_and_shown(
    page: Page, own_server: tuple[str, int], runs: Path
) -> None:
    page.goto(f"{own_server[0]}/generate?view=augment&dataset=digits")
    settled(page)
    fill(page, "Images a class", "5, 10, 20")
    fill(page, "Seeds", "1")
    for method in ("Conditional VAE", "All labels"):
        chosen = page.get_by_role("button", name=method, exact=True)
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "false")
    listen(page)
    button(page, "Start study").click()
    button(page, "Pause").click()
    expect(button(page, "Continue")).to_be_visible()
    (study,) = StudyStore(runs).all()
    assert study.state == "paused"
    assert study.settings["methods"] == ["real", "classical"]
    button(page, "Continue").click()
    expect(words(page, "Finished: 6 trainings")).to_be_visible()
    for said in ("^The study waits in the queue", "^Paused", "^Finished: 6 trainings in"):
        wait_to_hear(page, said)
    figure = page.locator(f".st-key-accuracy-{study.path.name} svg")
    expect(figure.locator("circle")).to_have_count(6)  # of three numbers and two methods
    few, some, many = (tick(figure, number) for number in ("5", "10", "20"))
    assert few < some < many
    assert some == pytest.approx((few + many) / 2)  # the axis is a logarithmic one
    table = page.get_by_role("table", name="What your study found")
    accuracy = 100 * study.summary()[0].accuracy.mean
    method = page.get_by_role("rowheader", name="Real images alone", exact=True)
    row = table.get_by_role("row").filter(has=method).first
    expect(row).to_contain_text(f"{accuracy:.1f}")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(row.get_by_text(f"{accuracy:.1f}")).to_have_css("display", "grid")  # a line a number
    assert too_wide(page) == []
    overflow = "rooms => rooms.filter((room) => room.scrollWidth > room.clientWidth).length"
    assert page.locator(".study-room").evaluate_all(overflow) == 0  # the stored study's, and this


def test_the_enlarged_set_is_made_and_taken_away(
    page: Page, own_server: tuple[str, int], runs: Path, digits: Dataset, tmp_path: Path
) -> None:
    study = made_study(StudyStore(runs).new_path(), digits, made_rows({5: FOUND[5]}), recipe=RECIPE)
    page.goto(f"{own_server[0]}/generate?view=augment&study={study.path.name}")
    settled(page)
    button(page, "Make the files").click()
    npz, archive = (download(page, name, tmp_path) for name in ("NPZ", "Zip of PNG"))
    with np.load(npz) as arrays:
        images, labels, synthetic = (arrays[name] for name in ("x", "y", "synthetic"))
    few = few_indices(digits.y_train, 5, 0)
    np.testing.assert_array_equal(images[~synthetic], digits.x_train[few])
    assert np.bincount(labels[synthetic]).tolist() == [20] * 10
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path / "png")
    folders = keras.utils.image_dataset_from_directory(
        tmp_path / "png", color_mode="grayscale", batch_size=None, image_size=(8, 8), verbose=False
    )
    pairs = [(image.numpy().astype(np.uint8), int(label)) for image, label in folders]
    assert by_class(pairs) == by_class(zip(images, labels, strict=True))


def by_class(pairs: Iterable[tuple[np.ndarray, int]]) -> list[tuple[int, bytes]]:
    """Images with their labels, in an order of their own."""
    return sorted((int(label), image.tobytes()) for image, label in pairs)


def download(page: Page, name: str, folder: Path) -> Path:
    """Take the file away whose button begins so."""
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile(rf"^{name} \([0-9.]+ MB\)$")).click(
            timeout=180_000
        )
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def fill(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it."""
    field = page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Enter")
    settled(page)


def tick(figure: Locator, number: str) -> float:
    """Where a number stands below the axis."""
    words = figure.locator("text[text-anchor=middle]").get_by_text(number, exact=True)
    return float(words.get_attribute("x") or "nan")
