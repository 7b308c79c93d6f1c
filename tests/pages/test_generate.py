"""Generate: its views, and a grid with all that is chosen for it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.pages.conftest import (
    act,
    alternatives,
    calm,
    component,
    go,
    labelled,
    open_page,
    picker,
    picture_called,
    press,
    shows,
    words,
)
from tests.pages.doubles import Processes
from vae.images import tile
from vae.runs.metadata import write_metadata
from vae.runs.run import Run
from vae.runs.writer import new_run_id
from vae.sampling.samplers import SampleSpec, sample_codes

VIEWS = ["grid", "samplers", "by-hand", "manifold", "arithmetic", "animation", "take-away"]
FILES = ("png", "pdf", "svg", "npz", "csv")

Downloads = dict[str, Callable[[], bytes]]


def grid(run: Run, rows: int, columns: int, spec: SampleSpec | None = None) -> np.ndarray:
    """The grid that the page must show."""
    return tile(run.decode(sample_codes(run, spec or SampleSpec(), rows * columns)), rows, columns)


def shown(app: AppTest, run: Run) -> dict[str, Any]:
    """What the browser was given of the grid."""
    return component(app, f"grid-{run.id}")


def png(app: AppTest, run: Run) -> bytes:
    return base64.b64decode(shown(app, run)["image"].removeprefix("data:image/png;base64,"))


def control(app: AppTest, label: str) -> Any:
    """The one control with this label."""
    kinds = (app.slider, app.select_slider, app.text_input, app.toggle, app.selectbox)
    (found,) = (widget for kind in kinds for widget in kind if widget.label == label)
    return found


def arrange(app: AppTest, **values: Any) -> AppTest:
    """Move controls, named by their labels, and have the app run once."""
    for label, value in values.items():
        found = control(app, label.replace("_", " "))
        found.set_value(str(value) if found.type == "text_input" else value)
    return calm(app.run())


def sampler(app: AppTest, name: str) -> AppTest:
    return act(labelled(app.segmented_control, "Sampler").set_value(name))


def pick(app: AppTest, run: Run, position: int) -> AppTest:
    """Click an image of the grid."""
    pick = {"grid": shown(app, run)["grid"], "index": position}
    app.session_state[f"grid-{run.id}"] = {"selection": pick}
    return calm(app.run())


class TestViews:
    @pytest.mark.usefixtures("sampled")
    @pytest.mark.parametrize("view", VIEWS)
    def test_each_has_an_address(self, view: str) -> None:
        app = open_page("generate", view=view)
        assert app.query_params["view"] == view
        assert not app.error

    @pytest.mark.parametrize("view", VIEWS)
    def test_each_without_a_model_without_latents_and_on_a_line(
        self, view: str, run: Run, line_run: Run, runs: Path
    ) -> None:
        copy_run(line_run, runs / "line")
        (run.path / "latents.npz").unlink()
        for run_id in (run.id, "line"):
            assert not open_page("generate", view=view, run=run_id).error
        for name in ("decoder.onnx", "encoder.onnx"):
            (run.path / name).unlink()
        assert "There is no model yet" in words(open_page("generate", view=view, run=run.id))

    @pytest.mark.usefixtures("sampled")
    @pytest.mark.parametrize("view", VIEWS)
    def test_every_control_has_a_line_of_help(self, view: str) -> None:
        app = open_page("generate", view=view)
        kinds = ("selectbox", "slider", "select_slider", "text_input", "toggle", "text_area")
        kinds += ("button", "segmented_control", "download_button")
        bare = [
            widget.label
            for kind in kinds
            for widget in getattr(app.main, kind)
            if not (widget.help or widget.proto.help)
        ]
        assert bare == []


class TestGrid:
    def test_rows_columns_seed_and_temperature(self, run: Run) -> None:
        app = open_page("generate")
        assert shown(app, run)["alt"] == "A 10 by 10 grid of generated images"
        assert shows(png(app, run), grid(run, 10, 10))
        arrange(app, Rows=3, Columns=7, Temperature=0.5, Seed=11)
        assert (shown(app, run)["rows"], shown(app, run)["columns"]) == (3, 7)
        assert shows(png(app, run), grid(run, 3, 7, SampleSpec(temperature=0.5, seed=11)))
        assert "21 codes from N(0, 0.5² I), decoded. Seed 11." in words(app)
        app.select_slider[0].set_value(1.5).run()
        spec = SampleSpec(temperature=0.5, truncation=1.5, seed=11)
        assert shows(png(app, run), grid(run, 3, 7, spec))
        assert "none beyond 1.5 σ" in words(app)

    @pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 30), (30, 1), (30, 30)])
    def test_the_smallest_and_the_largest(self, rows: int, columns: int, run: Run) -> None:
        app = arrange(open_page("generate"), Rows=rows, Columns=columns)
        assert shows(png(app, run), grid(run, rows, columns))

    @pytest.mark.parametrize("temperature", [0.0, 2.0])
    def test_extreme_temperatures(self, temperature: float, run: Run) -> None:
        app = arrange(open_page("generate"), Temperature=temperature)
        assert shows(png(app, run), grid(run, 10, 10, SampleSpec(temperature=temperature)))

    def test_again_takes_the_next_seed(self, run: Run) -> None:
        app = arrange(open_page("generate"), Seed=2**31 - 2)
        press(app, "New samples")
        assert shows(png(app, run), grid(run, 10, 10, SampleSpec(seed=2**31 - 1)))
        press(app, "New samples")  # after the last seed comes the first
        assert control(app, "Seed").value == "0"

    @pytest.mark.usefixtures("run")
    def test_a_locked_seed_stays(self) -> None:
        app = arrange(open_page("generate"), Seed=5, Lock=True)
        assert control(app, "Seed").disabled
        assert labelled(app.button, "New samples").disabled
        arrange(app, Temperature=0.5)
        assert "Seed 5." in words(app)

    def test_undo_and_redo(self, run: Run) -> None:
        app = open_page("generate")
        assert labelled(app.button, "Undo").disabled
        arrange(app, Seed=3, Temperature=0.5)
        arrange(app, Rows=2)
        press(app, "Undo")
        assert shows(png(app, run), grid(run, 10, 10, SampleSpec(temperature=0.5, seed=3)))
        press(app, "Undo")
        assert shows(png(app, run), grid(run, 10, 10))
        assert labelled(app.button, "Undo").disabled
        press(app, "Redo")
        assert control(app, "Temperature").value == 0.5
        assert control(app, "Seed").value == "3"
        arrange(app, Columns=4)  # what was undone is gone
        assert labelled(app.button, "Redo").disabled
        press(app, "10 × 10, Prior, seed 0")
        assert shows(png(app, run), grid(run, 10, 10))

    def test_color_images(self, convolutional_run: Run, runs: Path) -> None:
        run = copy_run(convolutional_run, runs / "stripes")
        assert shows(png(open_page("generate"), run), grid(run, 10, 10))


class TestSamplers:
    @pytest.mark.parametrize("name", ["mixture", "posterior"])
    def test_codes_of_another_sampler(self, name: Any, sampled: Run) -> None:
        app = sampler(open_page("generate"), name)
        assert shows(png(app, sampled), grid(sampled, 10, 10, SampleSpec(name)))
        assert not [each for each in app.slider if each.label == "Temperature"]
        arrange(app, Class=4)
        assert shows(png(app, sampled), grid(sampled, 10, 10, SampleSpec(name, 4)))
        press(app, "Undo")
        assert shows(png(app, sampled), grid(sampled, 10, 10, SampleSpec(name)))
        press(app, "Undo")
        assert shows(png(app, sampled), grid(sampled, 10, 10))

    def test_they_are_fitted_on_request(self, run: Run, processes: Processes) -> None:
        app = sampler(open_page("generate"), "mixture")
        press(app, "Fit the samplers")
        assert "Measuring" in words(app)

    def test_a_class_of_another_run(self, sampled: Run, run: Run) -> None:
        app = sampler(open_page("generate", run=sampled.id), "mixture")
        arrange(app, Class=4)
        act(picker(app).set_value(run.id))
        assert "Fit the samplers" in [button.label for button in app.button]


class TestFiles:
    def test_each_opens(self, run: Run, downloads: Downloads) -> None:
        arrange(open_page("generate"), Rows=2, Columns=4, Seed=6)
        files = {kind: downloads[f"digits-prior-2x4-seed6.{kind}"]() for kind in FILES}
        assert shows(files["png"], grid(run, 2, 4, SampleSpec(seed=6)))
        notes = Image.open(io.BytesIO(files["png"])).text
        assert notes == {
            "Run": "digits Custom finished",
            "Seed": "6",
            "Sampler": "prior",
            "Temperature": "1",
        }
        codes = sample_codes(run, SampleSpec(seed=6), 8)
        with np.load(io.BytesIO(files["npz"])) as arrays:
            np.testing.assert_array_equal(arrays["z"], codes)
            assert arrays["images"].shape == (8, 8, 8, 1)
            assert str(arrays["seed"]) == "6"
        table = np.loadtxt(io.BytesIO(files["csv"]), delimiter=",", skiprows=5, dtype=np.float32)
        np.testing.assert_array_equal(table, codes)
        assert files["pdf"].startswith(b"%PDF")
        assert b"<svg" in files["svg"]

    def test_the_scale(self, run: Run, downloads: Downloads) -> None:
        app = open_page("generate")
        scale = labelled(app.segmented_control, "Scale of the PNG")
        assert scale.options == ["1×", "2×", "4×", "8×", "16×"]
        act(scale.set_value(16))
        assert "1,280 × 1,280 pixels" in words(app)
        content = downloads["digits-prior-10x10-seed0.png"]()
        assert Image.open(io.BytesIO(content)).size == (1280, 1280)
        arrange(app, Smooth=True)
        assert not shows(downloads["digits-prior-10x10-seed0.png"](), grid(run, 10, 10))

    def test_they_do_not_give_the_run_away(
        self, finished_run: Run, runs: Path, downloads: Downloads
    ) -> None:
        """Whoever knows all of an id can open, change and stop the run."""
        run = copy_run(finished_run, runs / new_run_id())
        open_page("generate")
        for kind in FILES:
            assert run.id.encode() not in downloads[f"digits-prior-10x10-seed0.{kind}"]()
        write_metadata(run.path, name="My first")
        open_page("generate")
        file = downloads["digits-prior-10x10-seed0.png"]()
        assert Image.open(io.BytesIO(file)).text["Run"] == "My first"


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
        around = [tile(run.decode(np.float32(code + far * noise)), 3, 5) for far in (0.3, 1.0)]
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
