"""Generate: one image of the grid closely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages._shared.pictures import apart
from tests.conftest import copy_run
from tests.pages.driving import act, calm, go, labelled, open_page, press
from tests.pages.generating import arrange, control, pick
from tests.pages.shown import alternatives, component, picture_called, shows, words
from vae.images import tile
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes


class TestPicked:
    def test_larger_on_sliders_and_varied(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = pick(arrange(open_page("generate"), Columns=4), run, 6)
        assert "Prior, seed 0, row 2, column 3" in words(app)
        code = sample_codes(run, SampleSpec(), 40)[6]
        mounted = component(app, f"tile-sliders-{run.id}")
        np.testing.assert_allclose(mounted["z"], code, rtol=1e-6)
        near = pictures[picture_called(app, "Images around this one")]
        arrange(app, How_far=1.0)
        noise = np.random.default_rng(0).standard_normal((15, len(code)))
        codes = (np.float32(code + far * noise) for far in (0.3, 1.0))
        around = [tile(apart(run.decode(each)), 3, 5) for each in codes]
        assert shows(near, around[0])
        assert shows(pictures[picture_called(app, "Images around this one")], around[1])

    def test_a_pick_on_another_grid_does_not_count(self, run: Run) -> None:
        app = pick(open_page("generate"), run, 6)
        press(app, "New samples")
        assert "Pick an image" in words(app)

    @pytest.mark.parametrize(
        "picked", [{"index": 3}, {"grid": None, "index": 3}, "3", 3, {"grid": "", "index": "x"}]
    )
    def test_what_is_no_pick(self, picked: Any, run: Run) -> None:
        app = open_page("generate")
        app.session_state[f"grid-{run.id}"] = {"selection": picked}
        assert "Pick an image" in words(calm(app.run()))

    @pytest.mark.parametrize("index", [-1, 100, 1.5, None, "3"])
    def test_an_index_that_is_not_there(self, index: Any, run: Run) -> None:
        assert "Pick an image" in words(pick(open_page("generate"), run, index))

    def test_nearest_training_images(self, run: Run) -> None:
        app = pick(open_page("generate"), run, 0)
        act(labelled(app.segmented_control, "Look closer").set_value("Nearest training images"))
        assert "The training images nearest in pixels" in alternatives(app)
        assert "The training images nearest in latent space" in alternatives(app)
        assert "for a test image it is typically" in words(app)

    def test_without_training_images(self, convolutional_run: Run, runs: Path) -> None:
        run = copy_run(convolutional_run, runs / "stripes")
        app = pick(open_page("generate"), run, 0)
        act(labelled(app.segmented_control, "Look closer").set_value("Nearest training images"))
        assert "need the images of “stripes”, a data set that only its maker has" in words(app)

    def test_onto_the_map(self, run: Run) -> None:
        app = pick(open_page("generate"), run, 8)
        press(app, "On the map")
        assert [title.value for title in app.title] == ["Latent space"]
        code = sample_codes(run, SampleSpec(), 9)[8]
        mounted = component(app, f"map-{run.id}")
        # Two dimensions: the map's plane is the space itself.
        assert np.linalg.norm(mounted["pin"]) == pytest.approx(np.linalg.norm(code), rel=1e-5)
        assert "The image decoded here" in words(app)

    def test_to_an_end_of_a_path(self, run: Run) -> None:
        app = pick(open_page("generate"), run, 8)
        press(app, "Path to")
        go(app, "latent")
        assert "to the sample" in words(app)
        assert control(app, "To the sample").value
        assert control(app, "To test image").disabled
        arrange(app, To_the_sample=False)
        assert "to test image" in words(app)

    def test_all_sliders(self, wide_run: Run, runs: Path) -> None:
        run = copy_run(wide_run, runs / "wide")
        app = pick(open_page("generate"), run, 2)
        assert len(component(app, f"tile-sliders-{run.id}")["dimensions"]) == 4
        press(app, "All sliders")
        mounted = component(app, f"sliders-{run.id}")["z"]
        np.testing.assert_allclose(mounted, sample_codes(run, SampleSpec(), 3)[2], rtol=1e-6)
