"""Exported models in the oldest versions that are promised: Keras 3.4, ONNX Runtime 1.15."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages.generate.onnx_files import ONNX_WORDS, open_in_onnx
from tests.oldest import run_oldest
from vae.cli.main import main
from vae.config import Config
from vae.errors import RunError
from vae.export.keras_code import open_in_keras
from vae.layers import ImageShape
from vae.model.base import build
from vae.model.keras_compat import OLDEST_KERAS, portable
from vae.model.saving import ONNX_OPSET, export_onnx, save_keras
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore
from vae.shipped.train import SHIPPED_RUNS, derive

DENSE = Config(latent_dim=3, hidden=(16,), seed=5)
CONVOLUTIONAL = DENSE.replace(network="convolutional", hidden=(4, 6), dense_layers=(10,))
AUTOENCODER = {"kind": "autoencoder", "beta": 0.0}
# Each kind, with both networks where it has an encoder and a decoder, and each likelihood.
NEW: dict[str, tuple[Config, ImageShape]] = {
    "vae": (DENSE, (8, 8, 1)),
    "vae-convolutional": (CONVOLUTIONAL, (12, 9, 3)),
    "conditional": (DENSE.replace(kind="conditional"), (8, 8, 1)),
    "autoencoder-continuous-bernoulli": (
        DENSE.replace(**AUTOENCODER, likelihood="continuous_bernoulli"),
        (8, 8, 1),
    ),
    "autoencoder-convolutional": (CONVOLUTIONAL.replace(**AUTOENCODER), (8, 8, 1)),
    "gaussian": (DENSE.replace(likelihood="gaussian"), (8, 8, 1)),
    "gaussian-conditional": (
        CONVOLUTIONAL.replace(kind="conditional", likelihood="gaussian"),
        (8, 8, 1),
    ),
    "classifier": (Config(kind="classifier", hidden=(16,), seed=5), (8, 8, 1)),
    "gan": (DENSE.replace(kind="gan"), (8, 8, 1)),
    "gan-conditional": (CONVOLUTIONAL.replace(kind="gan", conditional=True), (8, 8, 1)),
}
CLASSES = 10


def shipped_layers(name: str) -> tuple[Any, ...]:
    config = open_run(SHIPPED / name).config
    return config.kind, config.conditional, config.network, config.likelihood


# One of those that have the same layers, of whatever sizes.
SHIPPED_ONCE = list({shipped_layers(name): name for name in reversed(SHIPPED_RUNS)}.values())
# Opens each folder's files by the lines that the app shows for them.
OPEN = """
import json, os, sys
import keras, numpy as np, onnxruntime
for folder in sys.argv[1:]:
    os.chdir(folder)
    given = dict(np.load("inputs.npz"))
    outputs = {}
    for code in ("keras", "onnx"):
        names = dict(given)
        with open(code + ".txt") as file:
            exec(file.read(), names)
        if "probabilities" in names:
            outputs[code + "_probabilities"] = names["probabilities"]
        elif code == "keras":
            outputs |= names["outputs"]
            codes = [given["z"], given["labels"]] if "labels" in given else given["z"]
            outputs["decoded"] = names["model"].get_layer("decoder").predict(codes, verbose=0)
        elif "real" in names:
            outputs |= {"onnx_image": names["images"], "onnx_probability": names["real"]}
        else:
            outputs |= {f"onnx_{name}": names[name] for name in ("mean", "log_var")}
            outputs["onnx_reconstruction"] = names["reconstruction"]
    np.savez("outputs.npz", **outputs)
print(json.dumps([keras.__version__, keras.backend.backend(), onnxruntime.__version__]))
"""


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def shipped_file(name: str) -> bytes:
    return (SHIPPED / name / "model.keras").read_bytes()


def inputs(model: Any) -> dict[str, np.ndarray]:
    """Return codes and, as images, what they decode to: of noise the activations are so large that
    rounding alone exceeds the tolerance. Of a classifier, which has no codes, pale noise."""
    if model.config.has("classifier"):
        pale = 0.2 * np.random.default_rng(0).random((9, *model.image_shape), dtype=np.float32)
        return {"images": pale}
    z = np.random.default_rng(0).standard_normal((9, model.config.latent_dim), dtype=np.float32)
    if not model.config.conditional:
        return {"z": z, "images": np.asarray(model.decoder(z))}
    labels = np.eye(CLASSES, dtype=np.float32)[np.arange(9) % CLASSES]
    return {"z": z, "labels": labels, "images": np.asarray(model.decoder([z, labels]))}


def ours(model: Any, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what these files must give, by the model that they were made of."""
    if model.config.has("classifier"):
        probabilities = np.asarray(model.classifier(inputs["images"]))
        return {f"{code}_probabilities": probabilities for code in ("keras", "onnx")}
    label = [inputs["labels"]] if "labels" in inputs else []
    if model.config.has("discriminator"):
        image = np.asarray(model.decoder([inputs["z"], *label] if label else inputs["z"]))
        judged = np.asarray(model.discriminator([image, *label] if label else image))
        found = {"image": image, "probability": judged}
        return found | {f"onnx_{name}": values for name, values in found.items()}
    encoded = model.encoder([inputs["images"], *label] if label else inputs["images"])
    mean, log_var = map(np.asarray, encoded)
    found = {
        "mean": mean,
        "log_var": log_var,
        "reconstruction": model.decoder([mean, *label] if label else mean),
    }
    found |= {f"onnx_{name}": values for name, values in found.items()}
    found["decoded"] = model.decoder([inputs["z"], *label] if label else inputs["z"])
    return {name: np.asarray(values) for name, values in found.items()}


