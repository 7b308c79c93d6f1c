"""Keras's settings: what another project left changes nothing, what is the user's is named."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT, run_python
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import SettingsError
from vae.model.base import build
from vae.model.keras_setup import check_settings, keras
from vae.runs.run import Run
from vae.training.train import train

CONFIG = Config(
    network="convolutional",
    kind="conditional",
    hidden=(4, 6),
    latent_dim=3,
    epochs=1,
    batch_size=50,
    train_share=0.2,
    seed=1,
)
TRAIN = """
import json, os, sys
import vae
run = vae.train(vae.Config.from_json(sys.argv[1]), vae.load_dataset("digits"), out=sys.argv[2])
types = sorted({str(weight.dtype) for weight in run.load_model().weights})
row = {name: run.history[-1][name] for name in ("loss", "reconstruction", "kl")}
print(json.dumps({"row": row, "types": types, "backend": os.environ.get("KERAS_BACKEND")}))
"""
# What other projects leave, all at once.
KERAS_JSON = {
    "backend": "jax",
    "floatx": "float64",
    "image_data_format": "channels_first",
    "epsilon": 0.01,
    "nnx_enabled": True,
}
VARIABLES = {
    "KERAS_BACKEND": "jax",
    "KERAS_NNX_ENABLED": "true",
    "KERAS_MAX_EPOCHS": "1",
    "KERAS_MAX_STEPS_PER_EPOCH": "1",
    "TF_USE_LEGACY_KERAS": "1",
}


def keras_home(folder: Path, text: str) -> str:
    """Return a folder for KERAS_HOME with this keras.json."""
    folder.mkdir()
    (folder / "keras.json").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def here(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that was trained in this process, with the settings that VAE Lab needs."""
    return train(CONFIG, digits, out=tmp_path_factory.mktemp("here") / "run")


class TestLeftByAnotherProject:
    @pytest.mark.parametrize("left", ["keras.json", "variables"])
    def test_trains_the_same(self, left: str, here: Run, tmp_path: Path) -> None:
        text = json.dumps(KERAS_JSON if left == "keras.json" else {})
        variables = VARIABLES if left == "variables" else {}
        done = run_python(
            "-c",
            TRAIN,
            CONFIG.to_json(),
            tmp_path / "there",
            **variables,
            KERAS_HOME=keras_home(tmp_path / "home", text),
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found = json.loads(done.stdout.splitlines()[-1])
        assert found["types"] == ["float32"]
        assert found["backend"] == variables.get("KERAS_BACKEND")  # what it starts has its own
        expected = {name: here.history[-1][name] for name in found["row"]}
        assert found["row"] == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("text", ["[]", '{"floatx": "bfloat16"}', '{"epsilon": 1}'])
    def test_settings_that_keras_refuses(self, text: str, tmp_path: Path) -> None:
        home = keras_home(tmp_path / "home", text)
        out = tmp_path / "run"
        done = run_python(
            *("-m", "vae", "train", "--preset", "recommended", "--dataset", "digits"),
            *("--set", "epochs=1", "--out", out),
            KERAS_HOME=home,
        )
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("vae train: Keras must be able to read its settings")
        assert done.stderr.endswith(f"Received: {Path(home, 'keras.json')}\n")
        assert done.stderr.count("\n") == 1


class TestChosenByTheUser:
    def test_of_a_session_that_imported_keras_before(self, tmp_path: Path) -> None:
        code = (
            "import tensorflow, vae\n"
            "try:\n    vae.build\nexcept vae.VAEError as error:\n    print(error)"
        )
        home = keras_home(tmp_path / "home", '{"floatx": "float64"}')
        done = run_python("-c", code, KERAS_HOME=home)
        assert done.stdout == (
            "VAE Lab needs Keras's floatx to be float32: "
            'call keras.config.set_floatx("float32") first. Received: float64\n'
        )

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("floatx", "float16"),
            ("image_data_format", "channels_first"),
            ("dtype_policy", SimpleNamespace(name="mixed_float16")),
        ],
    )
    def test_is_named(self, name: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keras.config, name, lambda: value)
        with pytest.raises(SettingsError, match=rf"set_{name}\(.*\) first\. Received: .*16|first$"):
            build(CONFIG, (8, 8, 1), 10)

    def test_another_backend(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keras.config, "backend", lambda: "torch")
        with pytest.raises(SettingsError, match=r"KERAS_BACKEND=.*Received: Keras on torch$"):
            check_settings()


def imports(path: Path) -> Iterator[str]:
    """Find what a module imports when it runs, wherever it does so."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        waiting += ast.iter_child_nodes(node)


def test_nothing_else_imports_keras() -> None:
    """`import tensorflow` imports Keras too."""
    for path in sorted((ROOT / "vae").glob("*.py")):
        found = {name.partition(".")[0] for name in imports(path)}
        assert path.stem == "keras_setup" or not found & {"keras", "tensorflow"}, path
