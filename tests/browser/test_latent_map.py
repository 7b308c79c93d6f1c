"""The latent map: what is under the pointer is what the decoder makes of that place."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.neighbors import NearestNeighbors

from tests.browser.driving import settled
from tests.browser.mapping import Board, decoded, open_map, width
from vae.images import to_uint8
from vae.latent.planes import Plane, dimension_plane, pca_plane, picture_plane
from vae.runs.run import Run

pytestmark = pytest.mark.browser

EDGES = 0.2, 0.8  # fractions of the board between which tests point
CLICK_NOTE = r"on average ([\d.]+) of 255 grey levels"
WHEEL = 1.0015  # what a view grows by for each pixel of the wheel


def differences(board: Board, run: Run, plane: Plane, positions: int) -> np.ndarray:
    """Mean absolute differences, in grey levels, of blended images from the server's decoding."""
    random = np.random.default_rng(1)
    found = []
    for across, down in random.uniform(*EDGES, size=(positions, 2)):
        point = board.hover(across, down)
        exact = decoded(run, plane, point).astype(float)
        found.append(np.abs(board.blended() - exact[:, :, None]).mean())
    return np.array(found)


def stated_error(page: Page) -> float:
    text = page.get_by_text(re.compile(CLICK_NOTE)).inner_text()
    return float(re.search(CLICK_NOTE, text)[1])


def test_the_hovered_image_is_the_decoding(board: Board, page: Page, run: Run) -> None:
    board.toggle("Test images")
    found = differences(board, run, pca_plane(run.latents["mean"]), 30)
    # The statement is a mean over a hundred other places; both sides round to whole levels.
    assert found.mean() < 1.5 * stated_error(page) + 0.1
    assert found.max() < 2.0


@pytest.mark.parametrize("kind", ["Two dimensions", "Three pictures"])
def test_another_plane_is_decoded_as_well(board: Board, page: Page, run: Run, kind: str) -> None:
    board.toggle("Test images")
    if kind == "Two dimensions":
        plane = dimension_plane(4, 0, 1)
    else:
        _, firsts = np.unique(run.latents["y"], return_index=True)
        plane = picture_plane(run.latents["mean"][sorted(firsts)[:3]])
    page.get_by_role("radio", name=kind, exact=True).click()
    board.wait_for_atlas(plane)
    assert differences(board, run, plane, 8).max() < 2.0


def test_a_click_decodes_exactly_and_leaving_shows_what_is_pinned(
    board: Board, page: Page, run: Run
) -> None:
    board.toggle("Test images")
    point = board.hover(0.31, 0.44)
    page.mouse.move(5, 5)
    expect(board.root.locator(".preview")).to_be_hidden()
    page.mouse.click(*board.at(0.31, 0.44))
    expect(page.get_by_text("The image decoded here", exact=True)).to_be_visible()
    page.mouse.move(5, 5)
    expect(board.root.locator(".details figcaption")).to_have_text("decoded exactly")
    plane = pca_plane(run.latents["mean"])
    np.testing.assert_array_equal(board.picture(), decoded(run, plane, point))
    np.testing.assert_allclose(board.shown()["pin"], point, rtol=1e-5)  # six digits
    # Elsewhere the pinned one makes room, and comes back.
    board.hover(0.6, 0.6)
    expect(board.root.locator(".details")).to_be_hidden()
    page.mouse.move(5, 5)
    expect(board.root.locator(".details figcaption")).to_have_text("decoded exactly")


def test_a_dot_shows_its_images_its_posterior_and_its_neighbours(
    board: Board, page: Page, run: Run
) -> None:
    mean, log_var = (run.latents[name].astype(float) for name in ("mean", "log_var"))
    plane = pca_plane(run.latents["mean"])
    points = plane.coordinates(mean)
    # The one that is farthest from all others, of those on the board: nothing hides it.
    far = NearestNeighbors(n_neighbors=2).fit(points).kneighbors(points)[0][:, 1]
    far[(np.abs(points) > 3.0).any(axis=1)] = 0.0
    index = int(np.argmax(far))
    board.hover(*board.screen(points[index]))
    caption = f"test image {index} and its reconstruction"
    expect(board.root.locator(".details figcaption")).to_have_text(caption)
    copy = to_uint8(run.decode(mean[index][None]))[0, :, :, 0]
    np.testing.assert_array_equal(board.picture()[:, -28:], copy)
    # One and two standard deviations: the outer ellipse is twice the inner one.
    ellipses = board.root.locator(".posterior")
    expect(ellipses).to_have_count(2)
    wide = [ellipses.nth(i).evaluate("node => node.getBBox().width") for i in range(2)]
    view = board.shown()["view"]
    pixels = board.board.bounding_box()["width"] / (view["right"] - view["left"])
    sigma = np.sqrt(plane.spread(log_var[index][None])[0, 0, 0])
    np.testing.assert_allclose(wide, [2 * sigma * pixels, 4 * sigma * pixels], rtol=0.02)
    page.mouse.click(*board.at(*board.screen(points[index])))
    expect(page.get_by_text("10 nearest test images")).to_be_visible()
    expect(board.root.locator(".neighbour")).to_have_count(10)


def test_zoomed_in_an_atlas_of_that_part_arrives(board: Board, page: Page, run: Run) -> None:
    board.toggle("Test images")
    whole = board.shown()["view"]
    position = board.hover(0.4, 0.4)
    # In one turn: between several an atlas may come that is fine enough for what follows.
    page.mouse.wheel(0, -1440)
    part = width(whole) * WHEEL**-1440
    shown = board.until(
        lambda shown: (
            width(shown["view"]) == pytest.approx(part)
            and shown["atlas"]["extent"] == pytest.approx(shown["view"])
        )
    )
    np.testing.assert_allclose(board.hover(0.4, 0.4), position, atol=0.01)  # around the pointer
    assert differences(board, run, pca_plane(run.latents["mean"]), 8).max() < 1.0
    # A hand that drags moves it; the button brings all of it back.
    page.mouse.move(*board.at(0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*board.at(0.7, 0.4), steps=4)
    page.mouse.up()
    left, wide = shown["view"]["left"], width(shown["view"])
    board.until(lambda now: now["view"]["left"] - left == pytest.approx(-0.2 * wide, rel=0.1))
    board.toggle("Show the whole map")
    board.until(lambda now: now["view"] == pytest.approx(whole))


def test_an_answer_is_small(page: Page, server: tuple[str, int], run: Run) -> None:
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on(
        "framereceived", lambda frame: received.append(len(frame))))  # fmt: skip
    board = open_map(page, server[0], f"&run={run.id}")
    opened = sum(received)
    received.clear()
    board.hover(0.4, 0.35)
    expect(board.root.locator(".details figcaption")).to_have_text(re.compile("test image"))
    settled(page)
    assert received
    assert sum(received) < 0.1 * opened
