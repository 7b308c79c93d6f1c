"""Compare, its maps: of any runs, with the same axes and the same test images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages._shared.maps.coverage_text import coverage_text
from pages._shared.plain import plain
from tests.conftest import PATIENCE_SECONDS, ROOT, copy_run
from tests.pages.comparing import boards, open_compare, to_view
from tests.pages.crafted import set_state, truncate, unfinished
from tests.pages.driving import act, calm
from tests.pages.shown import shows, words
from vae.evaluation.coverage import Coverage, coverage
from vae.files import read_json, write_json
from vae.images import tile, to_uint8
from vae.runs.run import Run
from vae.sampling.prior import prior_codes


class TestMaps:
    def test_the_same_axes_around_both(self, run: Run, code_run: Run) -> None:
        app = open_compare("finished", "code")
        left, right = boards(app, "finished", "code")
        extent = left["extent"]
        assert extent == right["extent"]
        wide, high = extent["right"] - extent["left"], extent["top"] - extent["bottom"]
        assert wide == pytest.approx(high)
        for board, latents in ((left, run.latents), (right, code_run.latents)):
            # 0 is the prior's mean, around which three standard deviations are on the map.
            np.testing.assert_allclose(board["prior"]["mean"], [0.0, 0.0], atol=1e-6)
            assert extent["left"] < -3.0
            assert extent["right"] > 3.0
            assert board["classes"] == [str(digit) for digit in range(10)]
            assert board["layers"] == ["dots", "prior", "holes"]
            assert (board["link"], board["sameImages"]) == ("compare", True)
            assert len(latents["y"]) == 360
        assert (left["names"], right["names"][0][:3]) == (["z1", "z2"], "PC1")
        assert not app.info
        assert "is ringed on all maps" in words(app)

    def test_other_layers_on_both(self, run: Run, code_run: Run) -> None:
        app = open_compare("finished", "code")
        act(app.main.get_by_key("compare_layers_control").set_value(["regions", "dots"]))
        both = boards(app, "finished", "code")
        assert [board["layers"] for board in both] == [["regions", "dots"]] * 2
        act(app.main.get_by_key("compare_layers_control").set_value([]))
        assert [board["layers"] for board in boards(app, "finished", "code")] == [[]] * 2
        to_view(app, "Table")
        app = to_view(app, "Compare")
        assert boards(app, "finished", "code")[0]["layers"] == []

    def test_what_a_map_shows_with_measured_numbers(self, run: Run, code_run: Run) -> None:
        said = words(open_compare("finished", "code"))
        for each in (run, code_run):
            found = coverage(each.latents["mean"], each.latents["log_var"], each.decode)
            assert f"{found.missed:.0%} of the test images" in coverage_text(each, found)
            assert f"{found.unlike:.0%} of the samples" in coverage_text(each, found)
            assert coverage_text(each, found) in said
        assert said.lower().count("samples miss") == 2

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            (
                Coverage(0.4, 0.96, 13.04, 1.9),
                "13.0 from 0 on average, random codes of the prior 1.9. So",
            ),
            (Coverage(0.4, 0.96, 13.04, 1.9), "samples miss 96% of the test images, and 40% of"),
            (Coverage(0.3, 0.01, 1.9, 1.9), "gaps between the clusters: 30% of the samples"),
            (Coverage(0.06, 0.02, 1.9, 1.9), "miss only 2% of the test images, and only 6% of"),
        ],
    )
    def test_the_main_property_is_said(
        self, found: Coverage, expected: str, run: Run, code_run: Run
    ) -> None:
        for each in (run, code_run):
            said = coverage_text(each, found)
            assert expected in said
            reason = "nothing keeps an autoencoder's codes near the prior" in said
            assert reason is (each is code_run and found.missed > 0.5)

    def test_samples_of_the_same_seed(
        self, run: Run, code_run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = open_compare("finished", "code")
        shown = [each for image in app.image for each in image.proto.imgs]
        assert len(shown) == 2
        for each, expected in zip(shown, (run, code_run), strict=True):
            z = prior_codes(24, expected.config.latent_dim, seed=0)
            grid = tile(to_uint8(expected.decode(z)), 4, 6)
            assert shows(pictures[each.url], grid)
            assert each.alt.startswith("Samples of ")

    def test_an_idle_encoder(self, run: Run, code_run: Run) -> None:
        latents = dict(np.load(code_run.path / "latents.npz"))
        latents["mean"] = np.full_like(latents["mean"], 0.2)
        np.savez(code_run.path / "latents.npz", **latents)
        assert "All dots lie in one heap" in words(open_compare("finished", "code"))


class TestAnyTwo:
    @pytest.mark.parametrize("name", ["line_run", "wide_run", "convolutional_run"])
    def test_other_sizes(
        self, name: str, run: Run, runs: Path, request: pytest.FixtureRequest
    ) -> None:
        copy_run(request.getfixturevalue(name), runs / "other")
        for first, second in (("finished", "other"), ("other", "finished")):
            app = open_compare(first, second)
            left, right = boards(app, first, second)
            assert left["extent"] == right["extent"]
            assert left["sameImages"] is (name != "convolutional_run")
            assert len(app.image) == 2
            assert not app.error

    def test_other_images(self, color_run: Run, run: Run) -> None:
        app = open_compare(run.id, "colors")
        (info,) = app.info
        assert info.value.startswith("The dots are not the same images: ")
        assert "360 images of Digits" in info.value
        assert "20 images of mine" in info.value
        assert not any(board["sameImages"] for board in boards(app, run.id, "colors"))
        assert "ringed" not in words(app)

    def test_foreign_names_are_shown_to_the_letter(self, run: Run, color_run: Run) -> None:
        path, name = color_run.path, "*x* ![](https://example.org/x.png)"
        write_json(path / "config.json", read_json(path / "config.json") | {"dataset": name})
        said = words(open_compare(run.id, "colors"))
        assert plain(name) in said
        assert name not in said

    def test_two_of_a_kind(self, code_run: Run, runs: Path) -> None:
        copy_run(code_run, runs / "twin")
        app = open_compare("code", "twin")
        left, right = boards(app, "code", "twin")
        assert left["plane"] != right["plane"]  # each has feeds of its own
        assert left["sameImages"]

    @pytest.mark.parametrize("fraction", [1, 360])
    def test_codes_that_are_no_numbers(self, fraction: int, run: Run, code_run: Run) -> None:
        latents = dict(np.load(code_run.path / "latents.npz"))
        latents["mean"][:fraction] = np.nan
        np.savez(code_run.path / "latents.npz", **latents)
        set_state(code_run, "diverged")
        app = open_compare("finished", "code")
        (error,) = app.error
        assert "this run has diverged" in error.value
        assert f"Received: {fraction} of 360 codes that are not finite" in error.value
        boards(app, "finished")
        assert len(app.image) == 1

    @pytest.mark.parametrize("name", ["latents.npz", "decoder.onnx"])
    def test_a_damaged_one(self, name: str, run: Run, code_run: Run) -> None:
        truncate(code_run.path / name)
        app = open_compare("finished", "code")
        assert len(app.error) == 1
        boards(app, "finished")

    def test_one_that_trains(self, run: Run, code_run: Run) -> None:
        set_state(code_run, "training", model_epoch=1, epoch=2)
        with code_run.lock():
            app = open_compare("finished", "code")
            assert "its model of epoch 1" in words(app)
            boards(app, "finished", "code")

    def test_one_without_a_map(self, run: Run, runs: Path) -> None:
        unfinished(run, runs / "early")
        app = open_compare("finished", "early")
        assert "no map yet: it comes when the run has ended" in words(app)
        boards(app, "finished")

    def test_three_move_together(self, run: Run, code_run: Run, wide: Run) -> None:
        app = open_compare("finished", "code", "wide")
        maps = boards(app, "finished", "code", "wide")
        assert len({tuple(board["extent"].values()) for board in maps}) == 1
        assert {(board["link"], board["sameImages"]) for board in maps} == {("compare", True)}
        act(app.main.get_by_key("compare_layers_control").set_value(["dots"]))
        assert [board["layers"] for board in boards(app, "finished", "code", "wide")] == [
            ["dots"]
        ] * 3


def test_a_link_of_the_latent_page_leads_to_the_maps(run: Run, code_run: Run) -> None:
    app = AppTest.from_file(ROOT / "pages" / "router.py", default_timeout=PATIENCE_SECONDS)
    old = {"run": "finished", "with": "code", "view": "compare", "layers": "dots"}
    app.query_params.update(old | {"picked": "3", "hide-there": "2"})
    app._page_hash = calc_hash("latent")
    app = calm(app.run(), "runs")
    left, right = boards(app, "finished", "code")
    assert left["layers"] == ["dots"]
    assert (left["hidden"], right["hidden"]) == ([], [2])
    assert app.query_params["picked"] == "3"


def test_what_is_sent_of_a_map_that_went_is_left() -> None:
    def late() -> None:
        import streamlit as st

        from pages._shared.maps.interactive_map import _store_event

        _store_event("gone", "view", "kept")
        st.write(str("kept" in st.session_state))

    app = calm(AppTest.from_function(late).run())
    assert [each.value for each in app.markdown] == ["False"]
