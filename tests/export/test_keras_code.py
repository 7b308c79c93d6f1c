"""A run as plain Keras code: that it is readable, and that it learns the same."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tests.conftest import PREDICTABLE, run_python
from tests.oldest import OLDEST_BACKEND, run_oldest
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.holdout import hold_out
from vae.data.specs import DATASETS
from vae.errors import ConfigError
from vae.export.keras_code import (
    OPEN_IN_KERAS,
    SOURCES,
    keras_notebook,
    keras_script,
    open_in_keras,
)
from vae.presets import PRESETS
from vae.runs.run import Run

MNIST, DIGITS = (28, 28, 1), (8, 8, 1)
# Rounding: other fused operations than in the app's loop, and a text of four decimals.
TOLERANCE = 1e-4
SMALL = Config(hidden=(8,), latent_dim=2, epochs=2, batch_size=100, validation_split=0.1, seed=3)
# Beside the runs that other tests share, what these leave out.
TRAINED = {
    "sampled": SMALL.replace(
        importance_samples=3,
        binarisation="sampled",
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
TRAINED["classifier"] = SMALL.replace(kind="classifier", schedule="cosine", train_share=0.7)
TRAINED["classifier-convolutional"] = TRAINED["classifier"].replace(
    network="convolutional", hidden=(4, 6), dense_layers=(10,), binarisation="sampled", patience=1
)
TRAINED["gan"] = Config(
    kind="gan", hidden=(8,), latent_dim=2, epochs=2, seed=3, schedule="cosine", adam_beta_1=0.5
)
TRAINED["conditional-gan"] = TRAINED["gan"].replace(
    conditional=True,
    network="convolutional",
    hidden=(4, 6),
    dense_layers=(10,),
    binarisation="sampled",
    gradient_penalty=2.0,
    train_share=0.7,
)
GANS = ("gan", "conditional-gan")
WITHOUT_CODES = ("classifier", "classifier-convolutional")
# One script after the other in a process that has no other module than those installed.
ELSEWHERE = """
import contextlib, importlib.util, os, runpy, sys
assert importlib.util.find_spec("vae") is None
for folder in sys.argv[1:]:
    os.chdir(folder)
    with open("said.txt", "w") as file, contextlib.redirect_stdout(file):
        runpy.run_path("script.py")
