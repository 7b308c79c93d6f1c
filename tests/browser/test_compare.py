"""Maps side by side: one view, one test image in sight, and each its own decoder."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PHONE, button, settled
from tests.browser.mapping import Board, layer_pixels
from tests.browser.visitors import Visitors
from vae.figures.colors import class_color
from vae.images import to_uint8
from vae.latent.planes import Plane, pca_plane
from vae.runs.run import SHIPPED, Run, open_run

pytestmark = pytest.mark.browser

IDS = "mnist-recommended", "mnist-autoencoder"


@pytest.fixture(scope="module")
def two() -> list[Run]:
    return [open_run(SHIPPED / name) for name in IDS]


@pytest.fixture
def boards(page: Page, server: tuple[str, int]) -> list[Board]:
    return open_both(page, server[0])


def open_both(page: Page, address: str, other: str = IDS[1]) -> list[Board]:
    page.goto(f"{address}/runs?view=compare&part=maps&with={IDS[0]}/{other}")
    settled(page)
    expect(page.locator(".map")).to_have_count(2)
    found = [Board(page, page.locator(".map").nth(index)) for index in (0, 1)]
    for board in found:
        board.wait_for_atlas()
        page.wait_for_function("root => root.map.layers", arg=board.root.element_handle())
    found[0].board.scroll_into_view_if_needed()
    return found


def plane_of(run: Run) -> Plane:
    """The plane of a run's map: that of PCA, but through the prior's mean."""
    plane = pca_plane(run.latents["mean"])
    return replace(plane, origin=np.zeros_like(plane.origin))


def decoded(run: Run, code: np.ndarray) -> np.ndarray:
    return to_uint8(run.decode(code[None]))[0, :, :, 0]


def lonely(run: Run, other: Run) -> int:
    """A test image whose dots are in the middle of both maps, where it has room on the first."""
    points, others = (plane_of(each).coordinates(each.latents["mean"]) for each in (run, other))
    near = np.flatnonzero((np.abs(points) < 4).all(axis=1) & (np.abs(others) < 4).all(axis=1))
    gaps = np.linalg.norm(points[near][:, None] - points[None], axis=2)
    gaps[np.arange(len(near)), near] = np.inf
    return int(near[gaps.min(axis=1).argmax()])


def hovered_image(board: Board, index: int) -> dict:
    """What a map knows of the test image in sight; the index of the one that is there."""
    board.page.wait_for_function(
        "([root, index]) => root.map.hovered?.index === index",
        arg=[board.root.element_handle(), index],
    )
    return board.root.evaluate("root => root.map.hovered")


def test_each_decodes_with_its_own_decoder(boards: list[Board], page: Page, two: list[Run]) -> None:
    page.get_by_role("button", name="Test images", exact=True).click()
    settled(page)
    extents = [board.shown()["extent"] for board in boards]
    assert extents[0] == extents[1]
    text = page.get_by_text("The image under the pointer").inner_text()
    stated = re.search(r"on average ([\d.]+) and ([\d.]+) of 255 grey levels", text)
    images = []
    for index, (board, run) in enumerate(zip(boards, two, strict=True), start=1):
        assert board.shown()["view"] == pytest.approx(extents[0])
        differences = []
        for fraction in np.random.default_rng(1).uniform(0.1, 0.9, size=(30, 2)):
            point = board.hover(*fraction)
            exact = decoded(run, plane_of(run).codes(point[None])[0]).astype(float)
            differences.append(np.abs(board.blended() - exact[:, :, None]).mean())
        # The statement is a mean over a hundred other places.
        assert np.mean(differences) == pytest.approx(float(stated[index]), rel=0.5, abs=0.1)
        board.hover(0.5, 0.4)
        images.append(board.blended().astype(float))
    assert np.abs(images[0] - images[1]).mean() > 15.0


@contextmanager
def stopped(process_id: int) -> Iterator[None]:
    """Have a process do nothing meanwhile."""
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def test_a_dot_is_ringed_on_the_other_map(
    boards: list[Board], page: Page, two: list[Run], server: tuple[str, int]
) -> None:
    index = lonely(*two)
    left, right = boards
    points = [plane_of(run).coordinates(run.latents["mean"][index][None])[0] for run in two]
    with stopped(server[1]):  # it needs no answer of the server
        left.hover(*left.screen(points[0]))
        expect(right.root.locator(".ring")).to_have_count(1)
    ring = right.root.locator(".ring")
    expect(ring).to_have_count(1)
    assert hovered_image(right, index)["index"] == hovered_image(left, index)["index"]
    size = right.root.evaluate("root => root.map.size")
    found = [float(ring.get_attribute(name)) / size for name in ("cx", "cy")]
    np.testing.assert_allclose(found, right.screen(points[1]), atol=1e-3)
    # Then each shows the image beside its own reconstruction.
    for board, run in zip(boards, two, strict=True):
        caption = f"test image {index} and its reconstruction"
        expect(board.root.locator(".details figcaption")).to_have_text(caption)
        copy = decoded(run, run.latents["mean"][index])
        np.testing.assert_array_equal(board.picture()[:, -28:], copy)
    assert left.root.locator(".ring").count() == 0
    page.mouse.move(5, 5)
    expect(ring).to_have_count(0)
    expect(right.root.locator(".preview")).to_be_hidden()


def test_a_click_pins_it_on_both_until_the_next_click(
    boards: list[Board], page: Page, two: list[Run]
) -> None:
    index = lonely(*two)
    left, right = boards
    points = [plane_of(run).coordinates(run.latents["mean"][index][None])[0] for run in two]
    page.mouse.click(*left.at(*left.screen(points[0])))
    page.mouse.move(5, 5)
    for board, point in zip(boards, points, strict=True):
        caption = f"test image {index} and its reconstruction"
        expect(board.root.locator(".details figcaption")).to_have_text(caption)
        expect(board.root.locator(".neighbour")).to_have_count(10)
        np.testing.assert_allclose(board.shown()["pin"], point, atol=1e-4)
    page.mouse.click(*left.at(0.9, 0.9))  # nothing lies there
    page.mouse.move(5, 5)
    expect(left.root.locator(".details figcaption")).to_have_text("decoded exactly")
    expect(right.root.locator(".neighbour")).to_have_count(0)
    right.until(lambda shown: shown["pin"] is None)


def test_both_move_together(boards: list[Board], page: Page) -> None:
    left, right = boards
    whole = left.shown()["extent"]
    left.hover(0.5, 0.4)
    for _ in range(4):
        page.mouse.wheel(0, -240)
    wide = (whole["right"] - whole["left"]) * 1.0015**-960
    for board in boards:
        board.until(
            lambda shown: shown["view"]["right"] - shown["view"]["left"] == pytest.approx(wide)
        )
    # Each has an atlas of that part sent. It may be that of an earlier turn of the wheel: what is
    # fine enough is not asked for again.
    for board in boards:
        page.wait_for_function(
            """root => {
                const { atlas, view, data } = root.map;
                const span = ({ left, right }) => right - left;
                return atlas && span(atlas.extent) < span(data.extent)
                    && span(view) >= 0.6 * span(atlas.extent)
                    && atlas.extent.left <= view.left && view.right <= atlas.extent.right;
            }""",
            arg=board.root.element_handle(),
        )
    view = left.shown()["view"]
    assert right.shown()["view"] == pytest.approx(view)
    right.toggle("Show the whole map")
    for board in boards:
        board.until(lambda shown: shown["view"] == pytest.approx(whole))


def switch(page: Page, boards: list[Board], name: str, layer: str, *, on: bool) -> None:
    """Press what stands above both maps, and wait until both have painted it."""
    page.get_by_role("button", name=name, exact=True).click()
    for board in boards:
        page.wait_for_function(
            "([root, layer, on]) => root.map.shown.has(layer) === on && !root.map.painting",
            arg=[board.root.element_handle(), layer, on],
        )


def test_layers_and_classes_of_both(boards: list[Board], page: Page) -> None:
    def colored(board: Board, label: int) -> int:
        color = tuple(int(class_color(label)[at : at + 2], 16) for at in (1, 3, 5))
        dots = layer_pixels(board.root.locator("canvas.dots")).astype(int)
        near = np.abs(dots[:, :, :3] - color).max(axis=2) < 6
        return int((near & (dots[:, :, 3] > 150)).sum())

    # Where the prior is likely the autoencoder has no codes, and the VAE has some nearly all over.
    switch(page, boards, "Test images", "dots", on=False)
    holes = [layer_pixels(board.root.locator("canvas.dots"))[:, :, 3] > 0 for board in boards]
    assert holes[0].mean() < 0.002
    assert 0.005 < holes[1].mean() < 0.05
    switch(page, boards, "Test images", "dots", on=True)
    for board in boards:
        expect(board.root.locator(".contour")).to_have_count(3)
        assert colored(board, 0) > 50
        assert colored(board, 6) > 50
    chip = boards[1].root.locator(".classes").get_by_role("button", name="0", exact=True)
    chip.dblclick()
    for board in boards:
        expect(board.root.locator('.classes [aria-pressed="true"]')).to_have_count(1)
        board.hover(0.95, 0.5)
        assert colored(board, 0) > 50
        assert colored(board, 6) == 0
    for name, layer in (("Holes", "holes"), ("Test images", "dots"), ("Prior", "prior")):
        switch(page, boards, name, layer, on=False)
    for board in boards:
        expect(board.root.locator(".contour")).to_have_count(0)
        assert not layer_pixels(board.root.locator("canvas.ground")).any()
        assert not layer_pixels(board.root.locator("canvas.dots")).any()
    switch(page, boards, "Decoded images", "images", on=True)
    for board in boards:
        board.hover(0.95, 0.5)
        assert layer_pixels(board.root.locator("canvas.ground"))[:, :, 3].min() == 255


def test_a_third_run_stands_beside_them(boards: list[Board], page: Page) -> None:
    button(page, "Runs (2)").click()
    page.get_by_role("combobox", name="Runs to compare").click()
    page.get_by_role("option").filter(has_text="MNIST · Convolutional").click()
    page.wait_for_url("**mnist-convolutional*")
    settled(page)
    expect(page.locator(".map")).to_have_count(3)
    after = [Board(page, page.locator(".map").nth(index)) for index in range(3)]
    for board in after:
        board.wait_for_atlas()
    assert len({tuple(board.shown()["extent"].values()) for board in after}) == 1
    page.go_back()
    expect(page.locator(".map")).to_have_count(2)


# The numbers and names of the axes that stick out of the board, and those that lie on another.
UNREADABLE = """root => {
  const board = root.querySelector(".board").getBoundingClientRect();
  const all = [...root.querySelectorAll(".axes text")].filter((text) => text.textContent);
  const boxes = all.map((text) => text.getBoundingClientRect());
  const cut = (box) => box.left < board.left || box.right > board.right
    || box.top < board.top || box.bottom > board.bottom;
  const apart = (a, b) => a.right <= b.left || b.right <= a.left
    || a.bottom <= b.top || b.bottom <= a.top;
  const covered = (i) => boxes.some((box, j) => j !== i && !apart(box, boxes[i]));
  return all.filter((_, i) => cut(boxes[i]) || covered(i)).map((text) => text.textContent);
}"""


def test_axes_are_readable_in_every_view(boards: list[Board]) -> None:
    for _ in range(4):
        for board in boards:
            assert board.root.locator(".axes text").count() > 4
            assert board.root.evaluate(UNREADABLE) == []
        boards[0].toggle("Zoom in")


def test_on_a_phone(visitors: Visitors, server: tuple[str, int]) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    left, right = (board.board.bounding_box() for board in open_both(page, server[0]))
    assert right["y"] > left["y"] + left["height"]  # below each other
    assert left["width"] == right["width"] > 300
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
