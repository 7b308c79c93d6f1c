"""Latent: the test images' clusters, in every projection, and one image closely."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, wait_until
from tests.test_archive import pack, take, unpack
from tests.views.conftest import (
    act,
    alternatives,
    calm,
    chart,
    charts,
    labelled,
    numbers,
    open_page,
    picker,
    picture_called,
    shows,
    words,
)
from tests.views.doubles import Processes
from vae.archive import export_zip
from vae.datasets import Dataset
from vae.files import read_json, write_json
from vae.latent import project_pca, read_tsne
from vae.runs import Run
from vae.sampling import tile, to_uint8
from views._shared import server
from views._shared.plain import plain


def axes(app: AppTest) -> tuple[str, str]:
    layout = chart(app, "latent_cloud")["layout"]
    return layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]


def named(app: AppTest) -> list[dict[str, Any]]:
    """The classes' points, without the ring around the typed image."""
    return [trace for trace in chart(app, "latent_cloud")["data"] if "name" in trace]


def points(app: AppTest) -> np.ndarray:
    """All points (N, 2), in the order of the test images."""
    order = np.concatenate([numbers(trace["customdata"]) for trace in named(app)])
    both = [np.concatenate([numbers(trace[axis]) for trace in named(app)]) for axis in "xy"]
    return np.stack(both, axis=1)[np.argsort(order)]


def rings(app: AppTest) -> list[tuple[float, float]]:
    """Where rings mark an image."""
    others = [trace for trace in chart(app, "latent_cloud")["data"] if "name" not in trace]
    return [(numbers(trace["x"])[0], numbers(trace["y"])[0]) for trace in others]


def click(app: AppTest, index: int) -> AppTest:
    """Click the dot of a test image."""
    app.session_state["latent_cloud"] = {"selection": {"points": [{"customdata": index}]}}
    return calm(app.run())


def project(app: AppTest, run: Run, kind: str) -> AppTest:
    return act(app.segmented_control(key=f"projection-{run.id}").set_value(kind))


def image_number(app: AppTest) -> Any:
    return app.number_input(key="latent_image")


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


