"""Projections: what is under the pointer is the nearest test image, reconstructed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PHONE, SCREEN, settled, wait_until
from tests.browser.mapping import Board, pixels_of
from tests.browser.visitors import Visitors
from vae.images import to_uint8
from vae.latent.projections import TSNE_POINTS, Projection, project_pca, read_tsne
from vae.runs.run import Run

pytestmark = pytest.mark.browser

SECONDS = 60  # for a busy machine
EDGES = 0.1, 0.9  # fractions of the board between which tests point


@pytest.fixture
def board(page: Page, server: tuple[str, int], run: Run) -> Board:
    return open_cloud(page, server[0], run)


def open_cloud(page: Page, address: str, run: Run) -> Board:
    """Open the view and wait until hovering shows pictures."""
    page.goto(f"{address}/latent?view=projections&run={run.id}")
    settled(page)
    board = Board(page, page.locator(".map.cloud"))
    wait_for_tiles(board)
    board.board.scroll_into_view_if_needed()
    return board


def wait_for_tiles(board: Board, axis: str = "PC1") -> None:
    """Wait until the browser has what is shown, of the projection with this axis."""
    board.root.wait_for()
    board.page.wait_for_function(
        "([root, axis]) => root.map?.tiles && root.map.points"
        " && root.map.data.names[0].startsWith(axis)",
        arg=[board.root.element_handle(), axis],
    )


def reconstruction(run: Run, index: int) -> np.ndarray:
    """What the server makes of a test image, uint8 (H, W, 1)."""
    return to_uint8(run.decode(run.latents["mean"][index][None]))[0]


def nearest(projection: Projection, position: np.ndarray) -> int:
    return int(np.linalg.norm(projection.points[:TSNE_POINTS] - position, axis=1).argmin())


def expect_shown(page: Page, index: int) -> None:
    """Expect a test image beside the board: the box at the pointer names it in other words."""
    expect(
        page.get_by_text(
            re.compile(f"^(Test image|The reconstruction of test image) {index}, class")
        )
    ).to_be_attached()


def check_positions(board: Board, run: Run, projection: Projection, positions: int = 12) -> None:
    """Hover at random; the picture beside the pointer must be the nearest dot's, to the pixel."""
    random = np.random.default_rng(2)
    for across, down in random.uniform(*EDGES, size=(positions, 2)):
        index = nearest(projection, board.hover(across, down))
        name = run.class_names[run.latents["y"][index]]
        caption = f"test image {index}, class {name}"
        expect(board.root.locator(".decoded figcaption")).to_have_text(caption)
        expected = np.repeat(reconstruction(run, index), 3, axis=2)
        np.testing.assert_array_equal(board.blended(), expected)


def test_the_nearest_dots_reconstruction_is_under_the_pointer(
    board: Board, page: Page, run: Run
) -> None:
    check_positions(board, run, project_pca(run))
    page.get_by_role("radio", name="t-SNE", exact=True).click()
    wait_for_tiles(board, "t-SNE 1")
    expect(page.get_by_text("belongs to no code, so nothing can be decoded there")).to_be_visible()
    check_positions(board, run, read_tsne(run))
    page.mouse.move(5, 5)
    expect(board.root.locator(".preview")).to_be_hidden()


def test_hovering_asks_nothing_of_the_server(page: Page, server: tuple[str, int], run: Run) -> None:
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on(
        "framesent", lambda frame: sent.append(len(frame))))  # fmt: skip
    board = open_cloud(page, server[0], run)
    sent.clear()
    check_positions(board, run, project_pca(run), 6)
    assert sent == []


def test_a_click_and_a_typed_number_mark_the_same(board: Board, page: Page, run: Run) -> None:
    projection = project_pca(run)
    index = nearest(projection, board.hover(0.4, 0.4))
    page.mouse.click(*board.at(0.4, 0.4))
    number = page.get_by_role("textbox", name="Test image", exact=True)
    expect(number).to_have_value(str(index))
    expect_shown(page, index)
    expect(board.root.locator(".neighbour")).to_have_count(10)

    def is_marked(index: int) -> bool:
        return board.shown()["pin"] == pytest.approx(projection.points[index].tolist(), abs=1e-4)

    wait_until(lambda: is_marked(index), SECONDS)
    number.fill("123")
    number.press("Enter")
    expect_shown(page, 123)
    wait_until(lambda: is_marked(123), SECONDS)


def test_a_hidden_class_is_never_meant(board: Board, page: Page, run: Run) -> None:
    board.root.get_by_role("button", name="4", exact=True).dblclick()
    expect(board.root.locator('.classes [aria-pressed="true"]')).to_have_count(1)
    for fraction in (0.2, 0.5, 0.8):
        board.hover(fraction, fraction)
        caption = board.root.locator(".decoded figcaption").inner_text()
        assert caption.endswith("class 4")
    # It stays so in another projection.
    page.get_by_role("radio", name="t-SNE", exact=True).click()
    wait_for_tiles(board, "t-SNE 1")
    expect(board.root.locator('.classes [aria-pressed="true"]')).to_have_count(1)


