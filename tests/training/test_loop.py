"""The fast inner loop does what Keras's own training step does."""

from __future__ import annotations

from itertools import pairwise

import keras
import numpy as np
import pytest

from vae.config import Config
from vae.data.binarisation import binarise
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.vae import VAE
from vae.training.loop import CHUNK, Loop

DENSE = Config(hidden=(10,), latent_dim=2, seed=3)
CONVOLUTIONAL = DENSE.replace(network="convolutional", hidden=(3,))
SAMPLED = DENSE.replace(binarisation="sampled")
MOVED = CONVOLUTIONAL.replace(shift=2, flip=True)
SAMPLED_CONVOLUTIONAL = CONVOLUTIONAL.replace(binarisation="sampled")


def compiled(config: Config, optimizer: str = "adam") -> VAE:
    model = build(config, (8, 8, 1))
    model.compile(optimizer=keras.optimizers.get(optimizer), jit_compile=False)
    return model


def batches(steps: int, size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 1437, (steps, size)).astype(np.int32)


def rates(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


class TestBasics:
    def test_results_are_plain_numbers_and_start_anew(self, digits: Dataset) -> None:
        loop = Loop(compiled(CONVOLUTIONAL), digits.x_train, 10)
        loop.train(batches(2, 10), rates(0.01, 0.01))
        first = loop.results()
        assert set(first) == {"loss", "reconstruction", "kl", "kl_per_dimension"}
        assert isinstance(first["loss"], float)
        assert np.shape(first["kl_per_dimension"]) == (2,)
        loop.train(batches(1, 10), rates(0.0))
        second = loop.results()
        # One step, at most a little better than the two before: no sum of all three.
        assert second["kl"] != first["kl"]
        assert second["loss"] < first["loss"] * 1.5

    def test_images(self, digits: Dataset) -> None:
        loop = Loop(compiled(CONVOLUTIONAL), digits.x_train, 10)
        indices = np.array([7, 3, 7], np.int32)
        images = loop.images(indices)
        assert images.dtype == np.uint8
        np.testing.assert_array_equal(images, digits.x_train[indices])

    def test_a_call_is_short_enough_for_a_pause(
        self, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loop = Loop(compiled(CONVOLUTIONAL), digits.x_train, 10)
        clock = iter([0.0, 0.15, 1.0, 1.001, 2.0, 99.0])
        monkeypatch.setattr("vae.training.loop.time.perf_counter", lambda: next(clock))
        found = []
        for _ in range(3):
            loop.train(batches(3, 10), rates(0.0, 0.0, 0.0))
            found.append(loop.steps_at_once)
        # 50 ms a step; a third of a millisecond; half a minute.
        assert found == [4, CHUNK, 1]

    def test_random_numbers_for_a_call_are_bounded(
        self, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A step samples 20 codes of two 4-byte numbers and 10 images of 64 pixels: 800 bytes.
        monkeypatch.setattr("vae.training.loop.RANDOM_BYTES", 2000)
        config = SAMPLED.replace(importance_samples=2)
        loop = Loop(compiled(config), digits.x_train, 10)
        assert loop.chunk == loop.steps_at_once == 2
        loop.train(batches(2, 10), rates(0.01, 0.01))
        assert loop.steps_at_once <= 2
        assert Loop(compiled(config), digits.x_train, 40).chunk == 1
        assert Loop(compiled(DENSE), digits.x_train, 10).chunk == 25


class TestCorrectness:
    @pytest.mark.parametrize(
        ("config", "optimizer", "steps"),
        [
            (DENSE, "adam", 4),
            (CONVOLUTIONAL, "adam", 1),
            (CONVOLUTIONAL, "rmsprop", 4),
            (CONVOLUTIONAL, "sgd", CHUNK),
        ],
    )
    def test_steps_are_those_of_keras(
        self, config: Config, optimizer: str, steps: int, digits: Dataset
    ) -> None:
        ours, theirs = compiled(config, optimizer), compiled(config, optimizer)
        order, falling = batches(steps, 25), np.linspace(0.01, 0.002, steps, dtype=np.float32)
        Loop(ours, digits.x_train, 25).train(order, falling)
        for indices, rate in zip(order, falling, strict=True):
            theirs.optimizer.learning_rate = rate
            theirs.train_on_batch(digits.x_train[indices].astype(np.float32) / 255.0)
        start = build(config, (8, 8, 1)).get_weights()
        for a, b, before in zip(ours.get_weights(), theirs.get_weights(), start, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5)
            assert np.abs(a - before).max() > 1e-4
        assert int(ours.optimizer.iterations) == steps

    @pytest.mark.parametrize(
        "config",
        [DENSE, CONVOLUTIONAL, SAMPLED, SAMPLED.replace(shift=2, flip=True)],
        ids=["dense", "convolutional", "sampled", "sampled-moved"],
    )
    def test_how_many_steps_a_call_takes_changes_nothing(
        self, config: Config, digits: Dataset
    ) -> None:
        model = compiled(config)
        loop = Loop(model, digits.x_train, 25)
        variables = [*model.variables, *model.optimizer.variables]
        variables += [*model.metrics_variables, model.sampling.seed_generator.state]
        first = [variable.numpy().copy() for variable in variables]
        order, falling = batches(7, 25), np.linspace(0.01, 0.002, 7, dtype=np.float32)
        ends = []
        for cuts in ([0, 7], [0, 1, 3, 7]):
            for variable, values in zip(variables, first, strict=True):
                variable.assign(values)
            for start, end in pairwise(cuts):
                loop.train(order[start:end], falling[start:end])
            ends.append([variable.numpy().copy() for variable in variables])
        for a, b in zip(*ends, strict=True):
            np.testing.assert_array_equal(a, b)

    def test_a_learning_rate_of_zero_learns_nothing(self, digits: Dataset) -> None:
        model = compiled(CONVOLUTIONAL, "sgd")
        before = model.get_weights()
        Loop(model, digits.x_train, 10).train(batches(3, 10), rates(0.0, 0.0, 0.0))
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)

    def test_loss_is_the_mean_over_all_images(self, digits: Dataset) -> None:
        config = DENSE.replace(kind="autoencoder", beta=0.0)  # without noise
        model = compiled(config)
        indices = np.arange(1203, dtype=np.int32)  # two full batches and a part
        results = Loop(model, digits.x_train, 100).evaluate(indices)
        x = digits.x_train[:1203] / 255.0
        p = np.asarray(model.decoder(model.encoder(x.astype(np.float32))[0]), np.float64)
        nats = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3))
        assert results["loss"] == pytest.approx(nats.mean(), rel=1e-5)
        assert results["reconstruction"] == pytest.approx(nats.mean(), rel=1e-5)

    def test_loss_is_the_sum_of_its_parts(self, digits: Dataset) -> None:
        model = compiled(DENSE)
        model.beta.assign(0.25)
        loop = Loop(model, digits.x_train, 30)
        loop.train(batches(3, 30), rates(0.01, 0.01, 0.01))
        for means in (loop.results(), loop.evaluate(np.arange(700, dtype=np.int32))):
            total = means["reconstruction"] + 0.25 * means["kl"]
            assert means["loss"] == pytest.approx(total, rel=1e-5)
            assert means["kl"] == pytest.approx(sum(means["kl_per_dimension"]), rel=1e-5)

    def test_evaluation_changes_no_weights(self, digits: Dataset) -> None:
        model = compiled(DENSE)
        before = model.get_weights()
        Loop(model, digits.x_train, 100).evaluate(np.arange(20, dtype=np.int32))
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


