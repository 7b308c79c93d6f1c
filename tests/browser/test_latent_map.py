"""The latent map: what is under the pointer is what the decoder makes of that place."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sklearn.neighbors import NearestNeighbors

from tests.browser.driving import PHONE, SCREEN, settled, wait_until
from tests.browser.mapping import RENDERED, SECONDS, Board, layer_pixels, open_map
from tests.browser.visitors import Visitors
from vae.figures.colors import class_color
from vae.images import to_uint8
from vae.latent.density import class_regions
from vae.latent.planes import Plane, dimension_plane, pca_plane, picture_plane
from vae.runs.run import Run

pytestmark = pytest.mark.browser

EDGES = 0.2, 0.8  # shares of the board between which tests point
CLICK_NOTE = r"on average ([\d.]+) of 255 grey levels"
HELD = "picked", "layers", "hide"  # what the address says of what the test chooses
WHEEL = 1.0015  # what a view grows by for each pixel of the wheel


@pytest.fixture
def board(page: Page, server: tuple[str, int], run: Run) -> Board:
    return open_map(page, server[0], f"&run={run.id}")


def decoded(run: Run, plane: Plane, point: np.ndarray) -> np.ndarray:
    """What the server makes of a point of a plane, uint8 (H, W)."""
    return to_uint8(run.decode(plane.codes(point[None])))[0, :, :, 0]


def differences(board: Board, run: Run, plane: Plane, positions: int) -> np.ndarray:
    """Mean absolute differences, in grey levels, of blended images from the server's decoding."""
    random = np.random.default_rng(1)
    found = []
    for across, down in random.uniform(*EDGES, size=(positions, 2)):
        point = board.hover(across, down)
        exact = decoded(run, plane, point).astype(float)
        found.append(np.abs(board.blended() - exact[:, :, None]).mean())
    return np.array(found)


def width(view: dict[str, float]) -> float:
    return view["right"] - view["left"]


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


def test_from_the_keyboard(board: Board, page: Page, run: Run) -> None:
    board.toggle("Test images")
    board.board.focus()
    page.keyboard.press("ArrowRight")
    said = board.root.locator(".status")
    expect(said).to_have_text(re.compile(r"PC1 −?\d\.\d\d, PC2 −?\d\.\d\d"))
    first = board.shown()["place"]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    steps = width(board.shown()["view"]) / board.root.evaluate("root => root.map.size")
    there = [first[0] + 3 * 8 * steps, first[1] + 40 * steps]
    second = board.until(lambda shown: shown["place"] == pytest.approx(there))["place"]
    exact = decoded(run, pca_plane(run.latents["mean"]), np.array(second)).astype(float)
    expect(board.root.locator(".preview")).to_be_visible()
    assert np.abs(board.blended() - exact[:, :, None]).mean() < 2.0
    page.keyboard.press("Enter")
    expect(page.get_by_text("The image decoded here", exact=True)).to_be_visible()
    np.testing.assert_allclose(board.shown()["pin"], second, rtol=1e-5)  # six digits
    whole = board.shown()["view"]
    page.keyboard.press("+")
    board.until(lambda shown: width(shown["view"]) == pytest.approx(width(whole) / 1.25))
    page.keyboard.press("0")
    board.until(lambda shown: shown["view"] == pytest.approx(whole))
    page.keyboard.press("Escape")
    expect(page.get_by_text("Move over the map")).to_be_visible()


