"""The map of codes in Learn's chapter on autoencoders: a code that is dragged is decoded."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import settled, wait_until
from tests.browser.mapping import layer_pixels
from vae.images import to_uint8
from vae.latent.planes import pca_plane
from vae.runs.run import SHIPPED, open_run

pytestmark = pytest.mark.browser

MAX_ERROR = 6.0  # grey levels of 255, on average: blended from the four nearest tiles


def test_a_code_is_decoded_where_it_is(page: Page, server: tuple[str, int]) -> None:
    run = open_run(SHIPPED / "mnist-autoencoder")
    plane = pca_plane(run.latents["mean"])
    page.goto(f"{server[0]}/learn?chapter=autoencoder")
    settled(page)
    figure = page.locator(".st-key-learn-codes .figure")
    expect(figure.locator(".said")).to_contain_text("The 20 nearest test images: ")
    place = (4.0, -3.0)
    for slider, value in zip(figure.locator(".sliders input").all(), place, strict=True):
        slider.evaluate(
            "(node, value) => { node.value = value;"
            " node.dispatchEvent(new Event('input', { bubbles: true })); }",
            value,
        )
    at = [float(each.input_value()) for each in figure.locator(".sliders input").all()]
    exact = to_uint8(run.decode(plane.codes(np.array([at]))))[0, :, :, 0].astype(float)

    def is_decoded() -> bool:
        shown = layer_pixels(figure.locator(".decoded canvas"))[:, :, 0].astype(float)
        return bool(np.abs(shown - exact).mean() < MAX_ERROR)

    wait_until(is_decoded, 60)
    labels = run.latents["y"][:1500]
    points = plane.coordinates(run.latents["mean"][:1500]).round(2)
    near = labels[np.argsort(((points - at) ** 2).sum(axis=1), kind="stable")[:20]]
    counts = np.bincount(near, minlength=10)
    expect(figure.locator(".said")).to_contain_text(f"{counts.max()} × {counts.argmax()}")
