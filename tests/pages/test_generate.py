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
from tests.pages.doubles import Processes
from tests.pages.driving import act, labelled, open_page, picker, press
from tests.pages.generating import apart_grid, arrange, control, grid, shown
from tests.pages.shown import shows, words
from vae.runs.metadata import write_metadata
from vae.runs.run import Run
from vae.runs.writer import new_run_id
from vae.sampling.samplers import SampleSpec, sample_codes

VIEWS = ["grid", "samplers", "by-hand", "manifold", "arithmetic", "animation", "take-away"]
FILES = ("png", "pdf", "svg", "npz", "csv")

Downloads = dict[str, Callable[[], bytes]]


def png(app: AppTest, run: Run) -> bytes:
    return base64.b64decode(shown(app, run)["image"].removeprefix("data:image/png;base64,"))


def sampler(app: AppTest, name: str) -> AppTest:
    return act(labelled(app.segmented_control, "Sampler").set_value(name))


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
        assert shows(png(app, run), apart_grid(run, 10, 10))
        arrange(app, Rows=3, Columns=7, Temperature=0.5, Seed=11)
        assert (shown(app, run)["rows"], shown(app, run)["columns"]) == (3, 7)
        assert shows(png(app, run), apart_grid(run, 3, 7, SampleSpec(temperature=0.5, seed=11)))
        assert "21 codes from N(0, 0.5² I), decoded. Seed 11." in words(app)
        app.select_slider[0].set_value(1.5).run()
        spec = SampleSpec(temperature=0.5, truncation=1.5, seed=11)
        assert shows(png(app, run), apart_grid(run, 3, 7, spec))
        assert "none beyond 1.5 σ" in words(app)

    @pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 30), (30, 1), (30, 30)])
    def test_the_smallest_and_the_largest(self, rows: int, columns: int, run: Run) -> None:
        app = arrange(open_page("generate"), Rows=rows, Columns=columns)
        assert shows(png(app, run), apart_grid(run, rows, columns))

    @pytest.mark.parametrize("temperature", [0.0, 2.0])
    def test_extreme_temperatures(self, temperature: float, run: Run) -> None:
        app = arrange(open_page("generate"), Temperature=temperature)
        assert shows(png(app, run), apart_grid(run, 10, 10, SampleSpec(temperature=temperature)))

    def test_again_takes_the_next_seed(self, run: Run) -> None:
        app = arrange(open_page("generate"), Seed=2**31 - 2)
        press(app, "New samples")
        assert shows(png(app, run), apart_grid(run, 10, 10, SampleSpec(seed=2**31 - 1)))
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
        assert shows(png(app, run), apart_grid(run, 10, 10, SampleSpec(temperature=0.5, seed=3)))
        press(app, "Undo")
        assert shows(png(app, run), apart_grid(run, 10, 10))
        assert labelled(app.button, "Undo").disabled
        press(app, "Redo")
        assert control(app, "Temperature").value == 0.5
        assert control(app, "Seed").value == "3"
        arrange(app, Columns=4)  # what was undone is gone
        assert labelled(app.button, "Redo").disabled
        press(app, "10 × 10, Prior, seed 0")
        assert shows(png(app, run), apart_grid(run, 10, 10))

    def test_color_images(self, convolutional_run: Run, runs: Path) -> None:
        run = copy_run(convolutional_run, runs / "stripes")
        assert shows(png(open_page("generate"), run), apart_grid(run, 10, 10))


class TestSamplers:
    @pytest.mark.parametrize("name", ["mixture", "posterior"])
    def test_codes_of_another_sampler(self, name: Any, sampled: Run) -> None:
        app = sampler(open_page("generate"), name)
        assert shows(png(app, sampled), apart_grid(sampled, 10, 10, SampleSpec(name)))
        assert not [each for each in app.slider if each.label == "Temperature"]
        arrange(app, Class=4)
        assert shows(png(app, sampled), apart_grid(sampled, 10, 10, SampleSpec(name, 4)))
        press(app, "Undo")
        assert shows(png(app, sampled), apart_grid(sampled, 10, 10, SampleSpec(name)))
        press(app, "Undo")
        assert shows(png(app, sampled), apart_grid(sampled, 10, 10))

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
