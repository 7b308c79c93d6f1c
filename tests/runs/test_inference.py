"""Encoding and decoding with ONNX Runtime: what goes in, what comes out, what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.runs import inference
from vae.runs.inference import BATCH
from vae.runs.run import Run


def codes(count: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)


class TestBasics:
    def test_shapes_and_types(self, finished_run: Run, digits: Dataset) -> None:
        mean, log_var = finished_run.encode(digits.x_test[:7])
        assert mean.shape == log_var.shape == (7, 2)
        assert mean.dtype == log_var.dtype == np.float32
        images = finished_run.decode(mean)
        assert images.shape == (7, 8, 8, 1)
        assert images.dtype == np.float32
        assert images.min() >= 0.0
        assert images.max() <= 1.0

    @pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, BATCH + 1, 5 * BATCH])
    def test_any_number(self, finished_run: Run, count: int) -> None:
        images = finished_run.decode(codes(count))
        assert images.shape == (count, 8, 8, 1)
        mean, log_var = finished_run.encode(images)
        assert mean.shape == log_var.shape == (count, 2)

    def test_lists_will_do(self, finished_run: Run) -> None:
        np.testing.assert_array_equal(
            finished_run.decode([[0, 1]]), finished_run.decode(np.array([[0.0, 1.0]]))
        )


class TestCorrectness:
    def test_bytes_and_floats_are_encoded_alike(self, finished_run: Run, digits: Dataset) -> None:
        images = digits.x_test[:50]
        expected = finished_run.encode(images)
        for scaled in (images / 255.0, (images / 255.0).astype(np.float32)):
            for a, b in zip(expected, finished_run.encode(scaled), strict=True):
                np.testing.assert_allclose(a, b, atol=1e-5)

    def test_a_batch_does_not_matter(self, finished_run: Run) -> None:
        many = codes(2 * BATCH + 3)
        together = finished_run.decode(many)
        np.testing.assert_allclose(
            together[2 * BATCH :], finished_run.decode(many[2 * BATCH :]), atol=1e-6
        )
        np.testing.assert_allclose(
            finished_run.encode(together)[0][-1:], finished_run.encode(together[-1:])[0], atol=1e-5
        )

    def test_few_at_once(self, finished_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """What lies between a decoder's layers can be megabytes an image."""
        sizes, run = [], inference._run
        monkeypatch.setattr(
            inference,
            "_run",
            lambda path, **inputs: (sizes.extend(map(len, inputs.values())), run(path, **inputs))[
                1
            ],
        )
        images = finished_run.decode(codes(230))
        finished_run.encode(images)
        assert sizes == [50, 50, 50, 50, 30] * 2

    def test_a_rewritten_network_is_read_anew(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        before = run.decode(codes(3))
        # Another network in the same place, as during a training.
        other = copy_run(finished_run, tmp_path / "other")
        model = other.load_model()
        model.decoder.set_weights([weights * 0.5 for weights in model.decoder.get_weights()])
        from vae.model.saving import export_onnx

        model.encoder(np.zeros((1, 8, 8, 1)))  # Keras exports what was called before
        model.decoder(codes(1))
        export_onnx(model, run.path)
        after = run.decode(codes(3))
        assert np.abs(before - after).max() > 1e-3
        np.testing.assert_allclose(after, model.decoder(codes(3)), atol=1e-5)


class TestRefused:
    @pytest.mark.parametrize(
        "images",
        [
            np.zeros((8, 8, 1)),
            np.zeros((1, 8, 8)),
            np.zeros((1, 8, 8, 3)),
            np.zeros((1, 28, 28, 1)),
            np.zeros(()),
            "text",
            None,
            np.full((1, 8, 8, 1), np.nan),
            np.full((2, 8, 8, 1), np.inf),
            np.full((1, 8, 8, 1), 255.0),  # bytes that became floats unscaled
            np.full((1, 8, 8, 1), 128),
            np.full((1, 8, 8, 1), -1.0),
        ],
        ids=str,
    )
    def test_images(self, finished_run: Run, images: Any) -> None:
        with pytest.raises(RunError, match="Received"):
            finished_run.encode(images)

    def test_one_bad_pixel_among_many(self, finished_run: Run, digits: Dataset) -> None:
        images = digits.x_test / 255.0
        images[300, 7, 7, 0] = np.nan
        with pytest.raises(RunError, match="Received"):
            finished_run.encode(images)

    def test_what_arithmetic_adds_is_no_offence(self, finished_run: Run) -> None:
        images = np.full((1, 8, 8, 1), 1.0 + 1e-6)
        assert np.isfinite(finished_run.encode(images)[0]).all()

    @pytest.mark.parametrize(
        "z",
        [
            np.zeros(2),
            np.zeros((1, 3)),
            np.zeros((1, 1)),
            np.zeros((1, 2, 1)),
            [[np.nan, 0.0]],
            [[0.0, np.inf]],
            [[1e300, 0.0]],
            [["a", "b"]],
            [[1.0, 2.0], [3.0]],
            np.full((20, 2), np.nan),
            "text",
            None,
        ],
        ids=str,
    )
    @pytest.mark.filterwarnings("ignore:overflow encountered in cast")
    def test_codes(self, finished_run: Run, z: Any) -> None:
        with pytest.raises(RunError, match=r"\(N, 2\)\. Received") as error:
            finished_run.decode(z)
        assert "\n" not in str(error.value)

    def test_no_model_yet(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "decoder.onnx").unlink()
        with pytest.raises(RunError, match=r"no model yet\. Received"):
            run.decode(codes(1))

    @pytest.mark.parametrize("content", [b"", b"text", bytes(100)])
    def test_no_network(self, finished_run: Run, tmp_path: Path, content: bytes) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "decoder.onnx").write_bytes(content)
        with pytest.raises(RunError, match=r"decoder\.onnx must be .*Received") as error:
            run.decode(codes(1))
        assert "\n" not in str(error.value)

    def test_the_network_of_another_configuration(
        self, finished_run: Run, autoencoder_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        shutil.copy(autoencoder_run.path / "decoder.onnx", run.path / "decoder.onnx")
        with pytest.raises(RunError, match="Received"):
            run.decode(codes(1))
