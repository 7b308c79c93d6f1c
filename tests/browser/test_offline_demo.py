"""The offline demo, opened as a file in a browser without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import PHONE, SCREEN
from tests.export.test_offline_demo import data_of
from tests.handmade import make_run
from vae.config import Config
from vae.export.offline_demo import demo_page, write_demo
from vae.latent.planes import dimension_plane, pca_plane
from vae.runs.run import SHIPPED, Run, open_run
from vae.sampling.prior import balanced_labels

pytestmark = pytest.mark.browser

MAX_DIFFERENCE = 1e-3  # of a pixel from the server's, as the demo promises
SMALL = Config(latent_dim=2, hidden=(5, 7))
CONVOLUTIONAL = SMALL.replace(network="convolutional", latent_dim=3)
COLOR, GREY = (12, 9, 3), (10, 10, 1)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def open_demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Open demos of runs; what goes wrong in a page, and what it asks a network for, fails."""
    complaints: list[str] = []
    contexts = []

    def complain(text: str, wrong: bool = True) -> None:
        if wrong:
            complaints.append(text)

    def open_file(run: Run, **options: object) -> Page:
        path = tmp_path_factory.mktemp("demo") / "demo.html"
        write_demo(run, path)
        contexts.append(browser.new_context(offline=True, **{"viewport": SCREEN, **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complain(message.text, message.type == "error"))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("request", lambda request: complain(request.url, request.url != path.as_uri()))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def dense(open_demo: Open) -> Page:
    """The demo of the model that a new visitor sees."""
    return open_demo(open_run(SHIPPED / "mnist-recommended"))


def pixels(page: Page, selector: str) -> np.ndarray:
    """The pixels of a canvas, uint8 (H, W, 3)."""
    found = page.locator(selector).evaluate(
        "c => [c.height, c.width, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    return np.array(found[2:], np.uint8).reshape(found[0], found[1], 4)[:, :, :3]


DECODE = "codes => codes.map(z => window.vaeLab.decode(z))"
DECODE_WITH = """([layers, codes, labels]) => {
  const decode = window.vaeLab.makeDecoder(layers);
  return codes.map((z, i) => Array.from(decode(z, labels[i])));
}"""


def labels_for(run: Run, z: np.ndarray) -> np.ndarray:
    """The classes that a conditional run decodes these codes with."""
    return balanced_labels(len(z), run.classes)


def assert_alike(found: list[list[float]], run: Run, z: np.ndarray) -> None:
    expected = run.decode(z, labels_for(run, z)).reshape(len(z), -1)
    assert expected.std() > 0.01  # no network that says the same of every code
    assert np.abs(np.array(found) - expected).max() < MAX_DIFFERENCE


@contextmanager
def changes(page: Page, selector: str) -> Iterator[None]:
    before = pixels(page, selector)
    yield
    assert not np.array_equal(pixels(page, selector), before)


def codes_of(run: Run) -> np.ndarray:
    """Codes of test images, and some from beyond most of the prior."""
    samples = np.random.default_rng(0).standard_normal((20, run.config.latent_dim))
    return np.concatenate([run.latents["mean"][:20], 2.0 * samples]).astype(np.float32)


def test_a_dense_network_decodes_as_the_server_does(dense: Page, run: Run) -> None:
    z = codes_of(run)
    assert_alike(dense.evaluate(DECODE, z.tolist()), run, z)


def test_a_convolutional_network_decodes_as_the_server_does(open_demo: Open) -> None:
    run = open_run(SHIPPED / "mnist-convolutional")
    z = codes_of(run)
    assert_alike(open_demo(run).evaluate(DECODE, z.tolist()), run, z)


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        (CONVOLUTIONAL.replace(activation="relu"), COLOR),
        (CONVOLUTIONAL.replace(activation="leaky_relu", dense_layers=(9,)), GREY),
        (SMALL.replace(activation="elu", latent_dim=1), GREY),
        (SMALL.replace(activation="silu"), COLOR),
        (SMALL.replace(kind="conditional", activation="relu"), GREY),
        (CONVOLUTIONAL.replace(kind="conditional", activation="silu"), COLOR),
    ],
    ids=["relu", "leaky_relu", "elu", "silu", "conditional", "conditional-convolutional"],
)
def test_every_network_decodes(
    dense: Page, tmp_path: Path, config: Config, shape: tuple[int, int, int]
) -> None:
    run = make_run(tmp_path / "run", config, shape)
    layers, z = data_of(demo_page(run))["layers"], codes_of(run)
    arguments = [layers, z.tolist(), labels_for(run, z).tolist()]
    assert_alike(dense.evaluate(DECODE_WITH, arguments), run, z)


def test_a_class_to_decode_with(open_demo: Open, dense: Page, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", SMALL.replace(kind="conditional"), GREY)
    page = open_demo(run)
    classes = page.get_by_role("group", name="The class that the decoder gets")
    own, other = (classes.get_by_role("button", name=name) for name in run.class_names)
    expect(own).to_have_attribute("aria-pressed", "true")  # that of the first test image
    z = run.latents["mean"][:1]

    def shows(selector: str, label: int, code: np.ndarray) -> bool:
        return bool(np.abs(pixels(page, selector) / 255 - run.decode(code, label)[0]).max() < 0.02)

    assert shows(".picture", 0, z)
    with changes(page, ".grid button:first-child canvas"):
        other.click()
        expect(other).to_have_attribute("aria-pressed", "true")
        expect(own).to_have_attribute("aria-pressed", "false")
        assert shows(".picture", 1, z)  # the code stays
    first = np.array(page.evaluate("window.vaeLab.priorCodes(1, 1, 0)"), np.float32)
    assert shows(".grid button:first-child canvas", 1, first)
    expect(dense.locator(".condition")).to_be_hidden()


def test_pointer_and_keys_on_the_map(open_demo: Open, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", SMALL, COLOR)
    page = open_demo(run)
    page.get_by_role("button", name="Test images").click()  # places, no dots
    board = page.locator(".board")
    box = board.bounding_box()
    assert box
    extent = page.evaluate("JSON.parse(document.getElementById('run').textContent).plane.extent")

    def code(across: float, down: float) -> np.ndarray:
        x = extent["left"] + across * (extent["right"] - extent["left"])
        y = extent["top"] - down * (extent["top"] - extent["bottom"])
        return dimension_plane(2, 0, 1).codes(np.array([[x, y]]))

    def shows(selector: str, across: float, down: float) -> bool:
        exact = run.decode(code(across, down))[0]
        return bool(np.abs(pixels(page, selector) / 255 - exact).max() < 0.02)

    board.hover(position={"x": 0.3 * box["width"], "y": 0.6 * box["height"]})
    expect(page.locator(".preview")).to_be_visible()
    assert shows(".place canvas", 0.3, 0.6)
    assert not shows(".picture", 0.3, 0.6)
    with changes(page, ".place canvas"):
        board.hover(position={"x": 0.7 * box["width"], "y": 0.2 * box["height"]})
    page.mouse.down()
    assert shows(".picture", 0.7, 0.2)
    board.hover(position={"x": 0.4 * box["width"], "y": 0.5 * box["height"]})
    page.mouse.up()
    assert shows(".picture", 0.4, 0.5)
    with changes(page, ".picture"):
        board.press("ArrowLeft")
        board.press("Enter")


def test_a_dot_has_its_own_code(dense: Page, run: Run) -> None:
    page = dense
    plane = pca_plane(run.latents["mean"].astype(float))
    extent = page.evaluate("JSON.parse(document.getElementById('run').textContent).plane.extent")
    points = plane.coordinates(run.latents["mean"])
    # Where few others are: at the right, but on the map.
    farthest = int(np.argmax(np.where(points[:, 0] < 0.9 * extent["right"], points[:, 0], 0.0)))
    x, y = points[farthest]
    board = page.locator(".board")
    side = page.locator(".board svg").bounding_box()["width"]
    unit = side / (extent["right"] - extent["left"])
    at = {"x": (x - extent["left"]) * unit + 1, "y": (extent["top"] - y) * unit + 1}
    board.click(position=at)
    expect(page.locator(".source")).to_contain_text("The code of a test image, class")
    exact = run.decode(run.latents["mean"][farthest : farthest + 1])[0]
    assert np.abs(pixels(page, ".picture") / 255 - exact).max() < 0.02


def test_sliders_and_samples(dense: Page, run: Run) -> None:
    page = dense
    expect(page.locator("h1")).to_have_text("MNIST, Recommended")
    expect(page.locator(".facts")).to_contain_text("nats per image")
    expect(page.locator(".panel svg")).to_have_count(3)
    sliders = page.locator(".sliders input")
    expect(sliders).to_have_count(run.config.latent_dim)
    with changes(page, ".picture"):
        sliders.first.press("ArrowRight")
        sliders.first.fill("-2.5")
    expect(page.locator(".sliders output").first).to_have_text("−2.50")

    cells = page.locator(".grid button")
    expect(cells).to_have_count(64)
    page.locator(".rows").fill("3")
    expect(cells).to_have_count(9)
    samples = np.array(page.evaluate("window.vaeLab.priorCodes(9, 1, 0)"))
    last = run.decode(samples[-1:].astype(np.float32))[0]
    expect(cells.last.locator("canvas")).to_have_js_property("width", 28)
    assert np.abs(pixels(page, ".grid button:last-child canvas") / 255 - last).max() < 0.02
    with changes(page, ".grid button:first-child canvas"):
        page.get_by_role("button", name="Sample again").click()
    expect(page.locator(".seed")).to_have_value("1")
    cells.first.click()
    expect(page.locator(".source")).to_have_text("Sample 1 of the grid, seed 1.")
    first = pixels(page, ".grid button:first-child canvas")
    assert np.array_equal(pixels(page, ".picture"), first)


def test_a_seed_gives_codes_of_the_prior(dense: Page, run: Run) -> None:
    def draw(count: int, temperature: float, seed: int) -> np.ndarray:
        script = "draw => window.vaeLab.priorCodes(...draw)"
        return np.array(dense.evaluate(script, [count, temperature, seed]))

    many = draw(5_000, 1, 7)
    assert np.abs(many.mean(axis=0)).max() < 0.06
    np.testing.assert_allclose(np.cov(many.T), np.eye(run.config.latent_dim), atol=0.07)
    assert (np.abs(many) > 3).mean() == pytest.approx(0.0027, abs=0.0015)
    np.testing.assert_array_equal(draw(5, 1, 7), many[:5])
    np.testing.assert_allclose(draw(5, 0.5, 7), 0.5 * many[:5], rtol=1e-6)
    assert not np.allclose(draw(5, 1, 8), many[:5])


def test_more_sliders_on_demand_on_a_phone(open_demo: Open, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", SMALL.replace(latent_dim=20), GREY)
    page = open_demo(run, viewport=PHONE, has_touch=True, color_scheme="dark")
    shown = page.locator(".sliders label:visible")
    expect(shown).to_have_count(16)
    page.get_by_role("button", name="Show all 20 dimensions").tap()
    expect(shown).to_have_count(20)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    expect(page.locator(".learning")).to_be_hidden()  # this run has no history
    with changes(page, ".picture"):
        page.locator(".board").tap(position={"x": 40, "y": 60})
