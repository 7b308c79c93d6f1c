"""What model.keras must hold when it comes from elsewhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.archive.changed import Files
from tests.archive.zips import pack, refused, take, unpack, unpack_flat
from vae.architecture import summarize
from vae.archive.vetting import Frame
from vae.archive.vetting_keras import check_keras
from vae.archive.zip_export import export_zip
from vae.config import Config
from vae.errors import RunError
from vae.layers import ImageShape
from vae.model.base import build
from vae.model.saving import save_keras
from vae.model.weights_file import check_weights
from vae.runs.run import Run
from vae.runs.store import RunStore


def with_model(files: Files, change: Callable[[Any], Any]) -> bytes:
    """Return the run's zip with a model.keras whose config.json was changed."""
    with zipfile.ZipFile(io.BytesIO(files["model.keras"])) as zipped:
        inner = {name: zipped.read(name) for name in zipped.namelist()}
    model = json.loads(inner["config.json"])
    changed = change(model)
    inner["config.json"] = json.dumps(model if changed is None else changed).encode()
    return pack(files | {"model.keras": pack(inner, top="")})


def layer(model: Any, network: str, name: str) -> Any:
    """Find a layer in the description of a model."""
    (found,) = (item for item in model["config"]["layers"] if item["config"]["name"] == network)
    (found,) = (item for item in found["config"]["layers"] if item["config"]["name"] == name)
    return found


