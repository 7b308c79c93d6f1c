"""A trained model on disk: one plain Keras file, and ONNX for readers without TensorFlow."""

from __future__ import annotations

import logging
from pathlib import Path

import keras
import numpy as np

from vae.architecture import ImageShape
from vae.config import Config
from vae.errors import RunError
from vae.files import replacing
from vae.model import VAE, build

__all__ = ["export_onnx", "load_model", "restore", "save_keras", "training_state"]


def save_keras(model: VAE, folder: Path) -> None:
    """Write model.keras: images -> reconstruction, mean, log_var, of Keras's own layers alone.

    It opens with `keras.models.load_model` where this package is not installed; its layers
    "encoder" and "decoder" are models themselves.
    """
    image = keras.Input(model.encoder.input_shape[1:], name="image")
    mean, log_var = model.encoder(image)
    outputs = {"reconstruction": model.decoder(mean), "mean": mean, "log_var": log_var}
    with replacing(folder / "model.keras") as temporary:
        keras.Model(image, outputs, name="vae").save(temporary)


def export_onnx(model: VAE, folder: Path) -> None:
    """Write encoder.onnx and decoder.onnx, which the web server reads."""
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    for network in (model.encoder, model.decoder):
        with replacing(folder / f"{network.name}.onnx") as temporary:
            network.export(temporary, format="onnx", verbose=False)


def load_model(folder: Path, config: Config, image_shape: ImageShape) -> VAE:
    """Build the model of a run and give it the weights of model.keras."""
    path = folder / "model.keras"
    if not path.is_file():
        raise RunError(f"A run's model is in model.keras. Received: {folder}, which has none yet")
    try:
        saved = keras.models.load_model(path, compile=False)
        model = build(config, image_shape)
        for name in ("encoder", "decoder"):
            getattr(model, name).set_weights(saved.get_layer(name).get_weights())
    except (ValueError, OSError, KeyError) as error:
        raise RunError(
            f"model.keras must hold the model that config.json describes. Received: {path} "
            f"({str(error).splitlines()[0]:.120})"
        ) from None
    return model


def training_state(model: VAE) -> list[np.ndarray]:
    """Return weights, optimizer variables and random state: all that training goes on from."""
    return [np.asarray(variable) for variable in _state_variables(model)]


def restore(model: VAE, folder: Path) -> int:
    """Set a compiled model to its run's last checkpoint and return that checkpoint's epoch."""
    with np.load(folder / "checkpoint.npz", allow_pickle=False) as arrays:
        for place, variable in enumerate(_state_variables(model)):
            variable.assign(arrays[f"v{place}"])
        return int(arrays["epoch"])


def _state_variables(model: VAE) -> list[keras.Variable]:
    return [
        *model.trainable_variables,
        *model.optimizer.variables,
        model.sampling.seed_generator.state,
    ]
