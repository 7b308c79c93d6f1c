"""One training step, taken apart: it is the one that is taken, and looking changes nothing."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae.architecture import FIRST_PIXEL_LOG_VAR
from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.vae import VAE
from vae.training.loop import Loop
from vae.training.step_trace import EXAMPLES, StepTrace

DENSE = Config(hidden=(12,), latent_dim=3, beta=0.3, noise=0.7, seed=5)
CONFIGS: dict[str, Config] = {
    "dense": DENSE,
    "convolutional": DENSE.replace(network="convolutional", hidden=(4,)),
    "sampled": DENSE.replace(binarisation="sampled", kl_cycle=2),
    "conditional": DENSE.replace(kind="conditional", binarisation="sampled"),
    "autoencoder": DENSE.replace(
        kind="autoencoder", beta=0.0, network="convolutional", hidden=(3,)
    ),
}
BATCH = 20


class Bench:
    """A model with its loop and its step trace, under plain gradient descent."""

    def __init__(self, name: str, dataset: Dataset) -> None:
        self.name, self.config = name, CONFIGS[name]
        self.model: VAE = build(self.config, dataset.image_shape, dataset.classes)
        self.model.compile(optimizer=keras.optimizers.SGD(0.0))
        self.labels = dataset.y_train
        self.loop = Loop(self.model, dataset.x_train, BATCH, self.labels)
        self.step_trace = StepTrace(self.model)

    def batch(self, index: int) -> np.ndarray:
        return np.arange(index * BATCH, (index + 1) * BATCH, dtype=np.int32)

    def preprocess(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Images as the next step would see them, and their labels."""
        return self.loop.images(indices), self.labels[indices]

    def step(self, index: int, rate: float, *, apart: bool = True) -> dict[str, Any]:
        """Take one step; return what its step trace says, and under "real" what the loop does."""
        indices = self.batch(index)
        self.model.optimizer.learning_rate = rate
        taken = self.step_trace.before(*self.preprocess(indices)) if apart else {}
        self.loop.train(indices[None], np.array([rate], np.float32))
        if apart:
            taken |= self.step_trace.after()
        return {**taken, "real": self.loop.results()}


@pytest.fixture(scope="module", params=CONFIGS)
def bench(request: pytest.FixtureRequest, digits: Dataset) -> Bench:
    return Bench(request.param, digits)


@pytest.fixture(scope="module")
def taken(bench: Bench) -> dict[str, Any]:
    """The second step of a model, taken apart."""
    bench.step(0, 0.01, apart=False)
    return bench.step(1, 0.01)


class TestBasics:
    def test_shapes(self, taken: dict[str, Any], bench: Bench) -> None:
        shapes = {name: np.shape(value) for name, value in taken.items() if name != "real"}
        codes, layers = (EXAMPLES, 3), (len(taken["layer_names"]),)
        assert shapes.pop("encoder")[0] == shapes.pop("decoder")[0] == EXAMPLES
        assert shapes == {
            "images": (EXAMPLES, 8, 8, 1),
            "reconstructions": (EXAMPLES, 8, 8, 1),
            "reconstruction_nats": (EXAMPLES,),
            **dict.fromkeys(("mean", "log_var", "epsilon", "z", "kl"), codes),
            **dict.fromkeys(("layer_names", "gradient_norms", "update_norms"), layers),
            **dict.fromkeys(("noise", "beta", "learning_rate", "batch_size"), ()),
            **dict.fromkeys(("loss_before", "loss_after"), ()),
        }
        assert taken["images"].dtype == taken["reconstructions"].dtype == np.uint8
        assert taken["batch_size"] == BATCH
        assert taken["noise"] == pytest.approx(bench.config.noise)
        assert taken["beta"] == pytest.approx(bench.config.beta)

    def test_can_be_stored_without_pickle(self, taken: dict[str, Any], tmp_path: Any) -> None:
        values = {name: value for name, value in taken.items() if name != "real"}
        np.savez(tmp_path / "step.npz", **values)
        with np.load(tmp_path / "step.npz", allow_pickle=False) as arrays:
            assert {name: arrays[name].shape for name in arrays} == {
                name: np.shape(value) for name, value in values.items()
            }

    def test_every_layer_is_named_once(self, taken: dict[str, Any], bench: Bench) -> None:
        names = taken["layer_names"].tolist()
        assert len(set(names)) == len(names)
        assert {name.split()[0] for name in names} == {"encoder", "decoder"}

    def test_the_last_hidden_layers(self, taken: dict[str, Any], bench: Bench) -> None:
        sizes = {"dense": (12, 12), "convolutional": (64, 64)}
        found = tuple(taken[network].shape[1] for network in ("encoder", "decoder"))
        assert found == sizes.get(bench.name, found)
        assert np.isfinite(taken["encoder"]).all()
        assert np.ptp(taken["decoder"]) > 0

    def test_without_a_hidden_layer_it_is_what_comes_in(self) -> None:
        model = build(DENSE.replace(hidden=()), (8, 8, 1))
        hidden = StepTrace(model)._hidden
        images = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
        np.testing.assert_array_equal(np.ravel(hidden["encoder"](images)), images.ravel())
        np.testing.assert_array_equal(hidden["decoder"](images[:, 0, :3, 0]), images[:, 0, :3, 0])


