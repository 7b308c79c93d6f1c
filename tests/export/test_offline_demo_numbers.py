"""The numbers in an offline demo are those of its run."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from tests.export.demo_pages import data_of, floats, unpacked
from tests.handmade import TEST_IMAGES, make_run
from tests.pages.crafted import row
from vae.config import Config
from vae.errors import RunError
from vae.export import offline_demo
from vae.export.offline_demo import MIN_ROUNDED, _packed, demo_page
from vae.export.weights import read_weights
from vae.figures.colors import class_color
from vae.latent.planes import pca_plane
from vae.latent.traversals import ranked_dimensions
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore
from vae.sampling.prior import balanced_labels

SHIPPED_RUNS = [run.id for run in RunStore().list_shipped() if run.config.has("encoder")]
SMALL = Config(latent_dim=3, hidden=(8,))


def decode_with(run: Run, change: Callable[[np.ndarray], np.ndarray], z: np.ndarray) -> np.ndarray:
    """Decode with kernels that were changed: (N, H, W, C)."""
    model = onnx.load(run.path / "decoder.onnx")
    for item in model.graph.initializer:
        array = onnx.numpy_helper.to_array(item)
        if array.dtype == np.float32 and array.size >= MIN_ROUNDED:
            changed = change(array).astype(np.float32)
            item.CopyFrom(onnx.numpy_helper.from_array(changed, item.name))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    one_hot = np.eye(run.classes, dtype=np.float32)[balanced_labels(len(z), run.classes)]
    inputs = {"z": z, "label": one_hot} if run.config.conditional else {"z": z}
    return session.run(None, inputs)[0]


@pytest.fixture(scope="module")
def shipped() -> Run:
    return open_run(SHIPPED / "mnist-recommended")


@pytest.fixture(scope="module")
def data(shipped: Run) -> dict[str, Any]:
    return data_of(demo_page(shipped))


class TestCorrectness:
    def test_facts_are_the_evaluation_s(self, data: dict[str, Any], shipped: Run) -> None:
        facts = dict(data["facts"])
        assert facts["Data set"] == "MNIST"
        assert facts["Parameters"] == "203,288"
        found = shipped.metrics
        assert facts["ELBO"] == (
            f"−{found['loss']:.1f} ± {found['elbo_standard_error']:.1f} nats per image"
        )
        assert found["treatment"] in data["measuredOn"]

    def test_an_autoencoder_has_no_elbo(self) -> None:
        facts = dict(data_of(demo_page(open_run(SHIPPED / "mnist-autoencoder")))["facts"])
        assert "ELBO" not in facts
        assert facts["Reconstruction"].endswith("nats per image")

    def test_a_run_without_an_evaluation_says_nothing_of_it(self, tmp_path: Path) -> None:
        found = data_of(demo_page(make_run(tmp_path / "run", SMALL, (8, 8, 1))))
        assert [name for name, _ in found["facts"]][-1] == "Epochs"
        assert found["measuredOn"] == ""
        assert found["curves"]["titles"] == {}

    def test_codes_are_those_of_the_test_images(self, data: dict[str, Any], shipped: Run) -> None:
        mean, y = shipped.latents["mean"], shipped.latents["y"]
        codes = unpacked(data["codes"])
        assert codes.shape == mean.shape
        assert np.abs(codes - mean).max() <= 0.51 * floats(data["codes"]["step"]).max() < 1e-4
        np.testing.assert_array_equal(np.frombuffer(base64.b64decode(data["labels"]), np.uint8), y)
        assert [each["color"] for each in data["classes"]] == [class_color(i) for i in range(10)]

    def test_many_dimensions_leave_room_for_fewer_images(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        monkeypatch.setattr(offline_demo, "MAX_CODES", TEST_IMAGES)  # a third of what there is
        found = data_of(demo_page(run))
        codes = unpacked(found["codes"])
        assert np.abs(codes - run.latents["mean"][::3]).max() < 1e-4
        assert len(base64.b64decode(found["labels"])) == len(codes)

    def test_the_plane_is_the_app_s(self, data: dict[str, Any], shipped: Run) -> None:
        plane, found = pca_plane(shipped.latents["mean"].astype(float)), data["plane"]
        points = np.array([[0.5, -1.0], [2.0, 0.0]])
        codes = np.array(found["origin"]) + points @ np.array(found["axes"])
        np.testing.assert_allclose(codes, plane.codes(points), atol=1e-6)
        back = (codes - np.array(found["origin"])) @ np.array(found["inverse"])
        np.testing.assert_allclose(back, points, atol=1e-9)

    def test_dimensions_come_by_their_kl(self, data: dict[str, Any], shipped: Run) -> None:
        indices = [each["index"] for each in data["dimensions"]]
        assert indices == [each.index for each in ranked_dimensions(shipped)]
        kl = [each["kl"] for each in data["dimensions"]]
        assert kl == sorted(kl, reverse=True)

    def test_curves_are_the_history_s(self, data: dict[str, Any], shipped: Run) -> None:
        assert list(data["curves"]["titles"]) == ["loss", "reconstruction", "kl"]
        held = data["curves"]["points"]["validation"]
        np.testing.assert_allclose(held["loss"], shipped.history["val_loss"], rtol=1e-5)

    def test_a_row_of_no_numbers_is_left_out(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        rows = [row(1, 3.0, (0.0,), kind="step", step=step) for step in (1, 2)]
        rows[1]["loss"] = float("nan")
        (run.path / "history.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
        curves = data_of(demo_page(open_run(run.path)))["curves"]
        assert curves["points"]["training"]["loss"] == [3.0]

    def test_an_autoencoder_has_no_curve_of_a_kl(self, tmp_path: Path) -> None:
        config = SMALL.replace(kind="autoencoder", beta=0.0)
        run = make_run(tmp_path / "run", config, (8, 8, 1))
        (run.path / "history.jsonl").write_text(json.dumps(row(1, 3.0, (0.0,), kind="step")) + "\n")
        curves = data_of(demo_page(open_run(run.path)))["curves"]
        assert curves["titles"] == {"loss": "Reconstruction loss"}

    def test_weights_are_exact(self, data: dict[str, Any], shipped: Run) -> None:
        weights = read_weights(shipped)
        described = {x["kernel"]["float32"]: x for x in data["layers"] if "kernel" in x}
        assert len(described) == len(weights) == 2
        for layer, pair in zip(described.values(), weights.values(), strict=True):
            for name, expected in pair._asdict().items():
                np.testing.assert_array_equal(unpacked(layer[name]), expected.ravel())

    def test_a_large_network_is_rounded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = make_run(tmp_path / "run", SMALL.replace(hidden=(256,)), (32, 32, 1))
        exact = demo_page(run)
        monkeypatch.setattr(offline_demo, "MAX_BYTES", len(exact) - 1)
        page = demo_page(run)
        assert len(page) < 0.7 * len(exact)
        found = data_of(page)
        assert found["bits"] == 16
        small, kernel = (layer["kernel"] for layer in found["layers"] if "kernel" in layer)
        assert "float32" in small
        expected = read_weights(run)["pixels"].kernel
        assert np.abs(unpacked(kernel) - expected).max() <= 0.51 * floats(kernel["step"]).max()

    @pytest.mark.parametrize("name", SHIPPED_RUNS)
    def test_rounding_moves_pixels_by_less_than_a_thousandth(self, name: str) -> None:
        run = open_run(SHIPPED / name)
        z = run.latents["mean"][:500]

        def rounded(kernel: np.ndarray) -> np.ndarray:
            return unpacked(_packed(kernel, 16)).reshape(kernel.shape)

        exact = run.decode(z, balanced_labels(len(z), run.classes))
        assert np.abs(decode_with(run, rounded, z) - exact).max() < 1e-3

    def test_a_conditional_decoder_takes_a_label(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL.replace(kind="conditional"), (8, 8, 1))
        found = data_of(demo_page(run))
        assert found["isConditional"]
        layers = [(layer["class"], layer["shape"]) for layer in found["layers"][:4]]
        joined = [("InputLayer", [3]), ("InputLayer", [2]), ("Concatenate", [5]), ("Dense", [8])]
        assert layers == joined
        kernel = read_weights(run)["hidden_1"].kernel
        assert kernel.shape == (5, 8)
        np.testing.assert_array_equal(unpacked(found["layers"][3]["kernel"]), kernel.ravel())
        assert not data_of(demo_page(make_run(tmp_path / "other", SMALL, (8, 8, 1))))[
            "isConditional"
        ]

    def test_one_that_is_too_large_either_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        monkeypatch.setattr(offline_demo, "MAX_BYTES", 10_000)
        with pytest.raises(RunError, match="Received: a decoder of 608 parameters, which would"):
            demo_page(run)

    def test_a_run_may_have_one_dimension(self, tmp_path: Path) -> None:
        found = data_of(demo_page(make_run(tmp_path / "run", Config(latent_dim=1), (8, 8, 1))))
        assert found["plane"]["isLine"]
        assert np.isfinite(list(found["plane"]["extent"].values())).all()
