"""The offline demo as a file: what is in it, how large it is, and that names cannot break it."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from tests.conftest import ROOT
from tests.handmade import TEST_IMAGES, make_run
from tests.pages.crafted import row
from vae.cli.main import main
from vae.config import Config
from vae.errors import RunError
from vae.export import offline_demo
from vae.export.offline_demo import MAX_BYTES, MIN_ROUNDED, _packed, demo_page, write_demo
from vae.export.weights import read_weights
from vae.figures.colors import class_color
from vae.latent.planes import pca_plane
from vae.latent.traversals import ranked_dimensions
from vae.runs.metadata import write_metadata
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore
from vae.sampling.prior import balanced_labels

SHIPPED_RUNS = [run.id for run in RunStore().list_shipped() if run.config.has("encoder")]
SMALL = Config(latent_dim=3, hidden=(8,))
NASTY = "</script><script>alert(1)</script>{{style}} & <b>"


class Parts(HTMLParser):
    """The elements of a page, and the text that each begins with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("", ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, text = self.found[-1]
            self.found[-1] = tag, text + data

    def of(self, tag: str) -> list[str]:
        return [text for name, text in self.found if name == tag]


def data_of(page: str) -> dict[str, Any]:
    return json.loads(Parts(page).of("script")[0])


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def unpacked(packed: dict[str, Any]) -> np.ndarray:
    """Read numbers as the page does: (N,), or (N, columns) where they were rounded."""
    if "float32" in packed:
        return floats(packed["float32"])
    steps = np.frombuffer(base64.b64decode(packed["uint16"]), "<u2")
    low, step = floats(packed["low"]), floats(packed["step"])
    return low + step * steps.reshape(-1, len(low))


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


class TestBasics:
    @pytest.mark.parametrize("name", SHIPPED_RUNS)
    def test_a_shipped_run_is_a_small_file(self, name: str) -> None:
        run = open_run(SHIPPED / name)
        page = demo_page(run)
        weights = sum(part.nbytes for pair in read_weights(run).values() for part in pair)
        assert 4 / 3 * weights < len(page.encode()) < MAX_BYTES
        assert data_of(page)["bits"] == 32

    def test_nothing_is_fetched(self, shipped: Run) -> None:
        page = demo_page(shipped)
        # The one address names SVG's elements; nobody asks a server for it.
        assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"\b(src|href)=|@import|url\(|\bfetch\(|\bimport\b", page)
        assert "default-src 'none'" in page

    def test_it_has_the_style_of_the_app(self) -> None:
        theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
        light, dark = (ROOT / "vae/export/offline/page.css").read_text().split("@media", 1)
        for colors, css in ((theme["light"], light), (theme["dark"], dark)):
            for name, variable in {
                "primaryColor": "primary",
                "backgroundColor": "background",
                "secondaryBackgroundColor": "secondary",
                "textColor": "text",
                "borderColor": "border",
            }.items():
                assert f"--{variable}: {colors[name]};" in css

    def test_every_source_file_is_in_it(self) -> None:
        found = {path.name for path in (ROOT / "vae/export/offline").iterdir()}
        assert found == {*offline_demo._PARTS, "page.html", "page.css"}

    def test_names_cannot_break_out(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1), class_names=(NASTY, "other"))
        write_metadata(run.path, name=NASTY[:60])
        parts = Parts(demo_page(open_run(run.path)))
        data, script = parts.of("script")
        assert json.loads(data)["name"] == NASTY[:60]
        assert json.loads(data)["classes"][0]["name"] == NASTY
        assert script.strip().startswith("//")
        assert parts.of("title") == [f"{NASTY[:60]} – VAE Lab"]
        assert not parts.of("b")

    def test_the_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        out = tmp_path / "new" / "demo.html"
        assert main(["demo", str(run.path), "--out", str(out), "--json"]) == 0
        said = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert said == {"out": str(out), "bytes": out.stat().st_size}
        assert out.read_text().startswith("<!doctype html>")
        (run.path / "decoder.onnx").unlink()
        assert main(["demo", str(run.path), "--out", str(out)]) == 2
        assert "no model yet" in capsys.readouterr().err

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"A demo is written to .* Received: .*demo.html"):
            write_demo(run, tmp_path / "file" / "demo.html")

    def test_a_run_without_latent_means(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        (run.path / "latents.npz").unlink()
        with pytest.raises(RunError, match="no latent means yet"):
            demo_page(run)

    def test_latent_means_that_are_no_numbers(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        arrays = dict(run.latents)
        arrays["mean"][3, 1] = np.nan
        np.savez(run.path / "latents.npz", **arrays)
        with pytest.raises(RunError, match=r"finite numbers\. Received: run, where 1 are"):
            demo_page(open_run(run.path))


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
