"""Path: from one picture to another, as a strip and as an animation."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, say_learned
from tests.pages.driving import act, go, labelled, open_page, press
from tests.pages.pen import draw, strip, stroke
from tests.pages.shown import component, decoded_url, picture, picture_called, shows, words
from vae.data.datasets import load_dataset
from vae.data.user_images import FRAMES, framed, ink_of
from vae.images import tile, to_uint8
from vae.latent.interpolation import interpolate
from vae.runs.run import Run

Downloads = dict[str, Callable[[], bytes]]


def way(app: AppTest, steps: int = 11) -> np.ndarray:
    """The images on the way, uint8 (N, H, W, C)."""
    return strip(app, f"{steps} images on the way")


def gif(downloads: Downloads) -> Any:
    return Image.open(io.BytesIO(downloads["path.gif"]()))


def played(app: AppTest, run: Run, height: int) -> np.ndarray:
    """The frames of the animation on the page (N, H, W, C)."""
    player = component(app, f"path-player-{run.id}")
    sheet = picture(decoded_url(player["sheet"]))
    columns, channels = player["columns"], sheet.shape[2]
    cells = sheet.reshape(-1, height, columns, player["width"], channels).swapaxes(1, 2)
    return cells.reshape(-1, height, player["width"], channels)[: player["count"]]


def expected(run: Run, start: int, end: int, steps: int, kind: str = "linear") -> np.ndarray:
    means = run.latents["mean"]
    return to_uint8(run.decode(interpolate(means[start], means[end], steps, kind)))


def other_class(run: Run) -> int:
    return int(np.flatnonzero(run.latents["y"] != run.latents["y"][0])[0])


def test_at_first_between_two_classes(run: Run, pictures: dict[str, bytes]) -> None:
    app = open_page("latent", view="path")
    end = other_class(run)
    np.testing.assert_array_equal(way(app), expected(run, 0, end, 11))
    images = load_dataset("digits").x_test
    for label, index in (("From", 0), ("To", end)):
        name = f"{label}: test image {index} ({run.class_names[run.latents['y'][index]]})"
        copy = to_uint8(run.decode(run.latents["mean"][index][None]))
        pair = tile(np.concatenate([images[index : index + 1], copy]), 1, 2)
        assert shows(pictures[picture_called(app, name)], pair)


def test_the_path_is_on_the_map(run: Run) -> None:
    app = open_page("latent", view="path")
    act(labelled(app.segmented_control, "Path").set_value("spherical"))
    means = run.latents["mean"]
    codes = interpolate(means[0], means[other_class(run)], 11, "spherical")
    np.testing.assert_allclose(component(app, "path-map-finished")["path"], codes, rtol=1e-5)
    assert component(app, "path-map-finished")["layers"] == ["dots", "prior", "holes"]


def test_without_the_data_set(run: Run, pictures: dict[str, bytes]) -> None:
    say_learned(run.path, "mnist")
    app = open_page("latent", view="path")
    assert "The picture and its reconstruction." not in words(app)
    assert "the picture itself needs the data set" in words(app)
    name = f"From: test image 0 ({run.class_names[run.latents['y'][0]]})"
    copy = to_uint8(run.decode(run.latents["mean"][:1]))[0]
    assert shows(pictures[picture_called(app, name)], copy)
    act(labelled(app.segmented_control, "View").set_value("Draw"))
    assert "An example, the reconstruction of test image 0" in words(app)


def test_other_images_steps_and_the_great_circle(run: Run, downloads: Downloads) -> None:
    app = open_page("latent", view="path")
    labelled(app.text_input, "From test image").set_value("12")
    labelled(app.text_input, "To test image").set_value("5")
    labelled(app.slider, "Steps").set_value(7)
    act(labelled(app.segmented_control, "Path").set_value("spherical"))
    found = way(app, 7)
    np.testing.assert_array_equal(found, expected(run, 12, 5, 7, "spherical"))
    assert (found != expected(run, 12, 5, 7)).any()
    there_and_back = np.concatenate([found, found[5:0:-1]])
    np.testing.assert_array_equal(played(app, run, 8), there_and_back)
    with gif(downloads) as file:
        assert file.n_frames == 12
        assert file.info["loop"] == 0
        file.seek(6)
        last = np.asarray(file.convert("L"))[::35, ::35]
    np.testing.assert_allclose(last.astype(int), found[-1, :, :, 0], atol=3)
    assert "7 steps from test image 12" in words(app)
    # A view that is left and entered again shows the same.
    go(app, "generate")
    np.testing.assert_array_equal(way(go(app, "latent"), 7), found)


def test_two_other_images(run: Run) -> None:
    app = open_page("latent", view="path")
    y = run.latents["y"]
    for _ in range(3):
        press(app, "Two other images")
        start, end = (
            int(labelled(app.text_input, f"{label} test image").value) for label in ("From", "To")
        )
        assert y[start] != y[end]
        np.testing.assert_array_equal(way(app), expected(run, start, end, 11))
    assert (start, end) != (0, other_class(run))


def test_the_drawing_is_an_end_too(run: Run) -> None:
    app = open_page("latent", view="path")
    assert not app.toggle
    act(app.segmented_control(key="latent_view_control").set_value("Draw"))
    draw(app, stroke())
    act(app.segmented_control(key="latent_view_control").set_value("Path"))
    act(labelled(app.toggle, "From your drawing").set_value(True))
    assert labelled(app.text_input, "From test image").disabled
    image = framed(ink_of(stroke().convert("RGBA")), (8, 8, 1), FRAMES["digits"])
    codes = interpolate(run.encode(image[None])[0][0], run.latents["mean"][other_class(run)], 11)
    np.testing.assert_array_equal(way(app), to_uint8(run.decode(codes)))
    assert "from your drawing to test image" in words(app)


def test_one_image_to_itself(run: Run, downloads: Downloads) -> None:
    app = act(labelled(open_page("latent", view="path").text_input, "To test image").set_value("0"))
    assert (way(app) == way(app)[0]).all()
    assert gif(downloads).size == (280, 280)


def test_a_line_has_one_way(line_run: Run, runs: Path) -> None:
    run = copy_run(line_run, runs / "line")
    app = open_page("latent", view="path")
    assert "there is only one path" in words(app)
    assert [each.label for each in app.segmented_control if each.label == "Path"] == []
    np.testing.assert_array_equal(way(app), expected(run, 0, other_class(run), 11))


def test_color_images_in_64_dimensions(color_run: Run, downloads: Downloads) -> None:
    app = open_page("latent", view="path")
    assert way(app).shape == (11, 64, 64, 3)
    assert gif(downloads).size == (256, 256)
    assert not app.error


@pytest.mark.parametrize("value", ["x", -3, 10**9])
def test_a_session_with_nonsense(run: Run, value: object) -> None:
    app = open_page("latent", view="draw")
    app.session_state["path_from"] = value
    app = act(app.segmented_control(key="latent_view_control").set_value("Path"))
    assert len(way(app)) == 11
