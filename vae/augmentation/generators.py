"""Models that are trained on the few images, and samples of them: nothing else is ever seen by one.

Each is built and compiled once and trained anew for each seed, by `Trainer`. `fit` gets the few
images; `sample` makes images of the same classes, as many of each as there are real ones, times
`copies`. The same few images, seed and sampler give the same samples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from vae.architecture import ImageShape
from vae.augmentation.methods import Generator, Sampler
from vae.augmentation.recipe import Recipe
from vae.augmentation.seeds import derived_seed
from vae.augmentation.trainer import Trainer
from vae.config import Config
from vae.images import to_uint8
from vae.model.base import build
from vae.model.keras_setup import tf
from vae.model.optimizers import make_optimizer
from vae.model.pixels import to_floats
from vae.sampling.mixtures import Mixture, fit_mixture
from vae.sampling.prior import prior_codes

__all__ = ["ImageGenerator", "Samples", "make_generator"]

Check = Callable[[], None]


class Samples(NamedTuple):
    """Images, uint8 (N, H, W, C), and their labels (N,)."""

    images: np.ndarray
    labels: np.ndarray


class ImageGenerator(ABC):
    """Something that learns from few images to make more of them."""

    @abstractmethod
    def fit(self, few: Samples, seed: int, check: Check) -> None:
        """Train anew on these images; check is called every now and then, and may raise."""

    @abstractmethod
    def sample(self, sampler: Sampler, copies: int, seed: int) -> Samples:
        """Make `copies` images for each that it was trained on, of the same class."""


def make_generator(
    name: Generator, recipe: Recipe, image_shape: ImageShape, classes: int
) -> ImageGenerator:
    """Build the networks of a generator."""
    if name == "gan":
        return _Gan(recipe, image_shape, classes)
    if name == "class_vaes":
        return _ClassVaes(recipe, image_shape)
    return _ConditionalVae(recipe, image_shape, classes)


class _Network:
    """A model of this package with its trainer, and images of its codes."""

    def __init__(self, config: Config, image_shape: ImageShape, classes: int) -> None:
        self.config = config
        self.model: Any = build(config, image_shape, classes)
        self.model.compile(optimizer=make_optimizer(config, int(np.prod(image_shape))))
        self._trainer = Trainer(
            self.model,
            image_shape,
            config.batch_size,
            self.model.step_data,
            self.model.random_states,
        )
        whole = tf.TensorSpec((None,), tf.int32)
        self._decode = tf.function(
            lambda z, labels: self.model.decoder(self.model.with_labels(z, labels)),
            autograph=False,
            input_signature=[tf.TensorSpec((None, config.latent_dim), tf.float32), whole],
        )
        if config.has("encoder"):
            self._encode = tf.function(
                lambda pixels, labels: self.model.encoder(
                    self.model.with_labels(to_floats(pixels), labels)
                ),
                autograph=False,
                input_signature=[tf.TensorSpec((None, *image_shape), tf.uint8), whole],
            )

    def train(self, few: Samples, steps: int, seed: int, check: Check) -> None:
        rate = self.config.learning_rate
        self._trainer.train(*few, steps=steps, rate=rate, seed=seed, check=check)

    def encode(self, few: Samples) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and log_var (N, d) of each image's posterior.

        Those of a model that diverged are 0: its images are then worth what they are worth.
        """
        found = self._encode(few.images, few.labels.astype(np.int32))
        mean, log_var = (np.nan_to_num(part.numpy(), posinf=0.0, neginf=0.0) for part in found)
        return mean, log_var

    def decode(self, z: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the images of codes (N, d), uint8 (N, H, W, C)."""
        return to_uint8(self._decode(z, labels.astype(np.int32)).numpy())


class _Codes:
    """What the samplers need of a trained VAE: the posteriors of its few images.

    prior: N(0, I). mixture: for each class one that is fitted to its posteriors' means (Ghosh et
    al. 2020). posterior: a sample of that of one image, so that it is a variation of it.
    labels: of the images (N,); codes come in their order, again for each copy: (copies * N, d).
    """

    def __init__(self, labels: np.ndarray, mean: np.ndarray, log_var: np.ndarray) -> None:
        self._labels, self._mean, self._log_var = labels, mean, log_var
        self._samplers: dict[Sampler, Callable[[int, int], np.ndarray]] = {
            "prior": self._prior,
            "mixture": self._mixture,
            "posterior": self._posterior,
        }

    def sample(self, sampler: Sampler, copies: int, seed: int) -> np.ndarray:
        """Return `copies` codes for each of the few images."""
        return self._samplers[sampler](copies, seed)

    def _prior(self, copies: int, seed: int) -> np.ndarray:
        return prior_codes(copies * len(self._mean), self._mean.shape[1], seed=seed)

    def _mixture(self, copies: int, seed: int) -> np.ndarray:
        count, dimensions = self._mean.shape
        codes = np.empty((copies, count, dimensions), np.float32)
        for label, mixture in self._mixtures.items():
            own = self._labels == label
            sampled = mixture.sample(copies * int(own.sum()), derived_seed(seed, label))
            codes[:, own] = sampled.reshape(copies, -1, dimensions)
        return codes.reshape(-1, dimensions)

    def _posterior(self, copies: int, seed: int) -> np.ndarray:
        noise = np.random.default_rng(seed).standard_normal((copies, *self._mean.shape))
        codes = self._mean + np.exp(0.5 * self._log_var) * noise
        return codes.reshape(-1, codes.shape[2]).astype(np.float32)

    @cached_property
    def _mixtures(self) -> dict[int, Mixture]:
        """A mixture for each class, fitted when it is first sampled from."""
        return {
            label: fit_mixture(self._mean[self._labels == label])[0]
            for label in np.unique(self._labels).tolist()
        }


class _ConditionalVae(ImageGenerator):
    """One VAE that gets the class of each image (Sohn et al. 2015)."""

    def __init__(self, recipe: Recipe, image_shape: ImageShape, classes: int) -> None:
        self._steps = recipe.vae_steps
        config = _vae_config(recipe).replace(conditional=True)
        self._network = _Network(config, image_shape, classes)

    def fit(self, few: Samples, seed: int, check: Check) -> None:
        self._network.train(few, self._steps, seed, check)
        self._labels = few.labels
        self._codes = _Codes(few.labels, *self._network.encode(few))

    def sample(self, sampler: Sampler, copies: int, seed: int) -> Samples:
        labels = np.tile(self._labels, copies)
        return Samples(
            self._network.decode(self._codes.sample(sampler, copies, seed), labels), labels
        )


class _ClassVaes(ImageGenerator):
    """As many VAEs as classes, each trained on the images of its own (Chadebec et al. 2021)."""

    def __init__(self, recipe: Recipe, image_shape: ImageShape) -> None:
        self._steps = recipe.class_vae_steps
        self._network = _Network(_vae_config(recipe), image_shape, 0)

    def fit(self, few: Samples, seed: int, check: Check) -> None:
        self._trained: dict[int, tuple[list[np.ndarray], _Codes]] = {}
        for label in np.unique(few.labels).tolist():
            own = few.labels == label
            images = Samples(few.images[own], few.labels[own])
            self._network.train(images, self._steps, derived_seed(seed, label), check)
            codes = _Codes(images.labels, *self._network.encode(images))
            self._trained[label] = self._network.model.decoder.get_weights(), codes

    def sample(self, sampler: Sampler, copies: int, seed: int) -> Samples:
        parts = []
        for label, (weights, codes) in self._trained.items():
            self._network.model.decoder.set_weights(weights)
            z = codes.sample(sampler, copies, derived_seed(seed, label))
            labels = np.full(len(z), label)
            parts.append(Samples(self._network.decode(z, labels), labels))
        return Samples(*(np.concatenate(part) for part in zip(*parts, strict=True)))


class _Gan(ImageGenerator):
    """A conditional GAN (Mirza & Osindero 2014) with R1; its codes have the prior alone."""

    def __init__(self, recipe: Recipe, image_shape: ImageShape, classes: int) -> None:
        self._steps = recipe.gan_steps
        config = Config(
            kind="gan",
            conditional=True,
            network="convolutional",
            hidden=recipe.vae_filters,
            dense_layers=recipe.vae_dense,
            latent_dim=recipe.gan_latent,
            activation="leaky_relu",
            adam_beta_1=0.5,
            adam_beta_2=0.99,
            learning_rate=recipe.gan_rate,
            batch_size=recipe.vae_batch,
        )
        self._network = _Network(config, image_shape, classes)

    def fit(self, few: Samples, seed: int, check: Check) -> None:
        self._network.train(few, self._steps, seed, check)
        self._labels = few.labels

    def sample(self, sampler: Sampler, copies: int, seed: int) -> Samples:
        labels = np.tile(self._labels, copies)
        z = prior_codes(len(labels), self._network.config.latent_dim, seed=seed)
        return Samples(self._network.decode(z, labels), labels)


def _vae_config(recipe: Recipe) -> Config:
    return Config(
        network="convolutional",
        hidden=recipe.vae_filters,
        dense_layers=recipe.vae_dense,
        latent_dim=recipe.vae_latent,
        activation="silu",
        beta=recipe.vae_beta,
        learning_rate=recipe.vae_rate,
        batch_size=recipe.vae_batch,
    )
