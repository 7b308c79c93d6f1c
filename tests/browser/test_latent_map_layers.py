"""The latent map's layers, classes and selections: what is switched on is what is painted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled
from tests.browser.mapping import RENDERED, Board, layer_pixels, open_map
from tests.browser.visitors import Visitors
from vae.figures.colors import class_color
from vae.latent.density import class_regions
from vae.latent.planes import dimension_plane, pca_plane
from vae.runs.run import Run

pytestmark = pytest.mark.browser


def test_classes_come_and_go(board: Board, run: Run) -> None:
    def has(label: int) -> bool:
        color = tuple(int(class_color(label)[at : at + 2], 16) for at in (1, 3, 5))
        dots = layer_pixels(board.root.locator("canvas.dots")).astype(int)
        near = np.abs(dots[:, :, :3] - color).max(axis=2) < 6
        return int((near & (dots[:, :, 3] > 150)).sum()) > 50

    assert has(2)
    assert has(7)
    chip = board.root.get_by_role("button", name="2", exact=True)
    chip.dblclick()
    expect(board.root.locator('.classes [aria-pressed="true"]')).to_have_count(1)
    board.hover(0.5, 0.5)
    assert has(2)
    assert not has(7)
    chip.dblclick()
    expect(board.root.locator('.classes [aria-pressed="true"]')).to_have_count(10)
    board.toggle("7")
    assert has(2)
    assert not has(7)


def test_box_and_lasso_select(board: Board, page: Page, run: Run) -> None:
    points = pca_plane(run.latents["mean"]).coordinates(run.latents["mean"])
    board.toggle("Box")
    low_left = board.hover(0.3, 0.3)
    page.mouse.down()
    page.mouse.move(*board.at(0.5, 0.6), steps=4)
    page.mouse.up()
    high_right = board.hover(0.5, 0.6)
    low, high = np.minimum(low_left, high_right), np.maximum(low_left, high_right)
    chosen = np.flatnonzero(((points > low) & (points < high)).all(axis=1))
    selected = set(board.shown()["selected"])
    assert len(selected ^ set(chosen.tolist())) < 0.01 * len(chosen)
    expect(page.get_by_text(f"{len(selected):,} test images selected", exact=True)).to_be_visible()
    assert layer_pixels(board.root.locator("canvas.dots"))[:, :, 3].max() == 255
    board.toggle("Lasso")
    page.mouse.move(*board.at(0.6, 0.5))
    page.mouse.down()
    for across, down in [(0.8, 0.5), (0.7, 0.8), (0.6, 0.5)]:
        page.mouse.move(*board.at(across, down), steps=5)
    page.mouse.up()
    lasso = set(board.shown()["selected"])
    assert lasso
    assert not lasso & selected
    expect(page.get_by_text(f"{len(lasso):,} test images selected", exact=True)).to_be_visible()
    # The link brings them back, in a session of its own.
    page.wait_for_url(re.compile("picked=many_"))
    page.reload()
    settled(page)
    board.until(lambda shown: set(shown["selected"]) == lasso)
    expect(page.get_by_text(f"{len(lasso):,} test images selected", exact=True)).to_be_visible()


def test_layers(board: Board, page: Page, run: Run) -> None:
    ground = board.root.locator("canvas.ground")
    assert not layer_pixels(ground).any()
    plane = pca_plane(run.latents["mean"])

    board.toggle("Class regions")
    regions = layer_pixels(ground)
    point = board.hover(0.85, 0.15)
    ruling = int(class_regions(plane.codes(point[None]), run.latents["mean"], run.latents["y"])[0])
    color = [int(class_color(ruling)[at : at + 2], 16) for at in (1, 3, 5)]
    side = regions.shape[0]
    observed = regions[int(0.15 * side), int(0.85 * side), :3]
    np.testing.assert_allclose(observed, color, atol=4)  # through half transparency
    board.toggle("Class regions")

    board.toggle("Posteriors")
    density = layer_pixels(ground)[:, :, 3]
    middle = density[side // 3 : -side // 3, side // 3 : -side // 3].mean()
    assert middle > 10 * density[: side // 20].mean()  # at the upper rim hardly any lies
    board.toggle("Posteriors")

    board.toggle("Decoded images")
    tiles = layer_pixels(ground)
    assert tiles[:, :, 3].min() == 255
    assert tiles[:, :, :3].max() > 200
    board.toggle("Decoded images")

    expect(board.root.locator(".contour")).to_have_count(3)
    board.toggle("Prior")
    expect(board.root.locator(".contour")).to_have_count(0)


def test_slow_layers_are_made_when_they_are_shown(board: Board, page: Page) -> None:
    assert "layers" not in board.root.evaluate("root => root.map.data.feeds")
    board.toggle("Posteriors")
    # From now on every plane brings them.
    page.get_by_role("radio", name="Two dimensions", exact=True).click()
    board.wait_for_atlas(dimension_plane(4, 0, 1))
    page.wait_for_function(RENDERED, arg=[board.root.element_handle(), True])
    assert layer_pixels(board.root.locator("canvas.ground")).any()


def test_a_selection_stays_on_another_plane(board: Board, page: Page) -> None:
    board.toggle("Box")
    page.mouse.move(*board.at(0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*board.at(0.6, 0.6), steps=4)
    page.mouse.up()
    expect(page.get_by_text("test images selected", exact=False).first).to_be_visible()
    selected = board.shown()["selected"]
    page.get_by_role("radio", name="Two dimensions", exact=True).click()
    board.wait_for_atlas(dimension_plane(4, 0, 1))
    assert selected
    assert board.shown()["selected"] == selected


def test_a_hole_is_named(page: Page, server: tuple[str, int]) -> None:
    # With so small a beta its posteriors lie far from the prior.
    board = open_map(page, server[0], "&run=mnist-lecture")
    page.get_by_role("radio", name="Two dimensions", exact=True).click()
    board.wait_for_atlas(dimension_plane(4, 0, 1))
    board.toggle("Test images")
    board.toggle("Holes")
    board.hover(0.5, 0.5)
    holes = layer_pixels(board.root.locator("canvas.dots"))[:, :, 3] > 0
    assert 0.005 < holes.mean() < 0.3
    assert not holes[:8].any()  # beyond two standard deviations nothing is likely
    # The middle of the largest square that is all hatched, about: most neighbours are hatched.
    side, reach = len(holes), len(holes) // 27
    crowd = np.array([
        [holes[y : y + reach, x : x + reach].mean() for x in range(0, side - reach, reach)]
        for y in range(0, side - reach, reach)
    ])  # fmt: skip
    row, column = np.unravel_index(int(crowd.argmax()), crowd.shape)
    page.mouse.click(*board.at((column + 0.5) * reach / side, (row + 0.5) * reach / side))
    expect(page.get_by_text("A hole: this place is likely under the prior")).to_be_visible()


def test_the_theme_is_followed(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    shades = []
    for scheme in ("light", "dark"):
        page = visitors.open_page(color_scheme=scheme)
        board = open_map(page, server[0], f"&run={run.id}")
        label = board.root.locator(".axes text").first
        fill = label.evaluate("node => getComputedStyle(node).fill")
        shades.append(np.mean([int(part) for part in re.findall(r"\d+", fill)[:3]]))
        visitors.leave()
    assert shades[0] < 80
    assert shades[1] > 180