class TestLabels:
    @pytest.mark.parametrize("binarisation", ["none", "sampled"])
    def test_a_conditional_step_gets_the_labels_of_its_images(
        self, binarisation: str, digits: Dataset
    ) -> None:
        config = DENSE.replace(kind="conditional", binarisation=binarisation)
        ours, theirs = (build(config, (8, 8, 1), 10) for _ in range(2))
        for model in (ours, theirs):
            model.compile(optimizer=keras.optimizers.SGD(), jit_compile=False)
        loop = Loop(ours, digits.x_train, 25, digits.y_train)
        for indices in batches(3, 25):
            images = loop.images(indices).astype(np.float32) / 255.0
            loop.train(indices[None], rates(0.01))
            theirs.optimizer.learning_rate = 0.01
            theirs.train_on_batch(theirs.with_labels(images, digits.y_train[indices]))
        start = build(config, (8, 8, 1), 10).get_weights()
        for a, b, before in zip(ours.get_weights(), theirs.get_weights(), start, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5)
            assert np.abs(a - before).max() > 1e-4

    def test_evaluation_gets_them_too(self, digits: Dataset) -> None:
        model = build(DENSE.replace(kind="conditional"), (8, 8, 1), 10)
        model.compile(optimizer="sgd", jit_compile=False)
        indices = np.arange(100, 1303, dtype=np.int32)  # two full batches and a part
        found = Loop(model, digits.x_train, 100, digits.y_train).evaluate(indices)
        x = digits.x_train[indices].astype(np.float32) / 255.0
        mean, log_var = map(
            np.asarray, model.encoder(model.with_labels(x, digits.y_train[indices]))
        )
        kl = 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var).sum(axis=1)
        assert found["kl"] == pytest.approx(kl.mean(), rel=1e-4)


