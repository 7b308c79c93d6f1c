"""Generate: walks that play at once, and become files."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.generate import animation_file
from pages.generate.bookmarks import Bookmark
from tests.conftest import wait_until
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import component, words
from vae.errors import ConfigError
from vae.images import to_uint8
from vae.latent.walks import walk_codes
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes


def walk(**address: str) -> AppTest:
    return open_page("generate", view="animation", **address)


def played(app: AppTest, run: Run) -> dict[str, Any]:
    return component(app, f"player-{run.id}")


def frames(run: Run, codes: np.ndarray) -> np.ndarray:
    return to_uint8(run.decode(codes))[..., 0]


def made(app: AppTest) -> AppTest:
    """Have the file made, and wait for it."""
    press(app, "Make the file")
    _, work = app.session_state["walk_work"]
    wait_until(lambda: work.is_over, "the file is made")
    return act(app)


class TestWalk:
    def test_it_plays_at_once(self, run: Run) -> None:
        mounted = played(walk(), run)
        assert (mounted["count"], mounted["framesPerSecond"], mounted["loop"]) == (120, 20, True)
        assert (mounted["width"], mounted["height"]) == (8, 8)

    def test_through_the_bookmarks(self, run: Run) -> None:
        app = walk()
        way = labelled(app.segmented_control, "Walk")
        act(way.set_value("Through kept images"))
        assert "Keep at least two images (so far: 0)" in words(app)
        codes = sample_codes(run, SampleSpec(), 2)
        app.session_state[f"bookmarks-{run.id}"] = [
            Bookmark(code, f"number {index}") for index, code in enumerate(codes)
        ]
        act(app)
        assert "Through number 0; number 1." in words(app)
        assert played(app, run)["count"] == 120
        press(app, "Forget them")
        assert "(so far: 0)" in words(app)

    def test_before_samplers_are_fitted(self, run: Run) -> None:
        app = act(labelled(walk().segmented_control, "Sampler").set_value("mixture"))
        assert "Fit the samplers" in [button.label for button in app.button]

    def test_past_codes_of_a_mixture(self, sampled: Run, pictures: dict[str, bytes]) -> None:
        app = act(labelled(walk().segmented_control, "Sampler").set_value("mixture"))
        made(app)
        content = pictures[labelled(app.download_button, "Download the GIF").proto.url]
        assert "Sampler: mixture" in str(Image.open(io.BytesIO(content)).info["comment"])


class TestFile:
    @pytest.mark.parametrize(("kind", "name"), [("gif", "GIF"), ("webp", "WebP")])
    def test_it_holds_the_walk(
        self, kind: str, name: str, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = walk()
        act(labelled(app.segmented_control, "File").set_value(kind))
        act(labelled(app.segmented_control, "Width").set_value(140))
        act(labelled(app.slider, "Frames").set_value(30))
        made(app)
        content = pictures[labelled(app.download_button, f"Download the {name}").proto.url]
        codes = walk_codes(sample_codes(run, SampleSpec(), 8), 30)
        with Image.open(io.BytesIO(content)) as opened:
            assert opened.size == (144, 144)  # the nearest whole number of pixels
            if kind == "webp":
                assert opened.n_frames == 30
                opened.seek(17)
                found = np.asarray(opened.convert("L"))[::18, ::18]
                np.testing.assert_array_equal(found, frames(run, codes)[17])
            assert "digits Custom finished" in str(opened.info)
        act(labelled(app.slider, "Frames").set_value(31))
        assert "Make the file" in [button.label for button in app.button]  # another walk

    def test_what_goes_wrong_is_said(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any, **__: Any) -> bytes:
            raise ConfigError("A file needs room. Received: none")

        monkeypatch.setattr(animation_file, "animation", fail)
        app = made(walk())
        assert "A file needs room" in app.error[0].value
