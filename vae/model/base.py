"""What training, evaluation and files need of a model, whatever its kind is."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from vae.config import Config
from vae.dotted_path import resolve
from vae.kinds import KINDS
from vae.layers import ImageShape
from vae.model.keras_setup import check_settings, keras, ops, tf

__all__ = ["Model", "build", "scalar"]


class Model(keras.Model):
    """A Keras model of one of `kinds.KINDS`: `compile` and `fit` work as on any other.

    networks: by the names that its kind has for them. classes: of its labels, 0 where it gets none.
    """

    networks: dict[str, keras.Model]

    def __init__(self, config: Config, image_shape: ImageShape, classes: int, name: str) -> None:
        check_settings()
        super().__init__(name=name)
        self.config = config
        self.image_shape = image_shape
        self.classes = classes

    def get_config(self) -> dict[str, Any]:
        """Return what makes a model like this one, as Keras's files hold it."""
        return {
            "config": self.config.to_dict(),
            "image_shape": list(self.image_shape),
            "classes": self.classes,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model of what `get_config` returned."""
        model = Config.from_dict(config["config"])
        return cls(model, tuple(config["image_shape"]), config["classes"], config["name"])

    def with_labels(self, inputs: Any, labels: Any, copies: int = 1) -> Any:
        """Return images or codes as the networks take them: with labels, if they are conditional.

        labels: whole numbers (N,). copies: of all labels, set after set, for as many inputs.
        """
        if not self.config.conditional:
            return inputs
        one_hot = ops.one_hot(labels, self.classes)
        inputs = ops.convert_to_tensor(inputs)
        return [inputs, ops.tile(one_hot, (copies, 1)) if copies > 1 else one_hot]

    def step_data(self, images: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any, ...]:
        """Return what `train_step` and `test_step` take: x, or x and y.

        images: floats in [0, 1] (N, H, W, C). labels: (N,), of a model that has classes.
        """
        raise NotImplementedError

    def loss_of(self, x: Any, y: Any) -> tf.Tensor:
        """Return the loss of what `step_data` returned, a scalar; a step lowers it."""
        raise NotImplementedError

    @property
    def noise_shape(self) -> tuple[int, int]:
        """How many random vectors of which size a step takes for each image."""
        return 0, 1

    def sample_noise(self, shape: tuple[int, int]) -> tf.Tensor:
        """Sample what a step takes; the random state of the model moves on."""
        return tf.zeros(shape)

    def fixed_noise(self, noise: tf.Tensor) -> AbstractContextManager[None]:
        """Use this noise in what is called within, and sample none."""
        return nullcontext()

    @property
    def random_states(self) -> list[keras.Variable]:
        """The states of its random generators, which a checkpoint holds."""
        return []

    def set_schedule(self, settings: Config, beta: float, capacity: float) -> None:
        """Set the weights of the loss from the next step on, as far as it has them.

        settings: those of now. beta, capacity: of this epoch, where those are scheduled.
        """

    def row_extras(self) -> dict[str, float]:
        """Return what a row of the history holds besides the means."""
        return {}

    def plain(self) -> keras.Model:
        """Return the whole as a model of Keras's own layers alone, its networks among them."""
        raise NotImplementedError

    def take_weights(self, saved: keras.Model) -> None:
        """Take the weights of what `plain` returned; raises ValueError for another model."""
        for name, network in self.networks.items():
            network.set_weights(saved.get_layer(name).get_weights())


def build(config: Config, image_shape: ImageShape, classes: int = 0) -> Model:
    """Build the model of a configuration for images of this shape (H, W, C): see `kinds`.

    classes: of the data set, which a classifier and a conditional VAE need. Raises ConfigError if
    the layers do not fit the images or the classes.
    """
    shape: Any = tuple(image_shape)  # as JSON has it, too; the layers check it
    return resolve(KINDS[config.kind].model)(config, shape, classes)


def scalar(value: float, name: str) -> tf.Variable:
    """Make a number that can change between steps without a new trace.

    A plain TensorFlow variable: no parameter that Keras would count or save.
    """
    return tf.Variable(tf.constant(value, "float32"), trainable=False, name=name)
