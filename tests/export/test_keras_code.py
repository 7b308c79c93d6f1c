"""A run as plain Keras code: readable, complete, formatted, as a script and as a notebook."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.conftest import PREDICTABLE
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.holdout import hold_out
from vae.data.specs import DATASETS
from vae.errors import ConfigError
from vae.export.keras_code import keras_notebook, keras_script
from vae.export.script_data import SOURCES
from vae.presets import FEW_IMAGES, PRESETS

MNIST, DIGITS = (28, 28, 1), (8, 8, 1)
SMALL = Config(hidden=(8,), latent_dim=2, epochs=2, batch_size=100, validation_split=0.1, seed=3)
# Beside the runs that other tests share, what these leave out.
TRAINED = {
    "sampled": SMALL.replace(
        importance_samples=3,
        binarisation="sampled",
        shift=2,
        flip=True,
        noise=0.7,
        kl_warmup=1,
        kl_cycle=2,
        train_share=0.7,
    ),
    "convolutional": SMALL.replace(
        network="convolutional",
        hidden=(4, 6),
        dense_layers=(10,),
        activation="silu",
        binarisation="threshold",
        optimizer="rmsprop",
        loss_scale="per_pixel",
        capacity=4.0,
        patience=1,
        noise=0.8,
    ),
}
TRAINED["conditional-sampled"] = TRAINED["convolutional"].replace(
    kind="conditional", importance_samples=2, capacity=0.0, binarisation="sampled", patience=0
)
TRAINED["classifier"] = SMALL.replace(
    kind="classifier", schedule="cosine", train_share=0.7, shift=1
)
TRAINED["classifier-convolutional"] = TRAINED["classifier"].replace(
    network="convolutional",
    hidden=(4, 6),
    dense_layers=(10,),
    binarisation="sampled",
    shift=0,
    patience=1,
)
TRAINED["gan"] = SMALL.replace(kind="gan", schedule="cosine", adam_beta_1=0.5, flip=True)
TRAINED["conditional-gan"] = TRAINED["gan"].replace(
    conditional=True,
    network="convolutional",
    hidden=(4, 6),
    dense_layers=(10,),
    binarisation="sampled",
    flip=False,
    gradient_penalty=2.0,
    train_share=0.7,
)


def ruff(*arguments: str, code: str) -> subprocess.CompletedProcess[str]:
    # By its own rules, of 88 characters: whoever opens the script has not this project's.
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--isolated", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )


class TestScript:
    @pytest.mark.parametrize("name", PRESETS)
    def test_fits_on_slides(self, name: str) -> None:
        script = keras_script(PRESETS[name], "mnist", MNIST)
        # Few images need the most: convolutions, early stopping and images that move.
        assert 50 <= len(script.splitlines()) <= (140 if name == FEW_IMAGES else 120)
        assert max(map(len, script.splitlines())) <= 88
        assert ruff("format", "--check", code=script).returncode == 0
        assert ruff("check", code=script).stdout == "All checks passed!\n"

    @pytest.mark.parametrize("likelihood", ["continuous_bernoulli", "gaussian"])
    @pytest.mark.parametrize("changes", [{}, *({"preset": name} for name in TRAINED)], ids=str)
    def test_is_formatted_whatever_it_holds(self, likelihood: str, changes: dict) -> None:
        config = TRAINED.get(changes.get("preset", ""), PREDICTABLE)
        if config.has("likelihood"):
            config = config.replace(likelihood=likelihood)
        for name, shape in (("digits", DIGITS), ("animals", MNIST)):
            script = keras_script(config, name, shape)
            assert ruff("format", "--check", code=script).returncode == 0, script
            assert ruff("check", code=script).stdout == "All checks passed!\n"

    def test_imports_nothing_of_this_package(self) -> None:
        tree = ast.parse(keras_script(PRESETS["best"], "mnist", MNIST))
        imported = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [])
            + [alias.name for alias in node.names if isinstance(node, ast.Import)]
        }
        assert imported == {"os", "sys", "keras", "numpy", "tensorflow"}

    @pytest.mark.parametrize("kind", ["vae", "classifier", "gan"])
    def test_every_setting_is_in_it(self, kind: str) -> None:
        # A new setting must not be left out in silence: the script would learn something else.
        base = Config(kind=kind)
        if base.uses("validation_split"):
            base = base.replace(validation_split=0.1)
        changes = {
            "kind": {"kind": "autoencoder"},
            "conditional": {"conditional": True},
            "network": {"network": "convolutional", "hidden": (8,)},
            "kl_cycle": {"kl_warmup": 2, "kl_cycle": 4},
            "dense_layers": {"network": "convolutional", "hidden": (8,), "dense_layers": (5,)},
        }
        changes |= {
            name: {name: value}
            for name, value in {
                "latent_dim": 3, "hidden": (7,), "activation": "elu", "likelihood": "gaussian",
                "beta": 0.5, "kl_warmup": 2, "free_bits": 0.1, "capacity": 2.0,
                "importance_samples": 2, "noise": 0.5, "loss_scale": "per_pixel",
                "optimizer": "sgd", "learning_rate": 0.1, "schedule": "cosine", "batch_size": 7,
                "epochs": 3, "binarisation": "fixed", "shift": 2, "flip": True, "train_share": 0.5,
                "validation_split": 0.2, "patience": 3, "seed": 9, "gradient_penalty": 2.0,
                "adam_beta_1": 0.5, "adam_beta_2": 0.9,
            }.items()
        }  # fmt: skip
        assert set(changes) == {field.name for field in dataclasses.fields(Config)} - {"preset"}
        changes = {name: change for name, change in changes.items() if base.uses(name)}
        scripts = {
            name: keras_script(base.replace(**change), "digits", DIGITS)
            for name, change in changes.items()
        }
        assert len({*scripts.values(), keras_script(base, "digits", DIGITS)}) == len(changes) + 1

    @pytest.mark.parametrize(
        ("name", "shape"), [("stripes", (12, 9, 3)), ("mnist", DIGITS), ("digits", MNIST)]
    )
    def test_a_data_set_that_it_cannot_load(self, name: str, shape: tuple[int, int, int]) -> None:
        with pytest.raises(ConfigError, match="Received: "):
            keras_script(PREDICTABLE, name, shape)

    def test_layers_that_do_not_fit(self) -> None:
        config = Config(network="convolutional", hidden=(4, 4, 4))
        with pytest.raises(ConfigError, match="halves the image"):
            keras_script(config, "digits", DIGITS)

    def test_knows_the_sizes_of_the_data(self, digits: Dataset) -> None:
        assert SOURCES["digits"].images == len(digits.x_train)
        assert SOURCES["digits"].image_shape == digits.image_shape
        assert SOURCES["digits"].classes == digits.classes
        for name in ("mnist", "fashion_mnist"):
            shape = DATASETS[name].arrays["x_train"].shape
            assert (SOURCES[name].images, *SOURCES[name].image_shape[:2]) == shape
            assert SOURCES[name].classes == len(DATASETS[name].class_names)
        spec, source = DATASETS["animals"], SOURCES["animals"]
        count, *sides = spec.arrays["images"].shape
        assert (source.image_shape[:2], source.classes) == (tuple(sides), len(spec.class_names))
        assert source.images == count - spec.held_out * source.classes

    @pytest.mark.parametrize("form", ["a file", "the package"])
    @pytest.mark.parametrize("kind", ["recommended", "conditional"])
    def test_animals_are_split_as_in_the_app(
        self, kind: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        images = np.random.default_rng(0).integers(0, 256, (2100, 28, 28), np.uint8)
        labels = np.repeat(np.arange(10), 210)
        images[1::5] = images[::5]  # copies
        np.savez(tmp_path / "animals.npz", images=images, labels=labels)
        loader = SimpleNamespace(load_animal_mnist_dataset=lambda: (images, labels))
        monkeypatch.setitem(sys.modules, "animal_mnist", SimpleNamespace())
        monkeypatch.setitem(sys.modules, "animal_mnist.dataset_Loader", loader)
        arguments = ["script.py", str(tmp_path / "animals.npz")][: 2 if form == "a file" else 1]
        monkeypatch.setattr(sys, "argv", arguments)
        script = keras_script(PRESETS[kind], "animals", MNIST)
        _, _, code = script.partition("# Data: Animals")
        said = {"np": np, "sys": sys}
        exec("#" + code.partition("\ntrain = ")[0], said)
        train, _ = hold_out(images, labels, DATASETS["animals"].held_out)
        assert np.array_equal(said["images"][..., 0], images[train].astype(np.float32) / 255)
        if kind == "conditional":
            assert np.array_equal(said["labels"].argmax(axis=1), labels[train])

    def test_a_notebook_takes_animals_from_the_package(self) -> None:
        notebook = keras_notebook(PRESETS["conditional"], "animals", MNIST)
        code = [
            "".join(cell["source"])
            for cell in json.loads(notebook)["cells"]
            if cell["cell_type"] == "code"
        ]
        assert "from animal_mnist.dataset_Loader import load_animal_mnist_dataset" in code[0]
        assert "images, classes = load_animal_mnist_dataset()" in code[1]
        whole = "\n\n".join(code) + "\n"
        assert ruff("check", "--ignore", "E402", code=whole).stdout == "All checks passed!\n"


class TestNotebook:
    def test_is_one(self) -> None:
        notebook = json.loads(keras_notebook(PRESETS["recommended"], "mnist", MNIST))
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        cells = notebook["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)
        for cell in cells:
            required = {"id", "cell_type", "metadata", "source"}
            if cell["cell_type"] == "code":
                required |= {"execution_count", "outputs"}
            assert set(cell) == required
            assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", cell["id"])
            assert all(isinstance(line, str) for line in cell["source"])
        assert {cell["cell_type"] for cell in cells} == {"markdown", "code"}

    @pytest.mark.parametrize("name", ["best", "convolutional", "conditional", "autoencoder"])
    def test_holds_the_scripts_code(self, name: str) -> None:
        cells = json.loads(keras_notebook(PRESETS[name], "digits", DIGITS))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        script = keras_script(PRESETS[name], "digits", DIGITS)
        assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(script.partition("\n")[2]))

    def test_does_not_read_arguments(self) -> None:
        # A notebook's process has arguments of its own.
        assert "sys.argv" not in keras_notebook(PRESETS["recommended"], "mnist", MNIST)
        assert "sys.argv" in keras_script(PRESETS["recommended"], "mnist", MNIST)
