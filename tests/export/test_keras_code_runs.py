"""The scripts, run without this package: the same history, and files that plain Keras opens."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.conftest import PREDICTABLE, run_python
from tests.export.test_keras_code import TRAINED
from tests.oldest import OLDEST_BACKEND, run_oldest
from vae.data.datasets import Dataset
from vae.data.own_set_changes import add_own
from vae.export.keras_code import (
    OPEN_IN_KERAS,
    keras_script,
    open_in_keras,
)
from vae.presets import PRESETS
from vae.runs.run import Run

DIGITS = (8, 8, 1)
# Rounding: other fused operations than in the app's loop, and a text of four decimals.
TOLERANCE = 1e-4
GANS = ("conditional-gan", "own-gan")
OWN = ("sampled", "classifier", "gan")  # these learn pictures of one's own, all others Digits
ON_DIGITS = [name for name in TRAINED if name not in OWN]
CLASSIFIERS = ("own-classifier", "classifier-convolutional")
EVERY = ("dense", "autoencoder", "conditional", *ON_DIGITS, *(f"own-{name}" for name in OWN))
# One script after the other in a process that has no other module than those installed.
ELSEWHERE = """
import contextlib, importlib.util, os, runpy, sys
assert importlib.util.find_spec("vae") is None
folders, sys.argv = sys.argv[1:], ["script.py"]
for folder in folders:
    os.chdir(folder)
    with open("said.txt", "w") as file, contextlib.redirect_stdout(file):
        runpy.run_path("script.py")
"""


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
    runs |= {name: train(TRAINED[name], digits, out=top / "runs" / name) for name in ON_DIGITS}
    found = {}
    for name, run in runs.items():
        (top / name).mkdir()
        script = keras_script(run.config, "digits", DIGITS)
        (top / name / "script.py").write_text(script, encoding="utf-8")
        found[name] = run, top / name
    found |= _own(digits, top)
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


def _own(digits: Dataset, top: Path) -> dict[str, tuple[Run, Path]]:
    """Runs of colour pictures of one's own, and folders with their scripts and the set's file."""
    from vae.training.train import train

    tints = np.array([[255, 120, 30], [40, 160, 255]])[digits.y_train[:300] % 2]
    images = (digits.x_train[:300] / 255 * tints[:, None, None]).astype(np.uint8)
    dataset = Dataset.from_arrays("tinted digits", images, digits.y_train[:300])
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAE_DATA_DIR", str(top / "data"))
        own = add_own(dataset)
        for name in OWN:
            config = TRAINED[name]
            run = train(config, dataset, out=top / "runs" / f"own-{name}")
            folder = top / f"own-{name}"
            folder.mkdir()
            shutil.copy(own.path, folder)
            script = keras_script(config, dataset.name, dataset.image_shape)
            (folder / "script.py").write_text(script, encoding="utf-8")
            found[folder.name] = run, folder
    return found


class TestSameHistory:
    @pytest.mark.parametrize("name", EVERY)
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
        for name in (each for each in EVERY if each not in CLASSIFIERS):
            folder = elsewhere[name][1]
            other = "discriminator.keras" if name in GANS else "encoder.keras"
            assert {other, "decoder.keras", "samples.png"} <= {
                path.name for path in folder.iterdir()
            }

    @pytest.mark.parametrize("name", CLASSIFIERS)
    def test_leaves_the_classifier(
        self, name: str, elsewhere: dict[str, tuple[Run, Path]], digits: Dataset
    ) -> None:
        run, folder = elsewhere[name]
        grey = digits.x_test[:9]
        images = run.preprocess(np.broadcast_to(grey, (len(grey), *run.image_shape)))
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