def test_with_fingers_on_a_phone(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    board = open_map(page, server[0], f"&run={run.id}")
    board.toggle("Test images")
    board.board.scroll_into_view_if_needed()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *shares: tuple[float, float]) -> None:
        points = [dict(zip("xy", board.at(*fraction), strict=True)) for fraction in shares]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.5, 0.5))
    touch("touchMove", (0.52, 0.5))
    touch("touchMove", (0.6, 0.4))
    board.wait_for_pointer(*board.at(0.6, 0.4))
    view = board.shown()["view"]
    position = np.array(board.shown()["place"])
    np.testing.assert_allclose(board.screen(position), (0.6, 0.4), atol=0.02)
    exact = decoded(run, pca_plane(run.latents["mean"]), position).astype(float)
    assert np.abs(board.blended() - exact[:, :, None]).mean() < 2.0
    touch("touchEnd")
    expect(page.get_by_text("The image decoded here", exact=True)).to_be_attached()

    touch("touchStart", (0.4, 0.5))
    touch("touchStart", (0.4, 0.5), (0.6, 0.5))
    for step in range(1, 6):
        touch("touchMove", (0.4 - 0.04 * step, 0.5), (0.6 + 0.04 * step, 0.5))
    touch("touchEnd")
    board.until(lambda now: width(now["view"]) == pytest.approx(width(view) / 3, rel=0.25))
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


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


def test_a_finger_scrolls_the_page_until_it_is_to_move_the_map(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    board = open_map(page, server[0], f"&run={run.id}")
    client = page.context.new_cdp_session(page)
    board.board.scroll_into_view_if_needed()

    def swipe() -> None:
        """Draw a finger upwards over the map, as a hand does that wants to see what is below."""
        x, y = board.at(0.5, 0.6)
        for kind, down in (("touchStart", 0), *(("touchMove", 15 * step) for step in range(1, 11))):
            points = [{"x": x, "y": y - down}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    top = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    view, before = board.shown()["view"], page.evaluate(top)
    swipe()
    wait_until(lambda: page.evaluate(top) > before + 100, SECONDS)
    assert board.shown()["view"] == view
    assert board.shown()["pin"] is None

    board.root.get_by_role("button", name="Move", exact=True).click()
    board.board.scroll_into_view_if_needed()
    before = page.evaluate(top)
    swipe()
    board.until(lambda shown: shown["view"] != view)
    assert page.evaluate(top) == before


def test_its_link_shows_the_same_pixels(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    """What was chosen by hand in one browser, and its address opened in another one."""
    observed, address = [], f"{server[0]}/latent?view=map&run={run.id}"
    for is_by_hand in (True, False):
        page = visitors.open_page(viewport=SCREEN)
        page.goto(address)
        settled(page)
        board = Board(page, page.locator(".map"))
        board.wait_for_atlas()
        if is_by_hand:
            page.mouse.click(*board.at(0.4, 0.6))
            board.toggle("Decoded images")
            board.root.get_by_role("button", name="3", exact=True).click()
            page.wait_for_url(lambda url: all(f"{each}=" in url for each in HELD))
        page.mouse.move(5, 5)
        expect(board.root.locator(".details img")).to_be_visible()
        page.wait_for_function(RENDERED, arg=[board.root.element_handle(), False])
        layers = [layer_pixels(board.root.locator(f"canvas.{name}")) for name in ("ground", "dots")]
        observed.append((*layers, board.picture(), board.root.locator(".marks").inner_html()))
        address = page.evaluate("() => location.href")
        visitors.leave()
    for by_hand, by_link in zip(*observed, strict=True):
        np.testing.assert_array_equal(by_hand, by_link)


def test_the_link_of_dimensions_shows_the_same_pixels(
    visitors: Visitors, server: tuple[str, int], run: Run
) -> None:
    pictures, address = [], f"{server[0]}/latent?view=dimensions&run={run.id}"
    for is_by_hand in (True, False):
        page = visitors.open_page(viewport=SCREEN)
        page.goto(address)
        settled(page)
        if is_by_hand:
            page.get_by_text("A test image", exact=True).click()
            page.wait_for_url(re.compile("around=image"))
            settled(page)
        address = page.evaluate("() => location.href")
        pictures.append(np.asarray(Image.open(io.BytesIO(page.locator(".traversal").screenshot()))))
        visitors.leave()
    np.testing.assert_array_equal(*pictures)
