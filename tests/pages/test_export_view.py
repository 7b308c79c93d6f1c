"""Generate: what can be taken away, and that others open it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import streamlit as st
from PIL import Image

from pages.generate import export_demo
from pages.generate.export_view import FIGURES
from pages.generate.onnx_files import OPEN_IN_ONNX
from tests.conftest import copy_run
from tests.pages.crafted import change
from tests.pages.driving import act, labelled, open_page
from tests.pages.shown import shown_code, words
from vae.data.datasets import Dataset
from vae.export import offline_demo
from vae.export.keras_code import keras_notebook, keras_script
from vae.export.weights import named_weights
from vae.runs.run import Run

Downloads = dict[str, Callable[[], bytes]]


class TestModel:
    def test_keras_and_weights(self, run: Run, downloads: Downloads) -> None:
        open_page("generate", view="take-away")
        assert downloads["model.keras"]() == (run.path / "model.keras").read_bytes()
        with np.load(io.BytesIO(downloads["weights.npz"]())) as arrays:
            for name, values in named_weights(run).items():
                np.testing.assert_array_equal(arrays[name], values)

    def test_onnx_with_the_lines_that_are_shown(
        self,
        run: Run,
        digits: Dataset,
        downloads: Downloads,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        app = open_page("generate", view="take-away")
        assert not app.code  # that any is colored takes a second: it waits until it is asked for
        assert OPEN_IN_ONNX.strip() == shown_code(app, "Open it in ONNX Runtime")
        zipfile.ZipFile(io.BytesIO(downloads["onnx.zip"]())).extractall(tmp_path)
        monkeypatch.chdir(tmp_path)
        names = {"images": digits.x_test[:5] / np.float32(255)}
        exec(OPEN_IN_ONNX, names)
        mean, log_var = run.encode(digits.x_test[:5])
        np.testing.assert_allclose(names["mean"], mean, atol=1e-5)
        np.testing.assert_allclose(names["log_var"], log_var, atol=1e-5)
        np.testing.assert_allclose(names["reconstruction"], run.decode(mean), atol=1e-5)
        assert onnxruntime.__version__

    def test_before_the_run_has_ended(self, run: Run, downloads: Downloads) -> None:
        """Of a run that trains the networks alone are there, for pages to look at."""
        for name in ("model.keras", "latents.npz"):
            (run.path / name).unlink()
        app = open_page("generate", view="take-away")
        assert "when the run ends" in words(app)
        labels = [button.label for button in app.download_button]
        assert not {"Keras", "Weights", "Download the demo"} & set(labels)
        assert downloads["onnx.zip"]()


class TestFigures:
    def test_each_in_each_format(self, run: Run, downloads: Downloads) -> None:
        app = open_page("generate", view="take-away")
        for name in FIGURES:
            act(labelled(app.selectbox, "Figure").set_value(name))
            file = name.lower().replace(" ", "-")
            assert downloads[f"{file}.pdf"]().startswith(b"%PDF")
            assert b"<svg" in downloads[f"{file}.svg"]()
            with Image.open(io.BytesIO(downloads[f"{file}.png"]())) as opened:
                assert opened.text["Run"] == "digits Custom finished"

    def test_before_there_are_latents(self, run: Run) -> None:
        (run.path / "latents.npz").unlink()
        app = open_page("generate", view="take-away")
        options = labelled(app.selectbox, "Figure").options
        assert options == ["Learning curves", "Reconstruction by class", "Manifold of z1 and z2"]

    def test_of_a_single_dimension(self, line_run: Run, runs: Path) -> None:
        copy_run(line_run, runs / "line")
        app = open_page("generate", view="take-away")
        assert "Manifold of z1 and z2" not in labelled(app.selectbox, "Figure").options


class TestCode:
    def test_script_and_notebook(self, run: Run, downloads: Downloads) -> None:
        app = open_page("generate", view="take-away")
        arguments = run.config, run.dataset, run.image_shape
        assert downloads["script.py"]().decode() == keras_script(*arguments)
        notebook = downloads["notebook.ipynb"]().decode()
        assert json.loads(notebook) == json.loads(keras_notebook(*arguments))
        assert keras_script(*arguments).strip() == shown_code(app, "Show the script")
        assert "changed while it trained" not in words(app)

    def test_of_pictures_of_ones_own(self, convolutional_run: Run, runs: Path) -> None:
        copy_run(convolutional_run, runs / "stripes")
        said = words(open_page("generate", view="take-away"))
        assert "stripes is none of them" in said

    def test_a_run_whose_settings_were_changed(self, run: Run) -> None:
        with (run.path / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(change(1, 3, beta=0.5)) + "\n")
        said = words(open_page("generate", view="take-away"))
        assert "The script has those of its start." in said


class TestDemo:
    def test_is_one_file(self, run: Run, downloads: Downloads) -> None:
        open_page("generate", view="take-away")
        content = downloads["digits Custom finished.html"]()
        assert content.startswith(b"<!doctype html>")
        assert run.id.encode() not in content or run.id == "finished"

    def test_one_that_is_too_large_says_so(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, downloads: Downloads
    ) -> None:
        monkeypatch.setattr(export_demo, "SURE_PARAMETERS", 100)
        open_page("generate", view="take-away")
        assert "digits Custom finished.html" in downloads  # it was tried, and fits
        monkeypatch.setattr(offline_demo, "MAX_BYTES", 1000)
        st.cache_data.clear()
        said = words(open_page("generate", view="take-away"))
        assert "An offline demo is at most 0 MB. Received: a decoder of" in said
