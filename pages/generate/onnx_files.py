"""Encoder and decoder as ONNX, in one file."""

from __future__ import annotations

import io
from zipfile import ZipFile

from vae.config import Config
from vae.runs.run import Run

__all__ = ["ONNX_WORDS", "OPEN_IN_ONNX", "onnx_zip", "open_in_onnx"]

# `vae.model.saving` names the opset; it is not imported here, since it imports TensorFlow.
ONNX_WORDS = "Its networks, opset 15: for ONNX Runtime 1.15 or later."
# `images` are those of the data set in [0, 1]: (N, height, width, channels).
OPEN_IN_ONNX = """\
import onnxruntime
encoder, decoder = (onnxruntime.InferenceSession(f"{name}.onnx") for name in ("encoder", "decoder"))
mean, log_var = encoder.run(None, {encoder.get_inputs()[0].name: images})
(reconstruction,) = decoder.run(None, {decoder.get_inputs()[0].name: mean})
"""


# `labels` are one-hot, float32: (N, classes).
OPEN_WITH_LABELS = """\
import onnxruntime
encoder, decoder = (onnxruntime.InferenceSession(f"{name}.onnx") for name in ("encoder", "decoder"))
mean, log_var = encoder.run(None, {"image": images, "label": labels})  # one-hot (N, classes)
(reconstruction,) = decoder.run(None, {"z": mean, "label": labels})
"""


OPEN_CLASSIFIER = """\
import onnxruntime
classifier = onnxruntime.InferenceSession("classifier.onnx")
(probabilities,) = classifier.run(None, {"image": images})  # images in [0, 1] (N, H, W, C)
"""


# `z` are codes of N(0, I), float32: (N, d).
OPEN_GAN = """\
import onnxruntime
decoder = onnxruntime.InferenceSession("decoder.onnx")
(images,) = decoder.run(None, {"z": z})  # z: random numbers (N, d), float32
discriminator = onnxruntime.InferenceSession("discriminator.onnx")
(real,) = discriminator.run(None, {"image": images})  # D(x) of each
"""


def open_in_onnx(config: Config) -> str:
    """Return the lines that use the networks of a run in ONNX Runtime."""
    if config.has("classifier"):
        return OPEN_CLASSIFIER
    if config.has("discriminator"):
        if not config.conditional:
            return OPEN_GAN
        code = OPEN_GAN.replace('{"z": z}', '{"z": z, "label": labels}')
        code = code.replace('{"image": images}', '{"image": images, "label": labels}')
        return code.replace("float32\n", "float32; labels one-hot (N, classes)\n")
    return OPEN_WITH_LABELS if config.conditional else OPEN_IN_ONNX


def onnx_zip(run: Run) -> bytes:
    """Return the networks of a run as one zip."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in run.network_files:
            archive.write(run.path / name, name)
    return buffer.getvalue()
