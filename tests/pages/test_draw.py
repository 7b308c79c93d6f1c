"""Draw: one's own picture, as the model gets it, and all that the model says of it."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, say_learned
from tests.pages.driving import act, go, labelled, open_page, press
from tests.pages.pen import content, draw, pad_of, send, strip, stroke, take
from tests.pages.shown import (
    alternatives,
    component,
    components,
    numbers,
    picture,
    picture_called,
    shows,
    words,
)
from vae.data.datasets import load_dataset
from vae.data.user_images import FRAMES, fit_picture, framed, ink_of, plainly_scaled
from vae.evaluation.image_costs import costs_of
from vae.images import to_uint8
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run


def upload(app: AppTest, data: bytes, name: str = "picture.png") -> AppTest:
    """Give a file to the uploader."""
    return act(labelled(app.file_uploader, "Image file").set_value((name, data, "image/png")))


def shown(app: AppTest, pictures: dict[str, bytes], name: str) -> bytes:
    return pictures[picture_called(app, name)]


class TestDrawing:
    def test_before_the_first_stroke_there_is_an_example(
        self, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = open_page("latent", view="draw")
        first = load_dataset("digits").x_test[0]
        assert shows(shown(app, pictures, "Example"), first)
        assert not picture(shown(app, pictures, "Nothing yet")).any()
        copy = to_uint8(run.decode(run.encode(first[None])[0]))[0]
        assert shows(shown(app, pictures, "Reconstruction"), copy)
        assert "An example, test image 0" in words(app)

    def test_a_drawing_is_prepared_and_reconstructed(
        self, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        ink = ink_of(stroke().convert("RGBA"))
        image = framed(ink, (8, 8, 1), FRAMES["digits"])
        before = plainly_scaled(ink, (8, 8, 1))
        assert shows(shown(app, pictures, "Drawn"), before)
        assert shows(shown(app, pictures, "Centred"), image)
        mean, _ = run.encode(image[None])
        assert shows(shown(app, pictures, "Reconstruction"), to_uint8(run.decode(mean))[0])
        costs = costs_of(run, np.stack([before, image]))
        less, more = (costs.reconstruction + costs.kl)[::-1]
        assert f"as the data set was: {less:,.0f} nats. Only scaled: {more:,.0f}." in words(app)
        indices, distances = nearest_images(run, mean[0], 10)
        nearest = load_dataset("digits").x_test[indices]
        np.testing.assert_array_equal(strip(app, "Nearest test images"), nearest)
        assert f"{distances[0]:.2f} to {distances[-1]:.2f} away" in words(app)

    def test_its_posterior_is_on_the_map(self, run: Run) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        image = framed(ink_of(stroke().convert("RGBA")), (8, 8, 1), FRAMES["digits"])
        mean, log_var = (part[0] for part in run.encode(image[None]))
        posterior = component(app, "draw-map-finished")["posterior"]
        np.testing.assert_allclose(posterior["mean"], mean, rtol=1e-5)
        np.testing.assert_allclose(
            posterior["covariance"], np.diag(np.exp(log_var)), rtol=1e-5, atol=1e-8
        )

    def test_its_cost_stands_among_those_of_the_test_images(self, run: Run) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        image = framed(ink_of(stroke().convert("RGBA")), (8, 8, 1), FRAMES["digits"])
        own, usual = (costs_of(run, x) for x in (image[None], load_dataset("digits").x_test))
        bars, line, _, kl_line = component(app, "image-costs-finished")["data"]
        assert line["text"][1].split()[0] == f"{own.reconstruction[0]:.0f}"
        assert kl_line["text"][1].split()[0] == f"{own.kl[0]:.0f}"
        assert 0.98 * len(usual.kl) <= numbers(bars["y"]).sum() <= len(usual.kl)
        total = own.reconstruction[0] + own.kl[0]
        fraction = (usual.reconstruction + usual.kl < total).mean()
        assert f"more than {fraction:.0%} of {len(usual.kl)} test images" in words(app)

    def test_again_from_the_posterior(self, run: Run) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        first = strip(app, "Samples of its posterior")
        image = framed(ink_of(stroke().convert("RGBA")), (8, 8, 1), FRAMES["digits"])
        mean, log_var = (part[0] for part in run.encode(image[None]))
        others = strip(press(app, "New samples"), "Samples of its posterior")
        assert (first != others).any()
        # Nearer to what the posterior's own samples are on average than the prior's.
        random = np.random.default_rng(9)
        noise = random.standard_normal((500, len(mean)))
        own, any_one = (
            run.decode(codes).mean(axis=0) * 255
            for codes in (mean + np.exp(0.5 * log_var) * noise, noise)
        )
        average = np.concatenate([first, others]).mean(axis=0)
        assert np.abs(average - own).mean() < 0.5 * np.abs(average - any_one).mean()

    def test_a_cleared_pad(self, run: Run) -> None:
        app = draw(draw(open_page("latent", view="draw"), stroke()), None)
        assert "An example, test image 0" in words(app)

    def test_it_outlives_the_view_the_page_and_the_run(
        self, run: Run, finished_run: Run, runs: Path, pictures: dict[str, bytes]
    ) -> None:
        copy_run(finished_run, runs / "other")
        app = draw(open_page("latent", view="draw", run="finished"), stroke())
        url = app.session_state["drawing"]
        before = shown(app, pictures, "Centred")
        go(app, "generate")
        app = go(app, "latent")
        assert shown(app, pictures, "Centred") == before
        assert component(app, pad_of(app))["drawing"] == url  # the pad shows it again
        act(labelled(app.selectbox, "Run").set_value("other"))
        assert shown(app, pictures, "Centred") == before

    @pytest.mark.parametrize(
        "state",
        [None, 7, "data:image/png;base64,????", "data:text/html;base64,AAAA", "x" * 10, ["y"]],
    )
    def test_a_drawing_that_is_none(self, run: Run, state: object) -> None:
        app = send(open_page("latent", view="draw"), state)
        assert "An example, test image 0" in words(app)

    def test_a_drawing_that_is_words(self, run: Run) -> None:
        url = "data:image/png;base64," + base64.b64encode(b"some words").decode()
        app = send(open_page("latent", view="draw"), url)
        (error,) = app.error
        assert error.value.startswith("An image file was expected")
        assert "An example" in words(app)


class TestUpload:
    def test_a_photo_of_a_digit(self, run: Run, pictures: dict[str, bytes]) -> None:
        photo = Image.new("RGB", (400, 300), "white")
        ImageDraw.Draw(photo).line([(60, 50), (90, 230)], "black", 24)
        app = upload(take(open_page("latent", view="draw"), "Upload"), content(photo))
        image = framed(ink_of(photo.convert("RGBA")), (8, 8, 1), FRAMES["digits"])
        assert shows(shown(app, pictures, "Centred"), image)

    def test_five_thousand_pixels_wide(self, run: Run, pictures: dict[str, bytes]) -> None:
        photo = Image.new("RGB", (5000, 5000), "white")
        photo.paste("black", (2000, 1000, 3000, 4000))
        app = upload(take(open_page("latent", view="draw"), "Upload"), content(photo))
        image = picture(shown(app, pictures, "Centred"))
        assert image[:, image.shape[1] // 2].min() > 200  # ink is bright, in all rows

    @pytest.mark.parametrize("data", [b"", b"some words", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
    def test_words_that_are_called_png(self, run: Run, data: bytes) -> None:
        app = upload(take(open_page("latent", view="draw"), "Upload"), data, "*my* words.png")
        (error,) = app.error
        assert "An image file was expected" in error.value
        assert r"\*my\* words.png" in error.value
        assert "An example" in words(app)

    def test_an_empty_picture(self, run: Run) -> None:
        white = content(Image.new("RGB", (50, 50), "white"))
        app = upload(take(open_page("latent", view="draw"), "Upload"), white)
        (error,) = app.error
        assert error.value.startswith("Something must be drawn first")

    def test_it_outlives_the_view(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = upload(take(open_page("latent", view="draw"), "Upload"), content(stroke()))
        before = shown(app, pictures, "Centred")
        go(app, "generate")
        app = go(app, "latent")
        assert labelled(app.segmented_control, "Picture").value == "Upload"
        assert shown(app, pictures, "Centred") == before

    def test_color_images(self, color_run: Run, pictures: dict[str, bytes]) -> None:
        app = open_page("latent", view="draw")
        assert labelled(app.segmented_control, "Picture").options == ["Test image", "Upload"]
        photo = Image.new("RGB", (300, 100), "white")
        photo.paste("navy", (100, 0, 200, 100))
        app = upload(take(app, "Upload"), content(photo, "JPEG"))
        image = shown(app, pictures, "Uploaded")
        assert shows(image, fit_picture(Image.open(io.BytesIO(content(photo, "JPEG"))).convert(
            "RGBA"), (64, 64, 3)))  # fmt: skip
        assert picture(image)[50, 50].tolist() == pytest.approx([0, 0, 128], abs=6)
        assert "Reconstruction" in alternatives(app)
        assert not app.error


class TestTestImage:
    def test_one_by_its_number(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = take(open_page("latent", view="draw"), "Test image")
        act(labelled(app.text_input, "Test image").set_value("17"))
        images = load_dataset("digits").x_test
        assert shows(shown(app, pictures, "Test image 17"), images[17])
        indices, _ = nearest_images(run, run.latents["mean"][17], 11)
        nearest = images[indices[indices != 17]][:10]  # itself is none
        np.testing.assert_array_equal(strip(app, "Nearest test images"), nearest)
        go(app, "generate")
        assert labelled(go(app, "latent").text_input, "Test image").value == "17"

    def test_without_the_data_set(
        self, wide_run: Run, runs: Path, pictures: dict[str, bytes]
    ) -> None:
        run = copy_run(wide_run, runs / "wide")
        say_learned(run.path, "mnist")
        app = take(open_page("latent", view="draw"), "Test image")
        copy = to_uint8(run.decode(run.latents["mean"][:1]))[0]
        assert shows(shown(app, pictures, "Test image 0"), copy)
        assert "This is its reconstruction" in words(app)
        assert "To compare it with test images you need the images of MNIST" in words(app)
        assert "get them on the Data page." in words(app)
        assert "image-costs-wide" not in components(app)


class TestOtherModels:
    def test_an_autoencoder_has_nothing_to_sample_from(
        self, autoencoder_run: Run, runs: Path
    ) -> None:
        copy_run(autoencoder_run, runs / "plain")
        app = draw(open_page("latent", view="draw"), stroke())
        assert "one code instead of a posterior" in words(app)
        assert strip(app, "Samples of its posterior") is None
        assert len(component(app, "image-costs-plain")["data"]) == 2  # no KL

    def test_a_line(self, line_run: Run, runs: Path) -> None:
        copy_run(line_run, runs / "line")
        app = draw(open_page("latent", view="draw"), stroke())
        assert not app.error
        assert component(app, "draw-map-line")["isLine"]
        assert len(strip(app, "Samples of its posterior")) == 10


class TestLink:
    """A link brings a drawing back, pixel for pixel, wherever one is shown."""

    def test_to_the_pad(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        link, centred = app.query_params["drawing"], shown(app, pictures, "Centred")
        assert len(link) < 600
        fresh = open_page("latent", view="draw", drawing=link)
        assert shown(fresh, pictures, "Centred") == centred
        url = component(fresh, pad_of(fresh))["drawing"]
        pixels = picture(base64.b64decode(url.partition(",")[2]))
        np.testing.assert_array_equal(pixels[:, :, 0], np.asarray(stroke().convert("L")))
        assert fresh.query_params["drawing"] == link
        assert "A link does not bring" not in words(fresh)
        assert "drawing" not in draw(fresh, None).query_params

    def test_to_an_end_of_a_path(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = draw(open_page("latent", view="draw"), stroke())
        link = app.query_params["drawing"]
        app = act(labelled(app.segmented_control, "View").set_value("Path"))
        assert "drawing" not in app.query_params  # it is no end yet
        app = act(labelled(app.toggle, "To your drawing").set_value(True))
        assert app.query_params["drawing"] == link
        fresh = open_page("latent", **{"view": "path", "to-drawn": "yes", "drawing": link})
        assert "from test image 0" in words(fresh)
        assert "to your drawing" in words(fresh)
        np.testing.assert_array_equal(
            strip(fresh, "11 images on the way"), strip(app, "11 images on the way")
        )

    def test_to_a_term_of_a_sum(self, run: Run) -> None:
        link = draw(open_page("latent", view="draw"), stroke()).query_params["drawing"]
        app = open_page("generate", view="arithmetic", a="your-drawing", drawing=link)
        assert "A: your drawing" in alternatives(app)
        assert app.query_params["drawing"] == link

    @pytest.mark.parametrize("kind", ["photo", "scribble"])
    def test_of_what_an_address_cannot_hold(self, kind: str, run: Run) -> None:
        image = stroke()
        if kind == "photo":
            image.putpixel((3, 3), (9, 9, 9))
        else:
            noise = np.random.default_rng(0).integers(0, 2, (280, 280, 1), np.uint8)
            image = Image.fromarray(255 * noise.repeat(3, axis=2))
        app = draw(open_page("latent", view="draw"), image)
        assert app.query_params["drawing"] == "unlinked"
        assert words(app).count("A link does not bring this picture back") == 1
        fresh = open_page("latent", view="draw", drawing="unlinked")
        assert "A link does not bring this picture back" in words(fresh)
        assert "An example" in words(fresh)
        assert "A link does not bring" not in words(open_page("latent", view="draw"))

    @pytest.mark.parametrize("link", ["x", "%", "a" * 2000])
    def test_that_is_none(self, link: str, run: Run) -> None:
        app = open_page("latent", view="draw", drawing=link)
        assert "An example" in words(app)
        assert not app.error
