"""The optimizer of a configuration."""

from __future__ import annotations

from typing import Any

from vae.config import Config
from vae.model.keras_setup import keras

__all__ = ["make_optimizer"]

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def _per_pixel(base: type[keras.Optimizer]) -> type[keras.Optimizer]:
    """Return a kind of optimizer that sees the loss divided by the pixels."""

    @keras.saving.register_keras_serializable(package="vae", name=f"PerPixel{base.__name__}")
    class PerPixel(base):
        def __init__(self, pixels: int, **arguments: Any) -> None:
            super().__init__(**arguments)
            self.pixels = pixels

        def scale_loss(self, loss: keras.KerasTensor) -> keras.KerasTensor:
            return super().scale_loss(loss) / self.pixels

        def get_config(self) -> dict[str, Any]:
            return super().get_config() | {"pixels": self.pixels}

    return PerPixel


# Made once, so that a file of Keras's can name them.
PER_PIXEL = {name: _per_pixel(base) for name, base in OPTIMIZERS.items()}


def make_optimizer(config: Config, pixels: int) -> keras.Optimizer:
    """Return the optimizer; with loss_scale="per_pixel" it sees the loss divided by the pixels.

    So does the lecture's, while history and curves keep nats. With RMSprop the division is not
    nothing, since the gradients become as small as the epsilon in its denominator.
    """
    settings: dict[str, Any] = {"learning_rate": config.learning_rate}
    if config.optimizer == "adam":
        settings |= {"beta_1": config.adam_beta_1, "beta_2": config.adam_beta_2}
    if config.loss_scale == "nats":
        return OPTIMIZERS[config.optimizer](**settings)
    return PER_PIXEL[config.optimizer](pixels=pixels, **settings)
