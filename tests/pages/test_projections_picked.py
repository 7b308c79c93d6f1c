"""One test image closely in the Projections view, and what a foreign run or browser sends."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages._shared.plain import plain
from tests.archive.zips import pack, take, unpack
from tests.conftest import copy_run, say_learned
from tests.pages.driving import act, go, picker
from tests.pages.projecting import (
    board,
    image_number,
    pick,
    points,
    project,
    see,
    show_in_3d,
    tiles,
)
from tests.pages.shown import (
    alternatives,
    chart,
    component,
    components,
    numbers,
    picture_called,
    shows,
    words,
)
from vae.archive.zip_export import export_zip
from vae.data.datasets import Dataset
from vae.files import read_json, write_json
from vae.images import tile, to_uint8
from vae.latent.projections import compute_tsne
from vae.runs.run import Run


class TestPicked:
    def test_a_typed_number(self, run: Run, digits: Dataset, pictures: dict[str, bytes]) -> None:
        app = see()
        act(image_number(app).set_value("360"))
        assert "from 0 to 359. You typed “360”. Still used: 0." in words(app)
        act(image_number(app).set_value("359"))
        label = run.class_names[digits.y_test[359]]
        assert f"Test image 359, class {label}" in words(app)
        mean = run.latents["mean"][359]
        pair = np.stack([digits.x_test[359], to_uint8(run.decode(mean[None]))[0]])
        shown = pictures[picture_called(app, "Test image 359 and its reconstruction")]
        assert shows(shown, tile(pair, 1, 2))
        assert board(app, run)["pin"] == pytest.approx(points(app, run)[359].tolist())
        distances = np.linalg.norm(run.latents["mean"] - mean, axis=1)
        assert board(app, run)["neighbours"] == np.argsort(distances)[1:11].tolist()

    def test_its_posterior(self, run: Run) -> None:
        app = act(image_number(see()).set_value("5"))
        (trace,) = component(app, "posterior-finished")["data"]
        np.testing.assert_allclose(numbers(trace["y"]), run.latents["mean"][5], rtol=1e-6)
        deviations = np.exp(0.5 * run.latents["log_var"][5])
        np.testing.assert_allclose(numbers(trace["error_y"]["array"]), 2 * deviations, rtol=1e-6)

    def test_a_click_and_a_number_in_turn(self, run: Run) -> None:
        app = pick(see(), {"kind": "image", "index": 17})
        assert image_number(app).value == "17"
        assert alternatives(app)[0] == "Test image 17 and its reconstruction"
        act(image_number(app).set_value("18"))
        assert alternatives(app)[0] == "Test image 18 and its reconstruction"
        pick(app, {"kind": "image", "index": 19})
        assert image_number(app).value == "19"
        # It stays picked in another projection, and when the view is left and entered again.
        go(app, "generate")
        assert image_number(go(app, "latent")).value == "19"

    def test_a_selection(self, run: Run) -> None:
        app = pick(see(), {"kind": "selection", "indices": [5, 3, 9]})
        assert "3 test images selected" in words(app)
        assert board(app, run)["selected"] == [3, 5, 9]
        assert board(app, run)["pin"] is None
        act(image_number(app).set_value("4"))
        assert board(app, run)["selected"] == []
        assert alternatives(app)[0] == "Test image 4 and its reconstruction"

    @pytest.mark.parametrize(
        "picked",
        [
            "x",
            {},
            {"kind": "place", "x": 0.0, "y": 0.0},
            {"kind": "image", "index": 10**9},
            {"kind": "image", "index": "many"},
            {"kind": "selection", "indices": [-1, 10**9]},
            {"kind": "selection", "indices": None},
        ],
    )
    def test_what_no_click_picks(self, run: Run, picked: Any) -> None:
        assert image_number(pick(see(), picked)).value == "0"

    def test_an_autoencoder_has_no_posterior(self, autoencoder_run: Run, runs: Path) -> None:
        copy_run(autoencoder_run, runs / "autoencoder")
        assert "variance" in components(see())

    def test_a_run_with_fewer_images(self, run: Run, convolutional_run: Run, runs: Path) -> None:
        stripes = copy_run(convolutional_run, runs / "stripes")
        app = act(image_number(see(run="finished")).set_value("300"))
        act(picker(app).set_value("stripes"))
        assert image_number(app).value == "0"
        assert len(points(app, stripes)) == 40
        assert tiles(app, stripes).shape[1:] == (12, 9, 3)

    def test_without_its_data_set(self, run: Run, pictures: dict[str, bytes]) -> None:
        say_learned(run.path, "mnist")
        app = see()
        assert (
            "The image itself cannot be shown: it needs the images of MNIST, which are not on this"
            in words(app)
        )
        shown = pictures[picture_called(app, "Test image 0 and its reconstruction")]
        assert shows(shown, to_uint8(run.decode(run.latents["mean"][:1]))[0])

    def test_with_another_data_set_of_that_name(self, convolutional_run: Run, runs: Path) -> None:
        # The pictures that it learned from have another shape than those that are here.
        path = copy_run(convolutional_run, runs / "other").path / "config.json"
        write_json(path, read_json(path) | {"dataset": "digits"})
        app = see()
        assert "which only its maker has: not Digits's." in words(app)
        assert app.image


class TestForeign:
    """A run from elsewhere, as far from usual as an import lets it be."""

    def test_class_names_are_no_markdown(self, run: Run) -> None:
        name = "![x](https://a.b/x.png)"
        path = run.path / "config.json"
        write_json(path, read_json(path) | {"class_names": [f"{name}{i}" for i in range(10)]})
        app = see()
        assert f"class {plain(name)}" in words(app)
        assert "![" not in words(app)

    def test_class_names_are_no_html(self, wide: Run) -> None:
        path = wide.path / "config.json"
        write_json(path, read_json(path) | {"class_names": ["<b>bold</b>"] * 10})
        figure = chart(show_in_3d(see()), "cloud3d-PCA-wide-chart")
        assert {trace["name"] for trace in figure["data"]} == {"&lt;b&gt;bold&lt;/b&gt;"}

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
        app = see(run=run.id)
        if far > 0:  # variances beyond what a number can be
            assert "This run diverged: its codes are not finite numbers" in words(app)
        elif far:
            assert points(app, run).shape == (2, 2)
            assert "from 0 to 1." in words(act(image_number(app).set_value("2")))
        else:
            assert "All test images have the same code" in words(app)

    def test_tsne_of_fewer_images_than_there_are(self, wide: Run) -> None:
        np.savez(wide.path / "tsne.npz", points=np.zeros((1, 2), np.float32))
        app = act(image_number(see()).set_value("7"))
        project(app, "t-SNE")
        assert len(points(app, wide)) == 1
        assert image_number(app).value == "0"

    def test_color_images_in_64_dimensions(self, color_run: Run) -> None:
        compute_tsne(color_run)
        app = project(see(), "t-SNE")
        assert tiles(app, color_run).shape[1:] == (64, 64, 3)
        assert len(points(app, color_run)) == 20