class TestProjection:
    def test_two_dimensions_as_they_are(self, run: Run) -> None:
        app = open_page("latent")
        assert app.segmented_control(key="projection-finished").options == ["Two dimensions"]
        assert axes(app) == ("z1", "z2")
        np.testing.assert_array_equal(points(app), run.latents["mean"].astype(np.float32))

    def test_the_other_way_round(self, run: Run) -> None:
        app = open_page("latent")
        labelled(app.selectbox, "Across").set_value(1)
        labelled(app.selectbox, "Up").set_value(0)
        calm(app.run())
        assert axes(app) == ("z2", "z1")
        np.testing.assert_array_equal(points(app), run.latents["mean"][:, ::-1].astype(np.float32))

    def test_a_dimension_against_itself(self, run: Run) -> None:
        app = act(labelled(open_page("latent").selectbox, "Up").set_value(0))
        assert axes(app) == ("z1", "z1")
        shown = points(app)
        np.testing.assert_array_equal(shown[:, 0], shown[:, 1])

    def test_a_single_dimension(self, line_run: Run, runs: Path) -> None:
        run = copy_run(line_run, runs / "line")
        app = open_page("latent")
        assert "placed by the number that the encoder gives it." in words(app)
        assert app.segmented_control(key="projection-line").options == ["Two dimensions"]
        assert axes(app) == ("z1", "z1")
        assert points(app).shape == (len(run.latents["y"]), 2)
        assert sorted(charts(app)) == ["latent_cloud", "posterior-line"]

    def test_pca(self, wide: Run) -> None:
        app = open_page("latent")
        assert app.segmented_control(key="projection-wide").value == "PCA"
        expected = project_pca(wide)
        assert axes(app) == expected.axes
        np.testing.assert_allclose(np.abs(points(app)), np.abs(expected.points), atol=1e-4)
        bars, line = chart(app, "variance")["data"]
        assert len(bars["x"]) == 40
        np.testing.assert_allclose(numbers(bars["y"]), 100 * expected.variance)
        assert numbers(line["y"])[-1] == pytest.approx(100)

    def test_two_of_many_dimensions(self, wide: Run) -> None:
        app = project(open_page("latent"), wide, "Two dimensions")
        assert len(labelled(app.selectbox, "Across").options) == 40
        act(labelled(app.selectbox, "Across").set_value(39))
        assert axes(app) == ("z40", "z2")
        assert "variance" not in charts(app)
        expected = wide.latents["mean"][:, [39, 1]].astype(np.float32)
        np.testing.assert_array_equal(points(app), expected)

    def test_tsne_is_computed_beside_the_page(self, wide: Run, processes: Processes) -> None:
        processes.become_real()
        app = project(open_page("latent"), wide, "t-SNE")
        assert "Computing t-SNE of 2,000 test images" in words(app)
        assert "latent_cloud" not in charts(app)
        assert app.image  # the rest of the page is there meanwhile
        wait_until(lambda: not server.queue().is_pending(wide, "tsne"), "t-SNE is done")
        calm(app.run())
        assert axes(app) == ("t-SNE 1", "t-SNE 2")
        np.testing.assert_array_equal(points(app), read_tsne(wide).points)
        # From now on it is there at once, and first.
        assert axes(open_page("latent")) == ("t-SNE 1", "t-SNE 2")

    def test_tsne_that_fails(
        self, wide: Run, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        processes.become_real()
        monkeypatch.setattr(sys, "executable", shutil.which("false"))
        app = project(open_page("latent"), wide, "t-SNE")
        wait_until(lambda: not server.queue().is_pending(wide, "tsne"), "the worker has ended")
        calm(app.run())
        (error,) = app.error
        assert error.value.startswith("t-SNE could not be computed; worker.log")
        assert axes(project(app, wide, "PCA"))[0].startswith("PC1")

    def test_each_run_keeps_its_choice(self, wide: Run, run: Run) -> None:
        app = project(open_page("latent", run="wide"), wide, "Two dimensions")
        act(labelled(app.selectbox, "Across").set_value(39))
        act(picker(app).set_value(run.id))
        assert axes(app) == ("z1", "z2")
        act(picker(app).set_value(wide.id))
        assert axes(app)[0].startswith(("PC1", "z"))


@pytest.mark.usefixtures("run")
class TestLook:
    def test_classes_switched_off(self, run: Run) -> None:
        app = open_page("latent")
        assert app.pills[0].value == list(range(10))
        act(app.pills[0].set_value([3, 7]))
        assert [trace["name"] for trace in named(app)] == ["3", "7"]
        shown = sum(len(numbers(trace["x"])) for trace in named(app))
        assert shown == np.isin(run.latents["y"], [3, 7]).sum()

    def test_all_classes_switched_off(self) -> None:
        app = act(open_page("latent").pills[0].set_value([]))
        assert named(app) == []
        assert app.image

    def test_size_and_opacity(self) -> None:
        app = open_page("latent")
        labelled(app.slider, "Point size").set_value(9.5)
        labelled(app.slider, "Opacity").set_value(0.25)
        calm(app.run())
        for trace in named(app):
            assert (trace["marker"]["size"], trace["marker"]["opacity"]) == (9.5, 0.25)


class TestForeign:
    """A run from elsewhere, as far from usual as an import lets it be."""

    def test_class_names_are_no_markdown(self, run: Run) -> None:
        picture = "![x](https://example.org/x.png)"
        path = run.path / "config.json"
        write_json(path, read_json(path) | {"class_names": [f"{picture}{i}" for i in range(10)]})
        app = open_page("latent")
        assert app.pills[0].options[3] == plain(f"{picture}3")
        assert f"class {plain(picture)}" in words(app)
        assert "![" not in words(app)

    @pytest.mark.parametrize("far", [0.0, -1e6, 1e6])
    def test_two_images(self, far: float, wide_run: Run, runs: Path) -> None:
        files = unpack(export_zip(wide_run))
        arrays = {name: np.full((2, 40), far) for name in ("mean", "log_var")}
        arrays["mean"][1] *= -1.0
        buffer = io.BytesIO()
        np.savez(buffer, **arrays, y=np.zeros(2, np.uint8))
        data = pack({name: files[name] for name in ("config.json", "model.keras")}
                    | {"latents.npz": buffer.getvalue()})  # fmt: skip
        run = take(data, runs)
        for name in ("encoder.onnx", "decoder.onnx"):  # as the worker makes them
            shutil.copy(wide_run.path / name, run.path)
        for kind in ("PCA", "Two dimensions"):
            app = project(open_page("latent", run=run.id), run, kind)
            assert points(app).shape == (2, 2)
            assert image_number(app).max == 1
        assert f"start-cloud-{run.id}" in charts(open_page("start", run=run.id))


class TestImage:
    def test_a_typed_index(self, run: Run, digits: Dataset, pictures: dict[str, bytes]) -> None:
        app = open_page("latent")
        assert (image_number(app).min or 0, image_number(app).max) == (0, 359)
        act(image_number(app).set_value(359))
        label = run.class_names[digits.y_test[359]]
        assert f"Test image 359, class {label}: the image" in words(app)
        mean = run.latents["mean"][359]
        pair = np.stack([digits.x_test[359], to_uint8(run.decode(mean[None]))[0]])
        shown = pictures[picture_called(app, "Test image 359 and its reconstruction")]
        assert shows(shown, tile(pair, 1, 2))
        assert rings(app) == [tuple(mean.astype(np.float32))]

    def test_its_posterior(self, run: Run) -> None:
        app = act(image_number(open_page("latent")).set_value(5))
        (trace,) = chart(app, "posterior-finished")["data"]
        np.testing.assert_allclose(numbers(trace["y"]), run.latents["mean"][5], rtol=1e-6)
        deviations = np.exp(0.5 * run.latents["log_var"][5])
        np.testing.assert_allclose(numbers(trace["error_y"]["array"]), 2 * deviations, rtol=1e-6)

    @pytest.mark.usefixtures("run")
    def test_a_click(self) -> None:
        app = click(open_page("latent"), 17)
        assert image_number(app).value == 17
        assert alternatives(app) == ["Test image 17 and its reconstruction"]
        assert rings(app) == []  # the clicked dot is marked by the chart itself
        act(image_number(app).set_value(18))
        assert alternatives(app) == ["Test image 18 and its reconstruction"]
        assert len(rings(app)) == 1
        click(app, 19)
        assert alternatives(app) == ["Test image 19 and its reconstruction"]

    @pytest.mark.usefixtures("run")
    @pytest.mark.parametrize("selection", [{}, {"points": []}, {"points": [{}]}])
    def test_a_click_beside_the_dots(self, selection: dict[str, Any]) -> None:
        app = act(image_number(open_page("latent")).set_value(7))
        app.session_state["latent_cloud"] = {"selection": selection}
        assert image_number(calm(app.run())).value == 7

    def test_an_autoencoder_has_no_posterior(self, autoencoder_run: Run, runs: Path) -> None:
        copy_run(autoencoder_run, runs / "autoencoder")
        app = open_page("latent")
        assert "posterior" not in words(app)
        assert sorted(charts(app)) == ["latent_cloud", "variance"]

    def test_a_run_with_fewer_images(self, run: Run, convolutional_run: Run, runs: Path) -> None:
        copy_run(convolutional_run, runs / "stripes")
        app = act(image_number(open_page("latent", run="finished")).set_value(300))
        act(picker(app).set_value("stripes"))
        assert image_number(app).value == 39
        act(picker(app).set_value("finished"))
        assert image_number(app).value in (39, 300)

    def test_without_its_data_set(self, run: Run, pictures: dict[str, bytes]) -> None:
        path = run.path / "config.json"
        write_json(path, read_json(path) | {"dataset": "mnist"})
        app = open_page("latent")
        assert "The image itself needs the data set: get it on the Data page." in words(app)
        shown = pictures[picture_called(app, "Test image 0 and its reconstruction")]
        assert shows(shown, to_uint8(run.decode(run.latents["mean"][:1]))[0])

    def test_with_another_data_set_of_that_name(self, convolutional_run: Run, runs: Path) -> None:
        # The pictures that it learned from have another shape than those that are here.
        path = copy_run(convolutional_run, runs / "other").path / "config.json"
        write_json(path, read_json(path) | {"dataset": "digits"})
        app = open_page("latent")
        assert "The image itself needs the data set: only its maker has it." in words(app)
        assert app.image
