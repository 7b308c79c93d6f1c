"""Twenty-six classes: told apart by marks and names, legends that scroll, rows that can be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PHONE, SCREEN, settled
from tests.browser.mapping import layer_pixels
from tests.conftest import copy_run
from tests.handmade import make_run
from vae.config import Config
from vae.export.offline_demo import write_demo
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED, open_run

pytestmark = pytest.mark.browser

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
TEXT = (15, 23, 42)  # of the light theme
SMALL = Config(latent_dim=2, hidden=(8,))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A VAE, a conditional one and a classifier, each of 26 classes."""
    folder = tmp_path_factory.mktemp("browser") / "runs"
    make_run(folder / "letters", SMALL, (8, 8, 1), LETTERS)
    make_run(folder / "labelled", SMALL.replace(conditional=True), (8, 8, 1), LETTERS)
    path = copy_run(open_run(SHIPPED / "mnist-classifier"), folder / "classifier").path
    write_json(path / "config.json", read_json(path / "config.json") | {"class_names": [*LETTERS]})
    confusion = np.eye(26, dtype=int) * 40
    confusion[3, 14] = 7
    changes = {
        "confusion": confusion.tolist(),
        "accuracy_per_class": dict.fromkeys(LETTERS, 0.9),
    }
    write_json(path / "metrics.json", read_json(path / "metrics.json") | changes)
    return folder


def opened(page: Page, own_server: tuple[str, int], where: str) -> Page:
    page.goto(f"{own_server[0]}/{where}")
    settled(page)
    return page


def names_on(canvas: Locator) -> int:
    """How many pixels of a canvas have the color of names."""
    return int((layer_pixels(canvas) == (*TEXT, 255)).all(axis=2).sum())


def expect_legend(legend: Locator, entries: str) -> None:
    """Expect marks for each ten classes, in a box that scrolls, with the keyboard too."""
    expect(legend.locator(entries)).to_have_count(26)
    marks = [legend.locator(entries).nth(label).get_attribute("data-mark") for label in (9, 10, 20)]
    assert marks == ["circle", "square", "diamond"]
    assert legend.evaluate("box => box.scrollHeight > box.clientHeight + 4 && box.tabIndex === 0")
    assert legend.evaluate("box => box.scrollWidth <= box.clientWidth + 1")


def test_the_map_has_marks_and_names(page: Page, own_server: tuple[str, int]) -> None:
    opened(page, own_server, "latent?run=letters")
    board = page.locator(".map")
    expect(board).to_have_attribute("data-painted", board.evaluate("root => root.map.plane"))
    expect_legend(board.locator(".classes"), "button")
    dots = board.locator("canvas.dots")
    page.wait_for_function("root => !root.map.painting", arg=board.element_handle())
    all_names = names_on(dots)
    assert all_names > 26 * 10
    board.get_by_role("button", name="K", exact=True).click(modifiers=["Shift"])
    page.wait_for_function("root => !root.map.painting", arg=board.element_handle())
    assert 10 < names_on(dots) < all_names / 8  # that of this class alone


def test_a_cloud_has_them_too(page: Page, own_server: tuple[str, int]) -> None:
    page.set_viewport_size(PHONE)
    opened(page, own_server, "latent?run=letters&view=knowledge")
    cloud = page.locator(".st-key-classes-cloud figure")
    expect_legend(cloud.locator("figcaption > div"), "i")
    assert names_on(cloud.locator("canvas")) > 26 * 10
    expect(page.get_by_text("Color and shape: its true class")).to_be_visible()
    page.set_viewport_size(SCREEN)


def test_the_learning_board_keeps_its_height(page: Page, own_server: tuple[str, int]) -> None:
    opened(page, own_server, "train?run=letters&view=watch")
    legend = page.locator(".board .classes")
    expect_legend(legend, "i")
    frame = page.locator(".board .map .frame").bounding_box()
    box = legend.bounding_box()
    assert frame
    assert box
    assert box["height"] <= frame["height"] + 1
    page.set_viewport_size(PHONE)
    expect(legend).to_have_css("flex-wrap", "wrap")
    assert legend.evaluate("box => box.clientHeight < 70 && box.scrollHeight > box.clientHeight")
    page.set_viewport_size(SCREEN)


def test_rows_of_classes_are_as_high_as_their_names(
    page: Page, own_server: tuple[str, int]
) -> None:
    opened(page, own_server, "generate?run=labelled&view=classes")
    image = page.get_by_alt_text("10 codes, each decoded as 26 classes")
    expect(image).to_be_visible()
    room = image.locator("xpath=../..")
    assert room.evaluate("box => box.scrollHeight > box.clientHeight && box.tabIndex === 0")
    at = image.bounding_box()
    assert at
    row = at["height"] / 26
    assert row > 24
    for label in (0, 13, 25):
        name = image.locator("xpath=..").get_by_text(LETTERS[label], exact=True).bounding_box()
        assert name
        middle = name["y"] + name["height"] / 2
        assert abs(middle - (at["y"] + (label + 0.5) * row)) < 3
    # The class to decode as is chosen from a list.
    opened(page, own_server, "latent?run=labelled")
    expect(page.locator(".st-key-condition-class").get_by_role("combobox")).to_be_visible()


def test_the_heads_of_a_confusion_matrix_stay(page: Page, own_server: tuple[str, int]) -> None:
    opened(page, own_server, "evaluate?run=classifier")
    table = page.locator(".confusion-room.many")
    table.evaluate("box => box.scrollTo(200, 150)")
    box = table.bounding_box()
    heads = [
        table.get_by_role(kind, name=name, exact=True).bounding_box()
        for kind, name in (("columnheader", "O"), ("rowheader", "K"))
    ]
    assert box
    assert all(heads)
    column, row = heads
    assert abs(column["y"] - box["y"]) < 2
    assert abs(row["x"] - box["x"]) < 2
    cell = table.locator("tbody tr").nth(3).locator("td").nth(14)
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    expect(cell).to_have_text("7")


def test_the_offline_demo(page: Page, runs: Path, tmp_path: Path) -> None:
    write_demo(open_run(runs / "labelled"), tmp_path / "demo.html")
    page.set_viewport_size(PHONE)
    page.goto((tmp_path / "demo.html").as_uri())
    expect_legend(page.locator(".chips.classes"), "button")
    assert names_on(page.locator("canvas.dots")) > 26 * 10
    chosen = page.get_by_role("combobox", name="Class")
    expect(chosen.get_by_role("option")).to_have_count(26)
    chosen.select_option("K")
    expect(page.get_by_text("The class is now K.")).to_be_visible()
    page.set_viewport_size(SCREEN)