"""


def ruff(*arguments: str, code: str) -> subprocess.CompletedProcess[str]:
    # By its own rules, of 88 characters: whoever opens the script has not this project's.
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--isolated", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )


def said_history(text: str) -> list[dict[str, float]]:
    """Read what a script printed: a dict an epoch."""
    return [
        {name: float(value) for name, value in re.findall(r"(\w+) (-?[\d.]+)", line)}
        for line in (line.partition(":")[2] for line in text.splitlines())
    ]


@pytest.fixture(scope="module")
def elsewhere(
    finished_run: Run,
    autoencoder_run: Run,
    conditional_run: Run,
    digits: Dataset,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Run, Path]]:
    """Runs, and the folders in which their scripts ran; "open": one that opens a model."""
    from vae.training.train import train

    top = tmp_path_factory.mktemp("elsewhere")
    runs = {"dense": finished_run, "autoencoder": autoencoder_run, "conditional": conditional_run}
    runs |= {name: train(TRAINED[name], digits, out=top / "runs" / name) for name in TRAINED}
    found = {}
    for name, run in runs.items():
        (top / name).mkdir()
        script = keras_script(run.config, "digits", DIGITS)
        (top / name / "script.py").write_text(script, encoding="utf-8")
        found[name] = run, top / name
    folder = top / "open"
    folder.mkdir()
    (folder / "model.keras").write_bytes((finished_run.path / "model.keras").read_bytes())
    np.save(folder / "images.npy", digits.x_test[:9] / np.float32(255))
    (folder / "script.py").write_text(
        f'import numpy as np\nimages = np.load("images.npy")\n{OPEN_IN_KERAS}'
        'np.savez("outputs.npz", **outputs)\n',
        encoding="utf-8",
    )
    found["open"] = finished_run, folder
    folder = top / "open-conditional"
    folder.mkdir()
    (folder / "model.keras").write_bytes((conditional_run.path / "model.keras").read_bytes())
    labels = np.eye(10, dtype=np.float32)[digits.y_test[:9]]
    np.savez(folder / "inputs.npz", images=digits.x_test[:9] / np.float32(255), labels=labels)
    (folder / "script.py").write_text(
        'import numpy as np\nimages, labels = np.load("inputs.npz").values()\n'
        f'{open_in_keras(conditional_run.config)}np.savez("outputs.npz", **outputs)\n',
        encoding="utf-8",
    )
    found["open-conditional"] = conditional_run, folder
    # By `make test-backends` on the oldest TensorFlow, else on the one that is installed.
    run_elsewhere = run_oldest if OLDEST_BACKEND == "tensorflow" else partial(run_python, "-I")
    folders = [folder for _, folder in found.values()]
    result = run_elsewhere("-c", ELSEWHERE, *folders, cwd=top)
    assert result.returncode == 0, result.stderr
    return found


class TestScript:
    @pytest.mark.parametrize("name", PRESETS)
    def test_fits_on_slides(self, name: str) -> None:
        script = keras_script(PRESETS[name], "mnist", MNIST)
        assert 50 <= len(script.splitlines()) <= 120
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
                "epochs": 3, "binarisation": "fixed", "train_share": 0.5,
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


class TestSameHistory:
    @pytest.mark.parametrize("name", ["dense", "autoencoder", "conditional", *TRAINED])
    def test_each_epoch(self, name: str, elsewhere: dict[str, tuple[Run, Path]]) -> None:
        run, folder = elsewhere[name]
        said = said_history((folder / "said.txt").read_text(encoding="utf-8"))
        assert len(said) == len(run.history)
        assert set(said[0]) >= ({"loss", "d_fake"} if name in GANS else {"loss", "val_loss"})
        for row, expected in zip(said, run.history, strict=True):
            for quantity, value in row.items():
                assert value == pytest.approx(expected[quantity], rel=TOLERANCE, abs=TOLERANCE), (
                    name,
                    expected["epoch"],
                    quantity,
                )

    def test_leaves_models_and_a_picture(self, elsewhere: dict[str, tuple[Run, Path]]) -> None:
        for name in ("dense", "autoencoder", *sorted({*TRAINED} - {*WITHOUT_CODES})):
            folder = elsewhere[name][1]
            other = "discriminator.keras" if name in GANS else "encoder.keras"
            assert {other, "decoder.keras", "samples.png"} <= {
                path.name for path in folder.iterdir()
            }

    @pytest.mark.parametrize("name", WITHOUT_CODES)
    def test_leaves_the_classifier(
        self, name: str, elsewhere: dict[str, tuple[Run, Path]], digits: Dataset
    ) -> None:
        run, folder = elsewhere[name]
        images = run.preprocess(digits.x_test[:9])
        found = keras.models.load_model(folder / "classifier.keras")(images / np.float32(255))
        np.testing.assert_allclose(found, run.classify(images), atol=2e-3)


class TestOpenInKeras:
    def test_three_lines(self) -> None:
        assert len(OPEN_IN_KERAS.splitlines()) == 3
        assert open_in_keras(PREDICTABLE) == OPEN_IN_KERAS
        assert len(open_in_keras(PRESETS["conditional"]).splitlines()) == 3

    def test_gives_the_same(self, elsewhere: dict[str, tuple[Run, Path]], digits: Dataset) -> None:
        run, folder = elsewhere["open"]
        mean, log_var = run.encode(digits.x_test[:9])
        with np.load(folder / "outputs.npz") as outputs:
            np.testing.assert_allclose(outputs["mean"], mean, atol=1e-5)
            np.testing.assert_allclose(outputs["log_var"], log_var, atol=1e-5)
            np.testing.assert_allclose(outputs["reconstruction"], run.decode(mean), atol=1e-5)

    def test_with_labels(self, elsewhere: dict[str, tuple[Run, Path]], digits: Dataset) -> None:
        run, folder = elsewhere["open-conditional"]
        x, y = digits.x_test[:9], digits.y_test[:9]
        mean, _ = run.encode(x, y)
        with np.load(folder / "outputs.npz") as outputs:
            np.testing.assert_allclose(outputs["mean"], mean, atol=1e-5)
            np.testing.assert_allclose(outputs["reconstruction"], run.decode(mean, y), atol=1e-5)


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