def evil_lambda(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    code = {"class_name": "__lambda__", "config": {"value": "4wEAAAA=", "defaults": None}}
    dense |= {"class_name": "Lambda", "config": {"name": "hidden_1", "function": code}}


def custom_class(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    dense |= {"module": "os", "class_name": "system", "registered_name": "system"}


def registered_class(model: Any) -> None:
    layer(model, "decoder", "pixels")["registered_name"] = "evil>Dense"


def foreign_function(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["activation"] = {
        **{"module": "builtins", "class_name": "function"},
        **{"config": "eval", "registered_name": "eval"},
    }


def gadget(model: Any) -> None:
    """keras.utils.get_file would fetch a file from anywhere (CVE-2025-8747)."""
    layer(model, "encoder", "hidden_1")["config"]["kernel_initializer"] = {
        **{"module": "keras.utils", "class_name": "get_file", "registered_name": None},
        "config": {"fname": "x", "origin": "http://localhost/"},
    }


def other_layer(model: Any) -> None:
    dense = layer(model, "encoder", "hidden_1")
    dense |= {"class_name": "TFSMLayer", "config": {"name": "hidden_1", "filepath": "/tmp"}}


def hidden_object(model: Any) -> None:
    model["build_config"] = {"deep": [[{"class_name": "__numpy__", "config": {"value": [1]}}]]}


def legacy_layer(model: Any) -> None:
    del layer(model, "encoder", "hidden_1")["module"]


def huge_layer(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["units"] = 10**9


def huge_build(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["build_config"] = {"input_shape": [None, 10**9]}


def huge_input(model: Any) -> None:
    layer(model, "encoder", "image")["config"]["batch_shape"] = [10**6, 8, 8, 1]


def lora(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["lora_rank"] = 10**9


def other_activation(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["activation"] = "evil>relu"


def other_dtype(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["dtype"]["config"]["name"] = "int8_from_float32"


def other_class(model: Any) -> None:
    layer(model, "encoder", "flatten")["class_name"] = "Dense"


def no_bias(model: Any) -> None:
    layer(model, "encoder", "hidden_1")["config"]["use_bias"] = False


def further_layer(model: Any) -> None:
    layers = model["config"]["layers"][1]["config"]["layers"]
    layers.append(layers[-1])


def compiled(model: Any) -> None:
    model["compile_config"] = {"optimizer": "adam"}


class TestKeras:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (evil_lambda, "'Lambda' of 'keras.layers', registered as None, named 'hidden_1'"),
            (custom_class, "'system' of 'os', registered as 'system', named 'hidden_1'"),
            (registered_class, "registered as 'evil>Dense', named 'pixels'"),
            (foreign_function, "'function' of 'builtins'"),
            (gadget, "'get_file' of 'keras.utils'"),
            (other_layer, "'TFSMLayer' of 'keras.layers'"),
            (hidden_object, "'__numpy__'"),
            (legacy_layer, "'Dense' of None"),
            (huge_layer, "The layer hidden_1 must be a Dense as config.json says. Received: {'un"),
            (huge_build, "The layer hidden_1 must be"),
            (huge_input, "The layer image must be"),
            (lora, "The layer hidden_1 must be a Dense as config.json says. Received: {'lora"),
            (other_activation, "Received: {'activation': 'evil>relu'}"),
            (other_dtype, "int8_from_float32"),
            (other_class, "The layer flatten must be a Flatten"),
            (no_bias, "Received: {'use_bias': False}"),
            (further_layer, "The layers must be image, flatten, hidden_1, mean, log_var"),
            (compiled, "networks alone"),
            (lambda model: [], "another form"),
            (lambda model: {}, "another form"),
            (lambda model: 5, "another form"),
            (lambda model: model["config"].update(layers=5), "another form"),
            (lambda model: model["config"].update(layers=[]), "another form"),
            (lambda model: model["config"]["layers"].reverse(), "another form"),
        ],
    )
    def test_refused(
        self, files: Files, tmp_path: Path, change: Callable[[Any], Any], reason: str
    ) -> None:
        data = with_model(files, change)
        message = refused(data, tmp_path)
        assert reason in message

    def test_the_change_is_what_is_refused(self, files: Files, tmp_path: Path) -> None:
        assert take(with_model(files, lambda model: None), tmp_path).state == "finished"

    @pytest.mark.parametrize(
        "extra", ["evil.py", "assets/x", "model.weights.npz", "../model.weights.h5"]
    )
    def test_files_beside_the_model(self, files: Files, tmp_path: Path, extra: str) -> None:
        inner = dict.fromkeys(("config.json", "metadata.json", "model.weights.h5", extra), b"")
        data = pack(files | {"model.keras": pack(inner, top="")})
        assert "model.keras must hold config.json" in refused(data, tmp_path)

    @pytest.mark.parametrize("weights", [b"", b"\x89HDF\r\n\x1a\n", b"x" * 20_000])
    def test_weights(self, files: Files, tmp_path: Path, weights: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(files["model.keras"])) as zipped:
            inner = {name: zipped.read(name) for name in zipped.namelist()}
        for content in (weights, inner["model.weights.h5"] + bytes(10**6)):
            changed = inner | {"model.weights.h5": content}
            data = pack(files | {"model.keras": pack(changed, top="")})
            assert "weights as float32" in refused(data, tmp_path)

    def test_a_description_too_large(self, files: Files, tmp_path: Path) -> None:
        """Eighty megabytes of empty objects would take two gigabytes and 18 s."""
        inner = {"config.json": b"[" + b"{}," * 10**6 + b"0]"}
        data = pack(files | {"model.keras": pack(inner, "", zipfile.ZIP_DEFLATED)})
        assert "at most 1 MB of 'config.json'" in refused(data, tmp_path)

    def test_the_model_of_another_run(
        self, files: Files, autoencoder_run: Run, tmp_path: Path
    ) -> None:
        other = unpack(export_zip(autoencoder_run))["model.keras"]
        refused(pack(files | {"model.keras": other}), tmp_path)

    @pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "silu", "tanh"])
    @pytest.mark.parametrize(
        ("shape", "settings"),
        [
            ((8, 8, 1), {"hidden": ()}),
            ((12, 9, 3), {"hidden": (5, 4, 3, 2, 1, 7), "latent_dim": 1}),
            ((12, 9, 3), {"network": "convolutional", "hidden": (4, 6)}),
            ((12, 9, 3), {"likelihood": "gaussian"}),
            ((17, 33, 1), {"likelihood": "gaussian", "kind": "autoencoder", "beta": 0.0}),
            ((64, 64, 1), {"network": "convolutional", "hidden": (2, 2, 2, 2, 2)}),
            ((17, 33, 1), {"kind": "autoencoder", "beta": 0.0}),
            (
                (17, 33, 3),
                {"kind": "autoencoder", "beta": 0.0, "network": "convolutional", "hidden": (3,)},
            ),
        ],
        ids=str,
    )
    def test_whatever_the_project_builds_passes(
        self, tmp_path: Path, activation: str, shape: ImageShape, settings: dict[str, Any]
    ) -> None:
        config = Config(activation=activation, **settings)
        save_keras(build(config, shape), tmp_path)
        inner = unpack_flat(tmp_path / "model.keras")
        check_keras(inner, Frame({}, config, shape, 10))
        check_weights(tmp_path / "model.keras", summarize(config, shape).total)
        with pytest.raises(RunError, match="Received"):
            check_keras(inner, Frame({}, config.replace(latent_dim=9), shape, 10))

    def test_every_class_that_architecture_names_is_built_here(self) -> None:
        """So that the test above sees all there are."""
        named = set()
        for network, hidden in (("dense", (4,)), ("convolutional", (4,))):
            for kind, beta in (("vae", 1.0), ("autoencoder", 0.0)):
                config = Config(network=network, hidden=hidden, kind=kind, beta=beta)
                summary = summarize(config, (8, 8, 1))
                named |= {each.class_name for each in summary.layers}
        assert named == {
            *("InputLayer", "Flatten", "Dense", "Rescaling", "Reshape", "Activation"),
            *("Conv2D", "Conv2DTranspose", "Cropping2D"),
        }

    def test_shipped_models(self, tmp_path: Path) -> None:
        for run in RunStore(tmp_path / "none").list():
            frame = Frame({}, run.config, run.image_shape, len(run.class_names))
            check_keras(unpack_flat(run.path / "model.keras"), frame)
            counted = summarize(run.config, run.image_shape, run.classes)
            check_weights(run.path / "model.keras", counted.total)