@dataclasses.dataclass
class Opened:
    """What came out of each model, there and here, and the versions there."""

    found: dict[str, dict[str, np.ndarray]]
    expected: dict[str, dict[str, np.ndarray]]
    versions: list[str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    top = tmp_path_factory.mktemp("oldest")
    expected = {}
    for name in (*SHIPPED_ONCE, *NEW):
        folder = top / name
        folder.mkdir()
        if name in NEW:
            config, shape = NEW[name]
            knows_classes = config.conditional or config.has("classifier")
            model = build(config, shape, CLASSES if knows_classes else 0)
            save_keras(model, folder)
            export_onnx(model, folder)
        else:
            run: Run = RunStore().open(name)
            config, model = run.config, run.load_model()
            for file in ("model.keras", *run.network_files):
                (folder / file).write_bytes((run.path / file).read_bytes())
        arrays = inputs(model)
        np.savez(folder / "inputs.npz", **arrays)
        (folder / "keras.txt").write_text(open_in_keras(config), encoding="utf-8")
        (folder / "onnx.txt").write_text(open_in_onnx(config), encoding="utf-8")
        expected[name] = ours(model, arrays)
    done = run_oldest("-c", OPEN, *(top / name for name in expected), cwd=top)
    assert done.returncode == 0, done.stderr[-2000:]
    found = {name: dict(np.load(top / name / "outputs.npz")) for name in expected}
    return Opened(found, expected, json.loads(done.stdout.splitlines()[-1]))


class TestOldest:
    def test_is_what_is_promised(self, opened: Opened) -> None:
        keras, _, onnxruntime = opened.versions
        assert keras.startswith(f"{OLDEST_KERAS}.")
        assert onnxruntime.startswith(("1.15.", "1.17.", "1.20."))  # Python 3.11, 3.12, 3.13

    @pytest.mark.parametrize("name", [*SHIPPED_ONCE, *NEW])
    def test_gives_the_same(self, name: str, opened: Opened) -> None:
        for output, values in opened.expected[name].items():
            np.testing.assert_allclose(
                opened.found[name][output], values, rtol=1e-5, atol=1e-5, err_msg=output
            )

    def test_the_variance_of_a_gaussian(self, opened: Opened) -> None:
        values = opened.found["gaussian"]["pixel_log_var"]
        np.testing.assert_allclose(values, build(*NEW["gaussian"]).pixel_log_var, atol=1e-5)


class TestPortable:
    @pytest.mark.parametrize("name", SHIPPED_RUNS)
    def test_shipped_files_are(self, name: str) -> None:
        content = shipped_file(name)
        assert portable(content) is content

    def test_new_files_are(self, tmp_path: Path) -> None:
        save_keras(build(*NEW["vae"]), tmp_path)
        content = (tmp_path / "model.keras").read_bytes()
        assert portable(content) is content

    def test_a_run_of_an_earlier_version(self, tmp_path: Path) -> None:
        """Its file is as its Keras wrote it: what ships is mended, what goes out is portable."""
        old = shipped_file("digits")
        shutil.copytree(SHIPPED / "digits", tmp_path / "digits")
        path = tmp_path / "digits" / "model.keras"
        later = members(old)
        config = json.loads(later["config.json"])
        later["config.json"] = json.dumps(config | {"quantization_config": None}).encode()
        path.write_bytes(zipped(later))
        assert portable(path.read_bytes()) != path.read_bytes()
        out = tmp_path / "out.keras"
        assert main(["export", str(path.parent), "--format", "keras", "--out", str(out)]) == 0
        assert members(out.read_bytes()) == members(old)
        derive(open_run(path.parent))
        assert members(path.read_bytes()) == members(old)
        mended = path.stat()
        derive(open_run(path.parent))
        assert path.stat() == mended  # again: nothing is left to do

    def test_nulls_of_later_versions_alone_go(self) -> None:
        old = members(shipped_file("digits"))
        later = {"quantization_config": None, "input_axes": None, "output_axes": None}
        stored = {
            "kernel_regularizer": None,
            "quantization_config": {"bits": 8},
            "steps": [1, None],
        }
        config = {"a": [{**later, "b": {**later, "c": stored}}], "config": {**later, "name": "x"}}
        written = zipped(old | {"config.json": json.dumps(config).encode()})
        content = portable(written)
        new = members(content)
        assert json.loads(new["config.json"]) == {
            "a": [{"b": {"c": stored}}],
            "config": {"name": "x"},
        }
        assert new["model.weights.h5"] == old["model.weights.h5"]
        assert new["metadata.json"] == old["metadata.json"]
        assert list(new) == list(old)
        # The same bytes at any time, and nothing left to do.
        assert content == portable(written)
        assert portable(content) is content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    @pytest.mark.parametrize("content", [b"", b"no zip"])
    def test_no_keras_file(self, content: bytes) -> None:
        with pytest.raises(RunError, match=r"model\.keras must be a whole Keras file .*Received"):
            portable(content)


class TestOpset:
    def test_the_page_says_it(self) -> None:
        assert f"opset {ONNX_OPSET}:" in ONNX_WORDS

    @pytest.mark.parametrize(
        "path",
        [
            SHIPPED / run.id / file
            for run in RunStore().list_shipped()
            for file in run.network_files
        ],
        ids=lambda path: f"{path.parent.name}-{path.stem}",
    )
    def test_of_shipped_files(self, path: Path) -> None:
        onnx = pytest.importorskip("onnx")
        model = onnx.load(path)
        assert [each.version for each in model.opset_import if not each.domain] == [ONNX_OPSET]
