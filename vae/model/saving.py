"""A trained model on disk: one plain Keras file, and ONNX for readers without TensorFlow."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import numpy as np

from vae.architecture import ImageShape, summarize
from vae.config import Config
from vae.errors import RunError, VAEError
from vae.files import replacing
from vae.model.keras_compat import portable
from vae.model.keras_setup import keras
from vae.model.vae import VAE, build
from vae.model.weights_file import check_weights

__all__ = ["export_onnx", "load_model", "save_keras"]

# Of 2021, and tried with ONNX Runtime 1.15; a later tf2onnx must not raise it unseen.
ONNX_OPSET = 15


def save_keras(model: VAE, folder: Path) -> None:
    """Write model.keras: images -> reconstruction, mean, log_var, of Keras's own layers alone.

    That of a conditional VAE takes a list: images, and labels as one-hot vectors (N, classes).

    It opens with `keras.models.load_model` of Keras 3.4 and later, on TensorFlow, JAX or PyTorch,
    where this package is not installed; its layers
    "encoder" and "decoder" are models themselves. With a Gaussian likelihood there is a fourth
    output, pixel_log_var: the log-variance around the reconstruction, the same in all pixels.
    """
    inputs = [keras.Input(each.shape[1:], name=each.name) for each in model.encoder.inputs]
    image, *label = inputs
    mean, log_var = model.encoder(inputs if label else image)
    reconstruction = model.decoder([mean, *label] if label else mean)
    outputs = {"reconstruction": reconstruction, "mean": mean, "log_var": log_var}
    if model.pixel_log_var is not None:
        constant = keras.layers.Rescaling(
            0.0, offset=float(model.pixel_log_var), name="pixel_log_var"
        )
        outputs["pixel_log_var"] = constant(outputs["reconstruction"])
    with replacing(folder / "model.keras") as temporary:
        keras.Model(inputs if label else image, outputs, name="vae").save(temporary)
        temporary.write_bytes(portable(temporary.read_bytes()))


def export_onnx(model: VAE, folder: Path) -> None:
    """Write encoder.onnx and decoder.onnx, which the web server reads: opset 15.

    Those of a conditional VAE have a second input, label: one-hot vectors (N, classes).
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    for network in (model.encoder, model.decoder):
        nothing = [np.zeros((1, *each.shape[1:]), np.float32) for each in network.inputs]
        network(nothing if len(nothing) > 1 else nothing[0])  # else Keras refuses it
        with replacing(folder / f"{network.name}.onnx") as temporary:
            network.export(temporary, format="onnx", verbose=False, opset_version=ONNX_OPSET)


def load_model(folder: Path, config: Config, image_shape: ImageShape, classes: int = 0) -> VAE:
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
        for name in ("encoder", "decoder"):
            getattr(model, name).set_weights(saved.get_layer(name).get_weights())
        if model.pixel_log_var is not None:
            model.pixel_log_var.assign(saved.get_layer("pixel_log_var").offset)
    except VAEError:
        raise
    except (ValueError, TypeError, RuntimeError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise RunError(
            f"model.keras must hold the model that config.json describes. Received: {path} "
            f"({str(error).splitlines()[0]:.120})"
        ) from None
    return model
