"""The classifiers that are compared, as VAE Lab's configuration has them."""

from __future__ import annotations

from typing import Any

from vae.config import Config

__all__ = ["NETWORKS", "config_of"]

NETWORKS: dict[str, dict[str, Any]] = {
    "dense": {"hidden": (128,)},
    "convolutional": {"network": "convolutional", "hidden": (32, 64), "dense_layers": (128,)},
}


def config_of(network: str, batch: int, epochs: int) -> Config:
    """Return Adam on the network that the other sides have, with all images in training."""
    sizes = NETWORKS[network]
    return Config(kind="classifier", batch_size=batch, epochs=epochs, validation_split=0.0, **sizes)
