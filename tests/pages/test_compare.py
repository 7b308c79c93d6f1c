"""Compare: two runs' maps with the same axes, any two runs, and the other one in the address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import plain
from pages.latent.coverage_text import coverage_text
from tests.conftest import copy_run
from tests.pages.conftest import (
    act,
    calm,
    component,
    go,
    labelled,
    open_page,
    picker,
    shows,
    tell,
    truncate,
    unfinished,
    words,
)
from tests.pages.doubles import Browser, owner_of
from tests.pages.test_draw import open_color
from tests.pages.test_run_picker import BAD_IDS
from vae.evaluation.coverage import Coverage, coverage
from vae.files import read_json, write_json
from vae.images import tile, to_uint8
from vae.runs.metadata import write_metadata
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["open_color"]

ANNA, BEN = "a" * 32, "b" * 32
COMPARE = {"view": "compare"}


@pytest.fixture
def code(autoencoder_run: Run, runs: Path) -> Run:
    """An autoencoder on the same data set as `run`."""
    return copy_run(autoencoder_run, runs / "code")


def chooser(app: AppTest) -> Any:
    return labelled(app.selectbox, "Compare with")


def boards(app: AppTest, *ids: str) -> list[dict[str, Any]]:
    """What the maps of these runs were given, left and right."""
    return [component(app, f"compare-{index}-{name}") for index, name in enumerate(ids)]


def to_view(app: AppTest, view: str) -> AppTest:
    return act(app.segmented_control(key="latent_view_control").set_value(view))


class TestMaps:
    def test_the_same_axes_around_both(self, run: Run, code: Run) -> None:
        app = open_page("latent", run=run.id, **COMPARE)
        left, right = boards(app, "finished", "code")
        extent = left["extent"]
        assert extent == right["extent"]
        wide, high = extent["right"] - extent["left"], extent["top"] - extent["bottom"]
        assert wide == pytest.approx(high)
        for board, latents in ((left, run.latents), (right, code.latents)):
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
        assert "is ringed on both maps" in words(app)

    def test_other_layers_on_both(self, run: Run, code: Run) -> None:
        app = open_page("latent", run=run.id, **COMPARE)
        act(app.main.get_by_key("compare_layers_control").set_value(["regions", "dots"]))
        both = boards(app, "finished", "code")
        assert [board["layers"] for board in both] == [["regions", "dots"]] * 2
        act(app.main.get_by_key("compare_layers_control").set_value([]))
        assert [board["layers"] for board in boards(app, "finished", "code")] == [[]] * 2
        to_view(app, "Path")
        app = to_view(app, "Compare")
        assert boards(app, "finished", "code")[0]["layers"] == []

    def test_what_a_map_shows_with_measured_numbers(self, run: Run, code: Run) -> None:
        said = words(open_page("latent", run=run.id, **COMPARE))
        for each in (run, code):
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
        self, found: Coverage, expected: str, run: Run, code: Run
    ) -> None:
        for each in (run, code):
            said = coverage_text(each, found)
            assert expected in said
            reason = "nothing keeps an autoencoder's codes near the prior" in said
            assert reason is (each is code and found.missed > 0.5)

    def test_samples_of_the_same_seed(
        self, run: Run, code: Run, pictures: dict[str, bytes]
    ) -> None:
        app = open_page("latent", run=run.id, **COMPARE)
        shown = [each for image in app.image for each in image.proto.imgs]
        assert len(shown) == 2
        for each, expected in zip(shown, (run, code), strict=True):
            z = prior_codes(24, expected.config.latent_dim, seed=0)
            grid = tile(to_uint8(expected.decode(z)), 4, 6)
            assert shows(pictures[each.url], grid)
            assert each.alt.startswith("Samples of Digits")

    def test_an_idle_encoder(self, run: Run, code: Run) -> None:
        latents = dict(np.load(code.path / "latents.npz"))
        latents["mean"] = np.full_like(latents["mean"], 0.2)
        np.savez(code.path / "latents.npz", **latents)
        assert "All dots lie in one heap" in words(open_page("latent", run=run.id, **COMPARE))


class TestAnyTwo:
    @pytest.mark.parametrize("name", ["line_run", "wide_run", "convolutional_run"])
    def test_other_sizes(
        self, name: str, run: Run, runs: Path, request: pytest.FixtureRequest
    ) -> None:
        copy_run(request.getfixturevalue(name), runs / "other")
        for first, second in (("finished", "other"), ("other", "finished")):
            app = open_page("latent", run=first, **COMPARE)
            left, right = boards(app, first, second)
            assert left["extent"] == right["extent"]
            assert left["sameImages"] is (name != "convolutional_run")
            assert len(app.image) == 2
            assert not app.error

    def test_other_images(self, open_color: Run, run: Run) -> None:
        app = open_page("latent", run=run.id, **COMPARE)
        (info,) = app.info
        assert info.value.startswith("The dots are not the same images: ")
        assert "360 images of Digits" in info.value
        assert "20 images of mine" in info.value
        assert not any(board["sameImages"] for board in boards(app, run.id, "colours"))
        assert "ringed" not in words(app)

    def test_foreign_names_are_shown_to_the_letter(self, run: Run, open_color: Run) -> None:
        path, name = open_color.path, "*x* ![](https://example.org/x.png)"
        write_json(path / "config.json", read_json(path / "config.json") | {"dataset": name})
        said = words(open_page("latent", run=run.id, **COMPARE))
        assert plain(name) in said
        assert name not in said

    def test_two_of_a_kind(self, code: Run, runs: Path) -> None:
        copy_run(code, runs / "twin")
        app = open_page("latent", run="code", **COMPARE)
        left, right = boards(app, "code", "twin")
        assert left["plane"] != right["plane"]  # each has feeds of its own
        assert left["sameImages"]

    @pytest.mark.parametrize("fraction", [1, 360])
    def test_codes_that_are_no_numbers(self, fraction: int, run: Run, code: Run) -> None:
        latents = dict(np.load(code.path / "latents.npz"))
        latents["mean"][:fraction] = np.nan
        np.savez(code.path / "latents.npz", **latents)
        tell(code, "diverged")
        app = open_page("latent", run=run.id, **COMPARE)
        (error,) = app.error
        assert "this run has diverged" in error.value
        assert f"Received: {fraction} of 360 codes that are not finite" in error.value
        boards(app, "finished")
        assert len(app.image) == 1

    @pytest.mark.parametrize("name", ["latents.npz", "decoder.onnx"])
    def test_a_damaged_one(self, name: str, run: Run, code: Run) -> None:
        truncate(code.path / name)
        app = open_page("latent", run=run.id, **COMPARE)
        assert len(app.error) == 1
        boards(app, "finished")

    def test_one_that_trains(self, run: Run, code: Run) -> None:
        tell(code, "training", model_epoch=1, epoch=2)
        with code.lock():
            app = open_page("latent", run=run.id, **COMPARE)
            assert "training" in chooser(app).options[0]
            assert "its model of epoch 1" in words(app)
            boards(app, "finished", "code")

    def test_none(self, run: Run, runs: Path) -> None:
        unfinished(run, runs / "early")
        app = open_page("latent", **COMPARE, run=run.id)
        assert "there must be another run with a model" in words(app)
        assert [box.label for box in app.selectbox] == ["Run"]
        assert not app.image


@pytest.fixture
def three(run: Run, code: Run, wide_run: Run, runs: Path) -> None:
    """A VAE, an autoencoder and a newer VAE."""
    tell(run, "finished", created="2024-01-01T00:00")
    tell(code, "finished", created="2023-01-01T00:00")
    tell(copy_run(wide_run, runs / "wide"), "stopped", created="2025-01-01T00:00")


@pytest.mark.usefixtures("three")
class TestOther:
    def test_at_first_of_the_other_kind_on_the_same_data(self, open_color: Run) -> None:
        tell(open_color, "stopped", created="2026-01-01T00:00")
        for chosen, other in (("finished", "code"), ("wide", "code"), ("code", "wide")):
            app = open_page("latent", run=chosen, **COMPARE)
            assert chooser(app).value == other
            assert app.query_params["with"] == other
            assert len(chooser(app).options) == 3

    def test_a_choice_goes_into_the_address_and_stays(self) -> None:
        app = act(chooser(open_page("latent", run="finished", **COMPARE)).set_value("wide"))
        assert app.query_params["with"] == "wide"
        boards(app, "finished", "wide")
        to_view(app, "Path")
        assert "with" not in app.query_params
        assert chooser(to_view(app, "Compare")).value == "wide"
        go(app, "generate")
        assert chooser(go(app, "latent")).value == "wide"
        assert app.query_params["with"] == "wide"

    def test_another_chosen_run_keeps_it_unless_it_is_the_same(self) -> None:
        app = act(chooser(open_page("latent", run="code", **COMPARE)).set_value("finished"))
        act(picker(app).set_value("wide"))
        assert chooser(app).value == "finished"
        act(picker(app).set_value("finished"))
        assert chooser(app).value == "code"
        act(picker(app).set_value("wide"))
        assert chooser(app).value == "finished"

    def test_a_link_names_both(self) -> None:
        app = open_page("latent", **{"run": "code", "with": "finished", **COMPARE})
        assert (picker(app).value, chooser(app).value) == ("code", "finished")
        app.query_params["with"] = "wide"
        assert chooser(calm(app.run())).value == "wide"
        assert not app.warning

    def test_a_link_that_names_one_twice(self) -> None:
        app = open_page("latent", **{"run": "finished", "with": "finished", **COMPARE})
        assert chooser(app).value == "code"

    @pytest.mark.parametrize("wrong", BAD_IDS)
    def test_a_wrong_link(self, wrong: str) -> None:
        app = open_page("latent", **{"run": "finished", "with": wrong, **COMPARE})
        (warning,) = app.warning
        assert warning.value.startswith(plain(f"No run has this id. Received: {wrong!r:.80}."))
        assert chooser(app).value == "code"
        assert app.query_params["with"] == "code"

    def test_one_without_a_model_is_not_offered(self, run: Run, runs: Path) -> None:
        unfinished(run, runs / "early")
        app = open_page("latent", **{"run": "finished", "with": "early", **COMPARE})
        assert not [option for option in chooser(app).options if "early" in option]
        assert "There is no model to compare with yet" in words(app)
        assert chooser(app).value == "code"

    def test_a_deleted_one(self, code: Run) -> None:
        app = act(chooser(open_page("latent", run="wide", **COMPARE)).set_value("code"))
        write_metadata(code.path, deleted=1.0)
        assert chooser(calm(app.run())).value == "finished"

    @pytest.mark.parametrize("value", [3, ["x"], "../../etc", None])
    def test_a_session_with_nonsense(self, value: object) -> None:
        app = open_page("latent", run="finished", view="path")
        app.session_state["compare_layers"] = value
        app = to_view(app, "Compare")
        assert len(boards(app, "finished", "code")[0]["layers"]) in (0, 3)


class TestStrangers:
    def test_another_ones_run_opens_by_its_link_alone(
        self, run: Run, code: Run, browser: Browser
    ) -> None:
        write_metadata(run.path, owner=owner_of(BEN))
        write_metadata(code.path, owner=owner_of(ANNA))
        browser.take(BEN)
        app = open_page("latent", run=run.id, **COMPARE)
        assert "there must be another run" in words(app)
        assert "code" not in str(app)
        app = open_page("latent", **{"run": run.id, "with": "code", **COMPARE})
        assert chooser(app).options[0].endswith("opened by link, code")
        boards(app, "finished", "code")
        assert len(picker(app).options) == 1  # to compare with it is not to choose it
        calm(app.run())
        assert chooser(app).value == "code"
        to_view(app, "Path")
        assert "with" not in app.query_params
        assert "there must be another run" in words(open_page("latent", run=run.id, **COMPARE))


def test_what_is_sent_of_a_map_that_went_is_left() -> None:
    def late() -> None:
        import streamlit as st

        from pages.latent.interactive_map import _store_event

        _store_event("gone", "view", "kept")
        st.write(str("kept" in st.session_state))

    app = calm(AppTest.from_function(late).run())
    assert [each.value for each in app.markdown] == ["False"]
