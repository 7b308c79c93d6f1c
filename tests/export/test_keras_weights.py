"""Weights by name, as Keras itself has them, read without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run, run_python
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.export.weights import named_weights
from vae.runs.run import Run


@pytest.fixture(scope="module")
def gaussian_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    from vae.training.train import train

    config = Config(hidden=(6, 5), latent_dim=2, epochs=1, likelihood="gaussian")
    return train(config, digits, out=tmp_path_factory.mktemp("gaussian") / "run")


class TestBasics:
    def test_without_tensorflow(self, finished_run: Run) -> None:
        code = (
            "import sys; from pathlib import Path; from vae.runs.run import Run\n"
            "from vae.export.weights import named_weights\n"
            f"print(len(named_weights(Run(Path({str(finished_run.path)!r})))))\n"
            "assert 'tensorflow' not in sys.modules"
        )
        assert run_python("-c", code).returncode == 0

    def test_no_model_yet(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "decoder.onnx").unlink()
        with pytest.raises(RunError, match="no model yet"):
            named_weights(Run(run.path))

    @pytest.mark.parametrize("content", [b"", b"PK\3\4 no archive"])
    def test_a_damaged_file(self, content: bytes, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "model.keras").write_bytes(content)
        with pytest.raises(RunError, match="must hold this run's weights"):
            named_weights(run)


class TestCorrectness:
    def test_they_are_those_of_keras(self, gaussian_run: Run) -> None:
        model, named = gaussian_run.load_model(), named_weights(gaussian_run)
        expected = {
            f"{network.name}/{weight.path}": np.asarray(weight)
            for network in (model.encoder, model.decoder)
            for weight in network.trainable_weights
        }
        assert set(named) == {*expected, "pixel_log_var"}
        for name, values in expected.items():
            np.testing.assert_array_equal(named[name], values)
        assert named["pixel_log_var"] == pytest.approx(float(model.pixel_log_var))

    def test_those_of_a_conditional_run(self, conditional_run: Run) -> None:
        named = named_weights(conditional_run)
        assert named["encoder/hidden_1/kernel"].shape == (64 + 10, 32)
        assert named["decoder/hidden_1/kernel"].shape == (3 + 10, 32)
