"""A trained model on disk: one plain Keras file, and ONNX for readers without TensorFlow."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import numpy as np

from vae.architecture import summarize
from vae.config import Config
from vae.errors import RunError, VAEError
from vae.files import replacing
from vae.layers import ImageShape
from vae.model.base import Model, build
from vae.model.keras_compat import portable
from vae.model.keras_setup import keras
from vae.model.weights_file import check_weights

__all__ = ["export_onnx", "load_model", "save_keras"]

# Of 2021, and tried with ONNX Runtime 1.15; a later tf2onnx must not raise it unseen.
ONNX_OPSET = 15


def save_keras(model: Model, folder: Path) -> None:
    """Write model.keras: what `Model.plain` returns, of Keras's own layers alone.

    It opens with `keras.models.load_model` of Keras 3.4 and later, on TensorFlow, JAX or PyTorch,
    where this package is not installed; its networks, as "encoder" and "decoder", are layers that
    are models themselves.
    """
    with replacing(folder / "model.keras") as temporary:
        model.plain().save(temporary)
        temporary.write_bytes(portable(temporary.read_bytes()))


def export_onnx(model: Model, folder: Path) -> None:
    """Write each network, as encoder.onnx, which the web server reads: opset 15.

    Those of a conditional VAE have a second input, label: one-hot vectors (N, classes).
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    for network in model.networks.values():
        nothing = [np.zeros((1, *each.shape[1:]), np.float32) for each in network.inputs]
        network(nothing if len(nothing) > 1 else nothing[0])  # else Keras refuses it
        with replacing(folder / f"{network.name}.onnx") as temporary:
            network.export(temporary, format="onnx", verbose=False, opset_version=ONNX_OPSET)


def load_model(folder: Path, config: Config, image_shape: ImageShape, classes: int = 0) -> Model:
    """Build the model of a run and give it the weights of model.keras.

    Raises RunError if there is no such file, or one that holds another model.
    """
    path = folder / "model.keras"
    if not path.is_file():
        raise RunError(f"A run's model is in model.keras. Received: {folder}, which has none yet")
    try:
        check_weights(path, summarize(config, image_shape, classes).total)
        saved = keras.models.load_model(path, compile=False)
        if not isinstance(saved, keras.Model):
            raise TypeError("it holds no model")
        model = build(config, image_shape, classes)
        model.take_weights(saved)
    except VAEError:
        raise
    except (ValueError, TypeError, RuntimeError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise RunError(
            f"model.keras must hold the model that config.json describes. Received: {path} "
            f"({str(error).splitlines()[0]:.120})"
        ) from None
    return model
