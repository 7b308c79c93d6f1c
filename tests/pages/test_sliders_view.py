"""Generate by hand: sliders for every dimension, codes as text, the manifold."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.pages.driving import act, calm, go, labelled, open_page, picker, press
from tests.pages.shown import charts, component, decoded_url, shows, words
from vae.images import tile, to_uint8
from vae.latent.traversals import ranked_dimensions, traverse_all
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes


def by_hand(**address: str) -> AppTest:
    return open_page("generate", view="by-hand", **address)


def manifold(**address: str) -> AppTest:
    return open_page("generate", view="manifold", **address)


def board(app: AppTest, run: Run) -> dict[str, Any]:
    """What the sliders were given last."""
    return component(app, f"sliders-{run.id}")


def opened(address: str) -> bytes:
    return base64.b64decode(address.removeprefix("data:image/png;base64,"))


def decoded(app: AppTest, run: Run) -> bytes:
    """The image beside the sliders."""
    return opened(board(app, run)["image"])


def image(run: Run, code: list[float]) -> np.ndarray:
    return to_uint8(run.decode(np.array([code], dtype=np.float32)))[0]


def move(app: AppTest, run: Run, values: Any) -> AppTest:
    """Move the sliders, as a user does."""
    generation = board(app, run)["generation"]
    app.session_state[f"sliders-{run.id}"] = {"z": {"generation": generation, "values": values}}
    return calm(app.run())


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


class TestSliders:
    def test_they_start_at_the_priors_mean(self, run: Run) -> None:
        app = by_hand()
        mounted = board(app, run)
        assert (mounted["z"], mounted["reach"]) == ([0.0, 0.0], 3.0)
        assert shows(decoded(app, run), image(run, [0.0, 0.0]))

    def test_they_decode_where_they_stand(self, run: Run) -> None:
        app = move(by_hand(), run, [1.5, -2.0])
        assert shows(decoded(app, run), image(run, [1.5, -2.0]))

    @pytest.mark.parametrize(
        "values", [[1.0], [1.0, 2.0, 3.0], ["a", "b"], None, [float("nan"), 1.0], [1e9, 0.0], "12"]
    )
    def test_what_is_no_code(self, values: Any, run: Run) -> None:
        app = move(by_hand(), run, values)
        assert shows(decoded(app, run), image(run, [0.0, 0.0]))

    def test_those_that_carry_most_come_first_with_what_they_do(self, run: Run) -> None:
        app = by_hand()
        positions = [each.index for each in ranked_dimensions(run)]
        mounted = board(app, run)
        assert mounted["dimensions"] == positions
        rows = traverse_all(run, positions, np.zeros(2), 9)
        for strip, row in zip(mounted["strips"], rows, strict=True):
            assert shows(opened(strip), tile(row, 1, 9))

    def test_random_code_and_reset(self, run: Run) -> None:
        app = by_hand()
        first = board(app, run)
        press(app, "Random code")
        drawn = board(app, run)
        assert drawn["z"] != [0.0, 0.0]
        assert drawn["generation"] != first["generation"]
        assert shows(decoded(app, run), image(run, drawn["z"]))
        press(app, "Reset")
        assert board(app, run)["z"] == [0.0, 0.0]
        assert board(app, run)["generation"] != drawn["generation"]

    def test_more_dimensions_than_sliders(self, wide: Run) -> None:
        app = by_hand()
        assert "Sliders for the 32 of 40 dimensions with the largest KL; the others stay." in words(
            app
        )
        assert len(board(app, wide)["dimensions"]) == len(board(app, wide)["strips"]) == 32
        code = [1.0] * 40
        assert shows(decoded(move(app, wide, code), wide), image(wide, code))

    def test_a_single_dimension(self, line_run: Run, runs: Path) -> None:
        run = copy_run(line_run, runs / "line")
        assert board(by_hand(), run)["z"] == [0.0]
        app = manifold()
        assert "needs two latent dimensions" in words(app)
        assert pictures_shown(app) == {}

    def test_of_one_run_after_another(self, run: Run, wide: Run) -> None:
        app = move(by_hand(run=wide.id), wide, [2.0] * 40)
        act(picker(app).set_value(run.id))
        assert len(board(app, run)["z"]) == 2


class TestText:
    def test_out_and_in(self, run: Run) -> None:
        app = move(by_hand(), run, [1.23456, -2.0])
        assert json.loads(app.code[0].value) == [1.2346, -2.0]
        labelled(app.text_area, "A code to put on the sliders").set_value("[0.5, 3.5]")
        press(app, "Put it on the sliders")
        assert board(app, run)["z"] == [0.5, 3.5]
        assert shows(decoded(app, run), image(run, [0.5, 3.5]))

    @pytest.mark.parametrize("text", ["", "[1]", "[1, NaN]", "1, 024", "[1, 2, 3]", "{}"])
    def test_what_is_no_code(self, text: str, run: Run) -> None:
        app = move(by_hand(), run, [1.0, 1.0])
        labelled(app.text_area, "A code to put on the sliders").set_value(text)
        press(app, "Put it on the sliders")
        assert "Received" in app.error[0].value
        assert shows(decoded(app, run), image(run, [1.0, 1.0]))  # nothing is lost


class TestManifold:
    def test_it_decodes_equal_quantiles(self, run: Run) -> None:
        app = manifold()
        ((alt, png),) = pictures_shown(app).items()
        codes, _ = manifold_codes(15, 2, 0, 1)
        assert shows(png, tile(run.decode(codes), 15, 15))
        assert alt == "15 by 15 images over z1, to the right, and z2, upwards"
        assert charts(app) == []  # nothing waits for Plotly

    @pytest.mark.parametrize("side", [5, 30])
    def test_images_a_side(self, side: int, run: Run) -> None:
        app = manifold()
        act(labelled(app.slider, "Images a side").set_value(side))
        ((alt, png),) = pictures_shown(app).items()
        codes, _ = manifold_codes(side, 2, 0, 1)
        assert shows(png, tile(run.decode(codes), side, side))
        assert alt.startswith(f"{side} by {side} images")

    @pytest.mark.usefixtures("run")
    def test_a_dimension_against_itself(self) -> None:
        app = act(labelled(manifold().selectbox, "Up").set_value(1))
        assert "Choose two different dimensions." in words(app)
        assert pictures_shown(app) == {}
        act(labelled(app.selectbox, "Across").set_value(2))
        assert len(pictures_shown(app)) == 1

    def test_two_of_many_dimensions(self, wide: Run) -> None:
        app = manifold()
        assert "The other dimensions stay at the prior's mean, 0." in words(app)
        act(labelled(app.selectbox, "Across").set_value(40))
        ((alt, png),) = pictures_shown(app).items()
        assert "over z40, to the right" in alt
        codes, _ = manifold_codes(15, 40, 39, 1)
        assert shows(png, tile(wide.decode(codes), 15, 15))

    def test_a_run_with_fewer_dimensions_after_it(self, wide: Run, run: Run) -> None:
        app = act(labelled(manifold(run=wide.id).selectbox, "Across").set_value(40))
        act(picker(app).set_value(run.id))
        assert not app.error
        assert "over z1, to the right" in next(iter(pictures_shown(app)))
        go(app, "start")
        assert len(pictures_shown(go(app, "generate"))) == 1


def pictures_shown(app: AppTest) -> dict[str, bytes]:
    """The manifolds that are shown, by what is said of them."""
    found: dict[str, bytes] = {}
    for each in app.main.get("html"):
        for alt, address in re.findall(r'<img alt="(.*?)" src="(data:.*?)"', each.proto.body):
            found[alt] = decoded_url(address)
    return found
