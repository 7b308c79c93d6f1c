"""The drawing pad: what the server gets is what was drawn, and its results stay in their places."""

from __future__ import annotations

import base64
import io
import re
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PHONE, settled, wait_until
from tests.browser.mapping import layer_pixels
from tests.browser.visitors import Visitors
from vae.data.user_images import FRAMES, framed, ink_of, plainly_scaled
from vae.images import to_uint8
from vae.latent.planes import pca_plane
from vae.runs.run import Run

pytestmark = pytest.mark.browser

MNIST = (28, 28, 1)
SECONDS = 60  # for a busy machine
SEVEN = [(0.2, 0.2), (0.7, 0.2), (0.45, 0.85)]  # shares of the pad
DROP = """
([node, name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type }));
  const how = { bubbles: true, cancelable: true, composed: true };
  node.dispatchEvent(new DragEvent("drop", { ...how, dataTransfer: files }));
}"""
PASTE = DROP.replace("DragEvent", "ClipboardEvent").replace('"drop"', '"paste"').replace(
    "dataTransfer:", "clipboardData:"
)  # fmt: skip


class Pad:
    """The pad on a page, and what the page makes of it."""

    def __init__(self, page: Page, address: str, run: Run) -> None:
        page.goto(f"{address}/latent?view=draw&run={run.id}")
        settled(page)
        self.page, self.run = page, run
        self.canvas = page.locator(".pad canvas")
        expect(self.shown("Nothing yet")).to_be_visible()
        expect(page.locator(".map")).to_be_visible()

    def shown(self, name: str) -> Locator:
        return self.page.get_by_role("img", name=name, exact=True)

    def pixels(self) -> Image.Image:
        """What is on the pad."""
        return Image.fromarray(layer_pixels(self.canvas))

    def image(self, name: str) -> np.ndarray | None:
        """A picture on the page in its own size, uint8 (28, 28); None where it just makes room."""
        answer = self.page.request.get(self.shown(name).evaluate("node => node.src"))
        if not answer.ok:
            return None
        large = np.asarray(Image.open(io.BytesIO(answer.body())))
        scale = large.shape[0] // MNIST[0]
        return large[scale // 2 :: scale, scale // 2 :: scale]

    def at(self, fraction: tuple[float, float]) -> tuple[float, float]:
        """Where on the page a share of the pad lies."""
        box = self.canvas.bounding_box()
        return box["x"] + fraction[0] * box["width"], box["y"] + fraction[1] * box["height"]

    def draw(self, *shares: tuple[float, float]) -> None:
        """Draw a stroke with the mouse."""
        self.page.mouse.move(*self.at(shares[0]))
        self.page.mouse.down()
        for fraction in shares[1:]:
            self.page.mouse.move(*self.at(fraction), steps=5)
        self.page.mouse.up()

    def expect_image(self, name: str, expected: np.ndarray) -> None:
        """Wait until a picture on the page is this one (28, 28)."""
        expect(self.shown(name)).to_be_visible()
        with suppress(TimeoutError):
            wait_until(lambda: np.array_equal(self.image(name), expected), SECONDS)
        np.testing.assert_array_equal(self.image(name), expected)

    def check(self) -> None:
        """The page comes to show what the pixels on the pad are, and nothing else."""
        ink = ink_of(self.pixels())
        image = framed(ink, MNIST, FRAMES["mnist"])
        self.expect_image("Centred", image[:, :, 0])
        self.expect_image("Drawn", plainly_scaled(ink, MNIST)[:, :, 0])
        copy = to_uint8(self.run.decode(self.run.encode(image[None])[0]))[0, :, :, 0]
        self.expect_image("Reconstruction", copy)


@pytest.fixture
def pad(page: Page, server: tuple[str, int], run: Run) -> Pad:
    return Pad(page, server[0], run)


def give(node: Locator, script: str, name: str, kind: str, content: bytes) -> None:
    """Drop or paste a file."""
    handle = node.element_handle()
    node.page.evaluate(script, [handle, name, kind, base64.b64encode(content).decode()])


def photo() -> bytes:
    """A dark seven on paper, higher than wide."""
    background = Image.new("RGB", (300, 400), "#eee8d8")
    points = [(60, 80), (210, 80), (120, 340)]
    ImageDraw.Draw(background).line(points, "#202040", 30, joint="curve")
    file = io.BytesIO()
    background.save(file, "PNG")
    return file.getvalue()


def test_a_stroke_reaches_the_model(pad: Pad, run: Run) -> None:
    pad.draw(*SEVEN)
    expect(pad.shown("Drawn")).to_be_visible()
    pad.check()
    drawn = np.asarray(pad.pixels())[:, :, 0]
    for across, down in SEVEN:  # where the pen was there is ink
        assert drawn[round(down * 280), round(across * 280)] == 255
    assert 0.04 < (drawn > 127).mean() < 0.2
    # The ellipses on the map are at the code's place.
    image = framed(ink_of(pad.pixels()), MNIST, FRAMES["mnist"])
    mean, log_var = run.encode(image[None])
    plane = pca_plane(run.latents["mean"])
    point, variance = plane.coordinates(mean)[0], plane.spread(log_var)[0, 0, 0]
    root = pad.page.locator(".map")
    expect(root.locator(".posterior")).to_have_count(2)

    def is_there() -> bool:
        shown = root.evaluate("root => root.map.data.posterior")
        width = shown["covariance"][0][0]
        return shown["mean"] == pytest.approx(point.tolist(), rel=1e-4) and width == pytest.approx(
            float(variance), rel=1e-4
        )

    wait_until(is_there, SECONDS)


def test_nothing_jumps(pad: Pad) -> None:
    def positions() -> list[dict[str, float]]:
        chart = pad.page.get_by_test_id("stMain").locator("figure svg").first
        parts = [pad.canvas, pad.page.locator(".map"), chart]
        names = ("Reconstruction", "Samples of its posterior", "Nearest test images")
        return [part.bounding_box() for part in (*parts, *map(pad.shown, names))]

    before = positions()
    pad.draw(*SEVEN)
    pad.check()
    settled(pad.page)
    assert positions() == before
    pad.draw((0.2, 0.5), (0.8, 0.5))
    pad.check()
    settled(pad.page)
    assert positions() == before


def test_undo_and_clear(pad: Pad) -> None:
    undo, clear = (pad.page.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    pad.draw(*SEVEN)
    pad.check()
    first = pad.pixels()
    pad.draw((0.3, 0.5), (0.8, 0.5))
    pad.check()
    assert pad.pixels() != first
    undo.click()
    assert pad.pixels() == first
    pad.check()
    clear.click()
    expect(pad.shown("Nothing yet")).to_be_visible()
    assert np.asarray(pad.pixels())[:, :, :3].max() == 0
    expect(clear).to_be_disabled()
    pad.canvas.focus()
    pad.page.keyboard.press("Control+z")  # a cleared drawing comes back
    pad.check()
    assert pad.pixels() == first


def test_a_thicker_pen(pad: Pad) -> None:
    pad.draw((0.3, 0.2), (0.3, 0.8))
    pad.check()
    thin = np.asarray(pad.pixels())[140, :, 0]
    pen = pad.page.get_by_role("slider", name="Pen width")
    pen.focus()
    pad.page.keyboard.press("End")
    pad.draw((0.7, 0.2), (0.7, 0.8))
    pad.check()
    both = np.asarray(pad.pixels())[140, :, 0]
    assert (thin > 127).sum() == pytest.approx(24, abs=1)
    assert (both[140:] > 127).sum() == pytest.approx(40, abs=1)


@pytest.mark.parametrize("script", [DROP, PASTE], ids=["dropped", "pasted"])
def test_a_picture(pad: Pad, script: str) -> None:
    give(pad.canvas, script, "seven.png", "image/png", photo())
    expect(pad.shown("Drawn")).to_be_visible()
    pad.check()
    shown = np.asarray(pad.pixels())
    assert shown[5, 5, :3].tolist() == shown[140, 2, :3].tolist() == [0xEE, 0xE8, 0xD8]
    assert np.asarray(ink_of(pad.pixels()))[:, :30].max() == 0  # the paper beside it is paper
    image = pad.image("Centred")
    rows = np.flatnonzero(image.max(axis=1) > 20)
    assert len(rows) == 20
    assert image[rows[1], 10] > 150  # the seven's bar


def test_what_is_no_picture(pad: Pad) -> None:
    pad.draw(*SEVEN)
    pad.check()
    before = pad.pixels()
    give(pad.canvas, DROP, "words.png", "image/png", b"some words")
    says = pad.page.locator(".pad [role=alert]")
    expect(says).to_have_text("An image file was expected. Received: words.png")
    assert pad.pixels() == before
    pad.draw((0.3, 0.5), (0.8, 0.5))
    pad.check()
    expect(says).to_be_hidden()


def test_words_that_are_uploaded(pad: Pad) -> None:
    pad.page.get_by_role("radio", name="Upload", exact=True).click()
    file = {"name": "words.png", "mimeType": "image/png", "buffer": b"some words"}
    pad.page.locator("input[type=file]").set_input_files(file)
    expect(pad.page.get_by_text("An image file was expected")).to_be_visible()
    file |= {"name": "seven.png", "buffer": photo()}
    pad.page.locator("input[type=file]").set_input_files(file)
    expect(pad.shown("Uploaded")).to_be_visible()
    ink = ink_of(Image.open(io.BytesIO(photo())).convert("RGBA"))
    pad.expect_image("Centred", framed(ink, MNIST, FRAMES["mnist"])[:, :, 0])


def test_a_drawing_outlives_the_view(pad: Pad) -> None:
    pad.draw(*SEVEN)
    pad.check()
    before = pad.pixels()
    pad.page.get_by_role("radio", name="Path", exact=True).click()
    expect(pad.page.get_by_text("From your drawing")).to_be_visible()
    pad.page.get_by_role("radio", name="Draw", exact=True).click()
    expect(pad.shown("Drawn")).to_be_visible()
    expect(pad.page.get_by_role("button", name="Clear")).to_be_enabled()
    assert pad.pixels() == before
    pad.check()
    # It goes on from what was there.
    pad.draw((0.3, 0.5), (0.8, 0.5))
    pad.check()
    assert np.asarray(pad.pixels())[round(0.2 * 280), round(0.4 * 280), 0] == 255


def test_with_a_finger_on_a_phone(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    pad = Pad(page, server[0], run)
    pad.canvas.scroll_into_view_if_needed()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [dict(zip("xy", pad.at(point), strict=True)) for point in points]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    before = pad.canvas.bounding_box()
    touch("touchStart", SEVEN[0])
    for point in SEVEN[1:]:
        for part in np.linspace(0.2, 1.0, 5):
            touch("touchMove", tuple(SEVEN[0] + part * (np.array(point) - SEVEN[0])))
    touch("touchEnd")
    expect(pad.shown("Drawn")).to_be_visible()
    pad.check()
    assert np.asarray(pad.pixels())[round(0.2 * 280), round(0.5 * 280), 0] == 255
    assert pad.canvas.bounding_box() == before  # the page was not scrolled instead
    # What comes of it is on the same screen, and nothing is wider than that.
    assert pad.shown("Reconstruction").bounding_box()["y"] < PHONE["height"] - 60
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_path_on_a_phone(visitors: Visitors, server: tuple[str, int], run: Run) -> None:
    page = visitors.open_page(viewport=PHONE)
    page.goto(f"{server[0]}/latent?view=path&run={run.id}")
    settled(page)
    strip = page.get_by_role("img", name="11 images on the way").locator("img")
    expect(strip).to_have_count(11)
    boxes = [strip.nth(index).bounding_box() for index in range(11)]
    assert min(box["width"] for box in boxes) > 60  # a digit is still to be read
    assert max(box["x"] + box["width"] for box in boxes) < PHONE["width"]
    assert len({box["y"] for box in boxes}) == 3
    expect(page.get_by_role("img", name="An animation there and back")).to_be_visible()
    expect(page.locator(".player output")).to_have_text(re.compile("/ 20$"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "path.gif"
    with Image.open(download.value.path()) as gif:
        assert gif.n_frames == 20
