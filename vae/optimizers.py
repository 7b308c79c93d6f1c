"""The optimizer of a configuration."""

from __future__ import annotations

from vae.config import Config
from vae.keras_setup import keras

__all__ = ["make_optimizer"]

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def make_optimizer(config: Config, pixels: int) -> keras.Optimizer:
    """Return the optimizer; with loss_scale="per_pixel" it sees the loss divided by the pixels.

    So does the lecture's, while history and curves keep nats. With RMSprop the division is not
    nothing, since the gradients become as small as the epsilon in its denominator.
    """
    base = OPTIMIZERS[config.optimizer]
    if config.loss_scale == "nats":
        return base(learning_rate=config.learning_rate)

    class PerPixel(base):
        def scale_loss(self, loss: keras.KerasTensor) -> keras.KerasTensor:
            return super().scale_loss(loss) / pixels

    return PerPixel(learning_rate=config.learning_rate)