def test_a_box_selects(board: Board, page: Page, run: Run) -> None:
    board.toggle("Box")
    page.mouse.move(*board.at(0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*board.at(0.6, 0.6), steps=4)
    page.mouse.up()
    selected = board.shown()["selected"]
    assert selected
    expect(page.get_by_text(f"{len(selected):,} test images selected", exact=True)).to_be_visible()
    assert sorted(board.shown()["selected"]) == sorted(selected)


def test_from_the_keyboard(board: Board, page: Page, run: Run) -> None:
    board.board.focus()
    for key in ("ArrowLeft", *["Shift+ArrowLeft"] * 5):
        page.keyboard.press(key)
    index = nearest(project_pca(run), np.array(board.shown()["place"]))
    expect(board.root.locator(".status")).to_contain_text(f"at test image {index}, class")
    assert index != 0  # which is shown at first
    page.keyboard.press("Enter")
    expect_shown(page, index)


FRAMES = """async () => {
  for (let i = 0; i < 12; i++) await new Promise(requestAnimationFrame);
}"""


# The box beside the pointer, as it is at one moment: which test image, and its picture.
IN_SIGHT = """box => box.checkVisibility() ? [
  Number(box.dataset.index), box.querySelector("canvas").toDataURL("image/png")] : null"""


def camera(plot: Locator) -> dict:
    return plot.evaluate("plot => plot._fullLayout.scene._scene.getCamera().eye")


def test_in_space(board: Board, page: Page, run: Run) -> None:
    page.get_by_role("radio", name="3-D", exact=True).click()
    plot = page.locator("[class*=st-key-cloud3d-PCA] .js-plotly-plot")
    box = page.locator(".box:has(canvas)")
    plot.wait_for()
    page.wait_for_function("plot => plot._fullLayout.scene?._scene?.glplot",
                           arg=plot.element_handle())  # fmt: skip
    frame = plot.bounding_box()

    def at(across: float, down: float) -> tuple[float, float]:
        return frame["x"] + across * frame["width"], frame["y"] + down * frame["height"]

    # Turned first: a click must not turn it back.
    before = camera(plot)
    page.mouse.move(*at(0.9, 0.9))
    page.mouse.down()
    page.mouse.move(*at(0.6, 0.8), steps=5)
    page.mouse.up()
    page.wait_for_function(
        "([plot, x]) => Math.abs(plot._fullLayout.scene._scene.getCamera().eye.x - x) > 0.1",
        arg=[plot.element_handle(), before["x"]],
    )
    observed = set()
    for across in np.linspace(0.4, 0.6, 9):
        page.mouse.move(*at(across, 0.45), steps=3)
        page.evaluate(FRAMES)  # with which Plotly looks for the dot
        found = box.evaluate(IN_SIGHT)
        if found is None:
            continue
        index, url = found
        expected = np.repeat(reconstruction(run, index), 3, axis=2)
        np.testing.assert_array_equal(pixels_of(url)[:, :, :3], expected)
        observed.add(index)
    assert len(observed) > 2

    def is_over_a_dot() -> bool:
        page.mouse.move(*at(0.5, 0.45), steps=3)
        return box.is_visible()

    wait_until(is_over_a_dot, SECONDS)
    turned, index = camera(plot), int(box.get_attribute("data-index"))
    page.mouse.down()
    page.mouse.up()
    expect_shown(page, index)
    settled(page)
    assert camera(plot) == pytest.approx(turned)
    page.wait_for_url(re.compile("camera="))
    page.reload()
    plot.wait_for()
    page.wait_for_function("plot => plot._fullLayout.scene?._scene?.glplot",
                           arg=plot.element_handle())  # fmt: skip
    assert camera(plot) == pytest.approx(turned, rel=1e-3)


def test_on_a_phone(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    board = open_cloud(page, server[0], run)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *shares: tuple[float, float]) -> None:
        points = [dict(zip("xy", board.at(*fraction), strict=True)) for fraction in shares]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.5, 0.5))
    touch("touchMove", (0.6, 0.4))
    touch("touchMove", (0.6, 0.41))
    board.wait_for_pointer(*board.at(0.6, 0.41))
    index = nearest(project_pca(run), np.array(board.shown()["place"]))
    expected = np.repeat(reconstruction(run, index), 3, axis=2)
    np.testing.assert_array_equal(board.blended(), expected)
    touch("touchEnd")
    expect_shown(page, index)
    # In a sheet over the lower half of the screen, above which the dot stays in sight.
    close = page.get_by_role("button", name="Close", exact=True)
    place = close.bounding_box()
    assert place
    assert place["y"] > board.at(0.6, 0.41)[1]
    close.tap()
    expect(close).to_have_count(0)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


# As in a browser whose WebGL is switched off.
NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.includes("webgl") ? null : real.call(this, kind, ...rest);
}"""


def test_without_webgl(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=SCREEN)
    page.add_init_script(NO_WEBGL)
    board = open_cloud(page, server[0], run)
    page.get_by_role("radio", name="3-D", exact=True).click()
    expect(page.get_by_text("This browser cannot draw in 3-D")).to_be_in_viewport()
    expect(page.get_by_text("WebGL is not supported")).to_be_hidden()  # Plotly's own
    page.get_by_role("button", name="Show it in 2-D").click()
    wait_for_tiles(board, "PC1")
    expect(page.get_by_role("radio", name="2-D", exact=True)).to_be_checked()