class TestBinarisation:
    @pytest.mark.parametrize("binarisation", ["threshold", "fixed"])
    def test_the_images_are_binarised_once(self, binarisation: str, digits: Dataset) -> None:
        loop = Loop(compiled(CONVOLUTIONAL.replace(binarisation=binarisation)), digits.x_train, 10)
        indices = np.array([7, 3, 7], np.int32)
        expected = binarise(digits.x_train, binarisation)[indices]
        np.testing.assert_array_equal(loop.images(indices), expected)
        loop.train(batches(1, 10), rates(0.0))
        np.testing.assert_array_equal(loop.images(indices), expected)

    @pytest.mark.parametrize(
        "config",
        [SAMPLED, SAMPLED_CONVOLUTIONAL, MOVED],
        ids=["dense", "convolutional", "moved"],
    )
    def test_a_step_trains_on_the_images_that_are_shown(
        self, config: Config, digits: Dataset
    ) -> None:
        ours, theirs = compiled(config, "sgd"), compiled(config, "sgd")
        loop = Loop(ours, digits.x_train, 25)
        observed = []
        for indices in batches(3, 25):
            observed.append(loop.images(indices))
            loop.train(indices[None], rates(0.01))
            theirs.optimizer.learning_rate = 0.01
            theirs.train_on_batch(observed[-1].astype(np.float32) / 255.0)
        start = build(config, (8, 8, 1)).get_weights()
        for a, b, before in zip(ours.get_weights(), theirs.get_weights(), start, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5)
            assert np.abs(a - before).max() > 1e-4
        assert (set(np.unique(observed)) == {0, 255}) == (config.binarisation == "sampled")

    def test_each_step_samples_anew_with_the_grey_as_probability(self, digits: Dataset) -> None:
        model = compiled(SAMPLED_CONVOLUTIONAL)
        loop = Loop(model, digits.x_train, 10)
        indices = np.arange(200, dtype=np.int32)
        samples = []
        for step in range(100):
            model.optimizer.iterations.assign(step)
            samples.append(loop.images(indices) == 255)
        fraction, p = np.mean(samples, axis=0), digits.x_train[:200] / 255.0
        error = np.sqrt(p * (1 - p) / 100)
        np.testing.assert_array_equal(fraction[error == 0], p[error == 0])
        ratio = ((fraction - p)[error > 0] / error[error > 0]) ** 2
        assert ratio.mean() == pytest.approx(1.0, abs=0.1)

    def test_the_seed_decides_the_sample(self, digits: Dataset) -> None:
        indices = np.arange(50, dtype=np.int32)
        first, again, other = (
            Loop(compiled(SAMPLED_CONVOLUTIONAL.replace(seed=seed)), digits.x_train, 10).images(
                indices
            )
            for seed in (3, 3, 4)
        )
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()

    def test_validation_has_one_sample_for_all_epochs(self, digits: Dataset) -> None:
        config = SAMPLED.replace(kind="autoencoder", beta=0.0)  # without noise
        model = compiled(config)
        loop = Loop(model, digits.x_train, 100)
        indices = np.arange(1203, dtype=np.int32)
        first = loop.evaluate(indices)
        model.optimizer.iterations.assign(77)
        assert loop.evaluate(indices) == first
        # Black and white is farther from an untrained network's grey than grey is from itself.
        grey = Loop(compiled(config.replace(binarisation="none")), digits.x_train, 100)
        assert first["loss"] != grey.evaluate(indices)["loss"]
