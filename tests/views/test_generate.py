"""Generate: a grid from the prior, sliders, the manifold."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.views.conftest import (
    act,
    alternatives,
    calm,
    chart,
    charts,
    component,
    go,
    labelled,
    numbers,
    open_page,
    picker,
    picture_called,
    press,
    shows,
    words,
)
from vae.about import write_about
from vae.recorder import new_run_id
from vae.runs import Run
from vae.sampling import manifold_codes, prior_codes, tile, to_uint8


def grid(run: Run, rows: int, columns: int, **codes: Any) -> np.ndarray:
    """The grid that the page must show."""
    z = prior_codes(rows * columns, run.config.latent_dim, **codes)
    return tile(run.decode(z), rows, columns)


def arrange(app: AppTest, **sliders: float) -> AppTest:
    """Move sliders, named by their labels, and have the app run once."""
    for label, value in sliders.items():
        labelled(app.slider, label.replace("_", " ")).set_value(value)
    return calm(app.run())


def seed(app: AppTest) -> Any:
    return app.number_input(key="grid_seed")


def move(app: AppTest, run: Run, z: list[float]) -> AppTest:
    """Move the sliders of the latent dimensions, as a hand does."""
    app.session_state[f"sliders-{run.id}"] = {"z": z}
    return calm(app.run())


def board(app: AppTest, run: Run) -> dict[str, Any]:
    """What the sliders were given last."""
    return component(app, f"sliders-{run.id}")


def decoded(app: AppTest, run: Run) -> bytes:
    """The image beside the sliders."""
    return base64.b64decode(board(app, run)["image"].removeprefix("data:image/png;base64,"))


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


class TestGrid:
    def test_rows_columns_seed_and_temperature(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = open_page("generate")
        shown = pictures[picture_called(app, "A 10 by 10 grid of generated images")]
        assert shows(shown, grid(run, 10, 10, seed=0))
        arrange(app, Rows=3, Columns=7, Temperature=0.5)
        act(seed(app).set_value(11))
        shown = pictures[picture_called(app, "A 3 by 7 grid of generated images")]
        assert shows(shown, grid(run, 3, 7, seed=11, temperature=0.5))
        assert "21 codes from N(0, 0.5² I), decoded. Seed 11." in words(app)

    @pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 20), (20, 1), (20, 20)])
    def test_the_smallest_and_the_largest(
        self, rows: int, columns: int, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = arrange(open_page("generate"), Rows=rows, Columns=columns)
        shown = pictures[picture_called(app, f"A {rows} by {columns} grid of generated images")]
        assert shows(shown, grid(run, rows, columns))

    @pytest.mark.parametrize("temperature", [0.0, 2.0])
    def test_extreme_temperatures(
        self, temperature: float, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = arrange(open_page("generate"), Temperature=temperature)
        shown = pictures[picture_called(app, "A 10 by 10 grid of generated images")]
        assert shows(shown, grid(run, 10, 10, temperature=temperature))

    @pytest.mark.usefixtures("run")
    def test_the_same_seed_gives_the_same_grid(self) -> None:
        app = open_page("generate")
        before = app.image[0].value
        act(seed(app).set_value(1))
        assert app.image[0].value != before
        act(seed(app).set_value(0))
        assert app.image[0].value == before

    @pytest.mark.usefixtures("run")
    def test_draw_again_takes_the_next_seed(self) -> None:
        app = act(seed(open_page("generate")).set_value(41))
        press(app, "Draw again")
        assert seed(app).value == 42
        assert "Seed 42." in words(app)

    @pytest.mark.usefixtures("run")
    def test_after_the_last_seed_comes_the_first(self) -> None:
        app = act(seed(open_page("generate")).set_value(2**31 - 1))
        assert "Seed 2147483647." in words(app)
        press(app, "Draw again")
        assert seed(app).value == 0

    def test_the_file(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = arrange(open_page("generate"), Rows=2, Columns=4)
        button = labelled(app.download_button, "Download as PNG")
        file = pictures[button.proto.url]
        assert shows(file, grid(run, 2, 4))
        notes = Image.open(io.BytesIO(file)).text
        assert notes == {"Run": "digits Custom finish", "Seed": "0", "Temperature": "1.0"}

    def test_the_file_does_not_give_the_run_away(
        self, finished_run: Run, runs: Path, pictures: dict[str, bytes]
    ) -> None:
        """Whoever knows all of an id can open, change and stop the run."""
        run = copy_run(finished_run, runs / new_run_id())
        app = open_page("generate")
        file = pictures[labelled(app.download_button, "Download as PNG").proto.url]
        assert Image.open(io.BytesIO(file)).text["Run"] == f"digits Custom {run.id[:6]}"
        assert run.id.encode() not in file
        write_about(run.path, name="My first")
        app = open_page("generate")
        file = pictures[labelled(app.download_button, "Download as PNG").proto.url]
        assert Image.open(io.BytesIO(file)).text["Run"] == "My first"

    def test_colours(self, convolutional_run: Run, runs: Path, pictures: dict[str, bytes]) -> None:
        run = copy_run(convolutional_run, runs / "stripes")
        app = open_page("generate")
        shown = pictures[picture_called(app, "A 10 by 10 grid of generated images")]
        assert shows(shown, grid(run, 10, 10))
        assert shows(decoded(app, run), to_uint8(run.decode(np.zeros((1, 5))))[0])


class TestSliders:
    def test_they_start_at_the_priors_mean(self, run: Run) -> None:
        app = open_page("generate")
        given = board(app, run)
        assert (given["z"], given["reach"]) == ([0.0, 0.0], 3.0)
        assert shows(decoded(app, run), to_uint8(run.decode(np.zeros((1, 2))))[0])

    def test_they_decode_where_they_stand(self, run: Run) -> None:
        app = move(open_page("generate"), run, [1.5, -2.0])
        expected = to_uint8(run.decode(np.array([[1.5, -2.0]], dtype=np.float32)))[0]
        assert shows(decoded(app, run), expected)

    def test_what_lies_beyond_their_reach_is_cut(self, run: Run) -> None:
        app = move(open_page("generate"), run, [99.0, -99.0])
        expected = to_uint8(run.decode(np.array([[3.0, -3.0]], dtype=np.float32)))[0]
        assert shows(decoded(app, run), expected)

    def test_random_code_and_reset(self, run: Run) -> None:
        app = open_page("generate")
        first = board(app, run)
        press(app, "Random code")
        drawn = board(app, run)
        assert drawn["z"] != [0.0, 0.0]
        assert drawn["generation"] == first["generation"] + 1
        code = np.clip(np.array([drawn["z"]], dtype=np.float32), -3.0, 3.0)
        assert shows(decoded(app, run), to_uint8(run.decode(code))[0])
        press(app, "Reset")
        assert board(app, run)["z"] == [0.0, 0.0]
        assert board(app, run)["generation"] == drawn["generation"] + 1

    def test_more_dimensions_than_sliders(self, wide: Run) -> None:
        app = open_page("generate")
        assert "Sliders for the first 32 of 40 dimensions; the others stay 0." in words(app)
        assert len(board(app, wide)["z"]) == 32
        move(app, wide, [1.0] * 32)
        code = np.array([[1.0] * 32 + [0.0] * 8], dtype=np.float32)
        assert shows(decoded(app, wide), to_uint8(wide.decode(code))[0])
        press(app, "Random code")
        assert len(board(app, wide)["z"]) == 32

    def test_a_single_dimension(self, line_run: Run, runs: Path) -> None:
        run = copy_run(line_run, runs / "line")
        app = open_page("generate")
        assert board(app, run)["z"] == [0.0]
        assert "manifold" not in words(app)
        assert charts(app) == []

    def test_of_one_run_after_another(self, run: Run, wide: Run) -> None:
        app = open_page("generate", run=wide.id)
        move(app, wide, [2.0] * 32)
        act(picker(app).set_value(run.id))
        assert len(board(app, run)["z"]) == 2


class TestManifold:
    def test_it_decodes_equal_quantiles(self, run: Run) -> None:
        app = open_page("generate")
        figure = chart(app, "manifold-finished")
        codes, _ = manifold_codes(15, 2, 0, 1)
        expected = tile(run.decode(codes), 15, 15)
        np.testing.assert_array_equal(
            pixels(figure), np.broadcast_to(expected, (*expected.shape[:2], 3))
        )
        assert figure["layout"]["xaxis"]["title"]["text"] == "z1"
        assert figure["layout"]["yaxis"]["title"]["text"] == "z2"

    @pytest.mark.parametrize("side", [5, 30])
    def test_images_a_side(self, side: int, run: Run) -> None:
        app = arrange(open_page("generate"), Images_a_side=side)
        assert pixels(chart(app, "manifold-finished")).shape == (8 * side, 8 * side, 3)

    @pytest.mark.usefixtures("run")
    def test_a_dimension_against_itself(self) -> None:
        app = act(open_page("generate").selectbox(key="manifold_y").set_value(0))
        assert "Choose two different dimensions." in words(app)
        assert charts(app) == []
        act(app.selectbox(key="manifold_x").set_value(1))
        assert charts(app) == ["manifold-finished"]

    def test_two_of_many_dimensions(self, wide: Run) -> None:
        app = open_page("generate")
        assert "The other dimensions stay at the prior's mean, 0." in words(app)
        act(app.selectbox(key="manifold_x").set_value(39))
        figure = chart(app, "manifold-wide")
        assert figure["layout"]["xaxis"]["title"]["text"] == "z40"
        codes, _ = manifold_codes(15, 40, 39, 1)
        np.testing.assert_array_equal(pixels(figure)[..., :1], tile(wide.decode(codes), 15, 15))

    def test_a_run_with_fewer_dimensions_after_it(self, wide: Run, run: Run) -> None:
        app = act(open_page("generate", run=wide.id).selectbox(key="manifold_x").set_value(39))
        act(picker(app).set_value(run.id))
        assert not app.error
        assert charts(app) == ["manifold-finished"]
        go(app, "start")
        assert charts(go(app, "generate")) == ["manifold-finished"]


def pixels(figure: dict[str, Any]) -> np.ndarray:
    """The picture (H, W, 3) of a Plotly image, however it was sent."""
    (trace,) = figure["data"]
    if "source" in trace:
        content = base64.b64decode(trace["source"].partition(",")[2])
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    z = trace["z"]
    flat = numbers(z)
    if isinstance(z, dict) and "shape" in z:
        return flat.reshape([int(side) for side in z["shape"].split(",")])
    return flat


def test_the_parts_stand_in_their_order(run: Run) -> None:
    app = open_page("generate")
    assert [heading.value for heading in app.subheader] == [
        "A grid from the prior",
        "Every latent dimension by hand",
        "The manifold of two dimensions",
    ]
    assert alternatives(app) == ["A 10 by 10 grid of generated images"]
