"""Weights without TensorFlow: a decoder's from its ONNX file, and all by name as Keras has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.conftest import copy_run, run_python
from tests.handmade import make_run
from vae.architecture import decoder_layers
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.export.weights import named_weights, read_weights
from vae.runs.run import SHIPPED, Run, open_run

DENSE = Config(latent_dim=3, hidden=(8, 6))


def change_decoder(run: Run, change) -> None:
    path = run.path / "decoder.onnx"
    model = onnx.load(path)
    change(model.graph)
    onnx.save(model, path)


def poison(graph: onnx.GraphProto) -> None:
    kernel = onnx.numpy_helper.to_array(graph.initializer[0]).copy()
    kernel[0, :2] = np.nan, np.inf
    graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(kernel, graph.initializer[0].name))


class TestOfTheDecoder:
    def test_each_layer_has_what_its_list_says(self) -> None:
        for name in ("mnist-recommended", "mnist-convolutional"):
            run = open_run(SHIPPED / name)
            layers = [x for x in decoder_layers(run.config, run.image_shape) if x.parameters]
            found = read_weights(run)
            assert list(found) == [layer.name for layer in layers]
            for layer in layers:
                assert sum(part.size for part in found[layer.name]) == layer.parameters
                assert {part.dtype for part in found[layer.name]} == {np.dtype("float32")}

    def test_a_run_without_a_model(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", DENSE, (8, 8, 1))
        (run.path / "decoder.onnx").unlink()
        with pytest.raises(RunError, match=r"no model yet\. Received: run, finished"):
            read_weights(run)

    def test_weights_that_are_no_numbers(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", DENSE, (8, 8, 1))
        change_decoder(run, poison)
        with pytest.raises(RunError, match=r"finite numbers\. Received: 2 that are not"):
            read_weights(run)

    def test_another_network(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", DENSE, (8, 8, 1))
        for name, config in (("wider", DENSE.replace(hidden=(8, 7))), ("deeper", Config())):
            other = make_run(tmp_path / name, config, (8, 8, 1))
            (run.path / "decoder.onnx").write_bytes((other.path / "decoder.onnx").read_bytes())
            with pytest.raises(RunError, match="must hold this run's decoder"):
                read_weights(run)

    def test_a_damaged_file(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", DENSE, (8, 8, 1))
        (run.path / "decoder.onnx").write_bytes(b"no network")
        with pytest.raises(RunError, match="must hold this run's decoder"):
            read_weights(run)


class TestOfTheDecoderCorrectness:
    def test_they_are_keras_s(self, convolutional_run: Run, finished_run: Run) -> None:
        for run in (convolutional_run, finished_run):
            expected = run.load_model().decoder.get_weights()
            found = [part for pair in read_weights(run).values() for part in pair]
            for ours, theirs in zip(found, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)

    def test_a_bias_that_was_left_out_is_zero(self, tmp_path: Path) -> None:
        run = copy_run(make_run(tmp_path / "run", DENSE, (8, 8, 1)), tmp_path / "copy")

        def leave_out(graph: onnx.GraphProto) -> None:
            product, addition, following = graph.node[:3]
            following.input[0] = product.output[0]
            graph.node.remove(addition)

        change_decoder(run, leave_out)
        assert not read_weights(run)["hidden_1"].bias.any()
        assert read_weights(run)["hidden_2"].bias.all()


@pytest.fixture(scope="module")
def gaussian_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    from vae.training.train import train

    config = Config(hidden=(6, 5), latent_dim=2, epochs=1, likelihood="gaussian")
    return train(config, digits, out=tmp_path_factory.mktemp("gaussian") / "run")


class TestByName:
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


class TestByNameCorrectness:
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
