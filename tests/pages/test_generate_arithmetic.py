"""Generate: sums of codes, and where these come from."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.generate.bookmarks import MAX_BOOKMARKS, Bookmark
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import alternatives, picture_called, shows, words
from vae.images import to_png, to_uint8
from vae.latent.style_pair import style_pair
from vae.runs.run import Run
from vae.sampling.prior import prior_codes


def arithmetic() -> AppTest:
    return open_page("generate", view="arithmetic")


def of_class_means() -> AppTest:
    """7 − 1 + 3, by a link."""
    sources = dict.fromkeys("abc", "class-mean")
    classes = {"a-class": "7", "b-class": "1", "c-class": "3"}
    return open_page("generate", view="arithmetic", **sources, **classes)


def source(app: AppTest, letter: str, name: str) -> AppTest:
    return act(labelled(app.selectbox, letter).set_value(name))


def class_mean(run: Run, label: int) -> np.ndarray:
    return run.latents["mean"][run.latents["y"] == label].mean(axis=0)


def decoded(run: Run, code: np.ndarray) -> np.ndarray:
    return to_uint8(run.decode(code[None].astype(np.float32)))[0]


class TestSum:
    def test_an_example_to_begin_with(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = arithmetic()
        means, labels = run.latents["mean"], run.latents["y"]
        pair = style_pair(means, labels, 1)
        a, b = (int(field.value) for field in app.text_input if field.label == "Number")
        assert {a, b} == {*pair}
        expected = means[a] - means[b] + class_mean(run, 7)
        shown = pictures[picture_called(app, "A minus B plus C, decoded")]
        assert shows(shown, decoded(run, expected))

    def test_of_class_means(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = of_class_means()
        a, b, c = (class_mean(run, label) for label in (7, 1, 3))
        result = "A minus B plus C, decoded"
        assert shows(pictures[picture_called(app, result)], decoded(run, a - b + c))
        act(labelled(app.slider, "How much of A − B").set_value(-0.5))
        assert shows(pictures[picture_called(app, result)], decoded(run, c - 0.5 * (a - b)))
        assert "The nearest test images in latent space" in words(app)

    def test_of_a_sample_a_test_image_and_a_bookmark(
        self, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = of_class_means()
        assert "Kept" not in labelled(app.selectbox, "A").options
        press(app, "Keep")
        stored = class_mean(run, 7) - class_mean(run, 1) + class_mean(run, 3)
        source(app, "A", "Kept")
        source(app, "− B", "Sample")
        source(app, "+ C", "Test image")
        assert "mean of the class 7 − mean of the class 1 + mean of the class 3" in words(app)
        act(labelled(app.text_input, "Number").set_value("11"))
        expected = stored - prior_codes(1, 2, seed=1)[0] + run.latents["mean"][11]
        shown = pictures[picture_called(app, "A minus B plus C, decoded")]
        assert shows(shown, decoded(run, expected))

    def test_of_a_drawing(self, run: Run) -> None:
        app = arithmetic()
        stroke = np.zeros((80, 80, 1), np.uint8)
        stroke[10:70, 36:44] = 255
        address = "data:image/png;base64," + base64.b64encode(to_png(stroke)).decode()
        app.session_state["drawing"] = address
        app.run()
        source(app, "A", "Your drawing")
        assert "your drawing" in words(app)
        assert "A: your drawing" in alternatives(app)

    @pytest.mark.parametrize("value", [10**6, -1, "x", None])
    def test_a_number_of_another_run(self, value: Any, run: Run) -> None:
        app = arithmetic()
        app.session_state["sum_a_image"] = value
        act(app)
        first, _ = (field for field in app.text_input if field.label == "Number")
        assert int(first.value) in style_pair(run.latents["mean"], run.latents["y"], 1)

    def test_only_so_many_are_stored(self, run: Run) -> None:
        app = arithmetic()
        for index in range(MAX_BOOKMARKS + 2):
            act(labelled(app.slider, "How much of A − B").set_value(index / 20))
            press(app, "Keep")
        stored: list[Bookmark] = app.session_state[f"bookmarks-{run.id}"]
        assert len(stored) == MAX_BOOKMARKS
        press(app, "Kept")  # the same once more
        assert len(app.session_state[f"bookmarks-{run.id}"]) == MAX_BOOKMARKS