class TestCorrectness:
    def test_its_loss_is_the_real_steps(self, bench: Bench) -> None:
        # So its epsilon is that of the real step, whose compiler has its own generator.
        for index in range(2, 5):
            taken = bench.step(index, 0.01)
            assert taken["loss_before"] == pytest.approx(taken["real"]["loss"], rel=1e-5)

    def test_another_epsilon_has_another_loss(self, bench: Bench) -> None:
        images, labels = bench.preprocess(bench.batch(3))
        images = tf.cast(images, tf.float32) / 255.0
        losses = {
            float(bench.step_trace._differentiate(images, labels, tf.constant(epsilon))[0])
            for epsilon in np.random.default_rng(0).normal(size=(2, BATCH, 3)).astype(np.float32)
        }
        # An autoencoder samples none.
        assert len(losses) == (1 if bench.config.kind == "autoencoder" else 2)

    def test_its_parts_follow_from_one_another(self, taken: dict[str, Any], bench: Bench) -> None:
        config, mean, log_var = bench.config, taken["mean"], taken["log_var"]
        spread = config.noise * np.exp(log_var / 2) * taken["epsilon"]
        kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var)
        if config.kind == "autoencoder":
            spread, kl = 0.0, np.zeros_like(mean)
        np.testing.assert_allclose(taken["z"], mean + spread, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(taken["kl"], kl, rtol=1e-4, atol=1e-6)
        x = taken["images"] / 255.0
        p = np.clip(taken["reconstructions"] / 255.0, 1e-3, 1 - 1e-3)  # rounded to a byte
        nats = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(taken["reconstruction_nats"], nats, rtol=2e-2)

    def test_the_loss_is_the_sum_of_its_parts(self, bench: Bench) -> None:
        # A batch that is shown whole: as many images as there are examples.
        taken = bench.step_trace.before(*bench.preprocess(bench.batch(7)[:EXAMPLES]))
        parts = taken["reconstruction_nats"].mean() + taken["beta"] * taken["kl"].sum(axis=1).mean()
        assert taken["loss_before"] == pytest.approx(parts, rel=1e-5)

    def test_updates_are_those_of_gradient_descent(self, taken: dict[str, Any]) -> None:
        assert taken["gradient_norms"].min() > 0.0
        np.testing.assert_allclose(
            taken["update_norms"], 0.01 * taken["gradient_norms"], rtol=2e-2, atol=1e-6
        )

    def test_afterwards_the_same_images_fit_better(self, taken: dict[str, Any]) -> None:
        # Down the gradient by a little: what one expects of the loss, to first order.
        fall = taken["loss_before"] - taken["loss_after"]
        assert 0.0 < fall < 0.01 * np.square(taken["gradient_norms"]).sum() * 1.1

    def test_a_learning_rate_of_zero_changes_nothing(self, bench: Bench) -> None:
        taken = bench.step(5, 0.0)
        assert taken["loss_after"] == pytest.approx(taken["loss_before"], rel=1e-6)
        assert taken["update_norms"].max() == 0.0

    def test_the_norm_of_the_whole_gradient(self, bench: Bench) -> None:
        observed = bench.preprocess(bench.batch(6))
        norm = bench.step_trace.norms(*observed)["gradient_norm"]
        parts = bench.step_trace.before(*observed)["gradient_norms"]
        assert norm == pytest.approx(float(np.sqrt(np.square(parts).sum())), rel=1e-5)

    def test_importance_samples(self, digits: Dataset) -> None:
        model = build(DENSE.replace(importance_samples=3), (8, 8, 1))
        model.compile(optimizer=keras.optimizers.SGD(0.0))
        loop, step_trace = Loop(model, digits.x_train, BATCH), StepTrace(model)
        for index in range(2):
            indices = np.arange(index * BATCH, (index + 1) * BATCH, dtype=np.int32)
            taken = step_trace.before(loop.images(indices))
            assert taken["z"].shape == taken["epsilon"].shape == (EXAMPLES, 3)
            loop.train(indices[None], np.array([0.01], np.float32))
            assert taken["loss_before"] == pytest.approx(loop.results()["loss"], rel=1e-5)

    def test_a_learned_variance_is_one_of_the_layers(self, digits: Dataset) -> None:
        model = build(DENSE.replace(likelihood="gaussian"), (8, 8, 1))
        model.compile(optimizer=keras.optimizers.SGD(0.0))
        loop, step_trace = Loop(model, digits.x_train, BATCH), StepTrace(model)
        taken = step_trace.before(loop.images(np.arange(BATCH, dtype=np.int32)))
        loop.train(np.arange(BATCH, dtype=np.int32)[None], np.array([1e-3], np.float32))
        taken |= step_trace.after()
        assert taken["loss_before"] == pytest.approx(loop.results()["loss"], rel=1e-5)
        index = taken["layer_names"].tolist().index("pixel variance")
        update = abs(float(model.pixel_log_var) - FIRST_PIXEL_LOG_VAR)
        assert update > 0.0
        assert taken["update_norms"][index] == pytest.approx(update, rel=1e-4)
        assert taken["gradient_norms"][index] == pytest.approx(1e3 * update, rel=1e-4)

    def test_looking_changes_nothing(self, bench: Bench) -> None:
        state = [*bench.model.variables, bench.model.sampling.seed_generator.state]
        state += bench.model.optimizer.variables
        first = [variable.numpy().copy() for variable in state]
        ends, losses = [], []
        for apart in (True, False):
            for variable, values in zip(state, first, strict=True):
                variable.assign(values)
            for index in range(3):
                losses.append(bench.step(index, 0.01, apart=apart)["real"])
                if apart:
                    bench.step_trace.norms(*bench.preprocess(bench.batch(index)))["gradient_norm"]
            ends.append([variable.numpy().copy() for variable in state])
        assert losses[:3] == losses[3:]
        for traced, blind in zip(*ends, strict=True):
            np.testing.assert_array_equal(traced, blind)
        assert any(not np.array_equal(a, b) for a, b in zip(first, ends[0], strict=True))
