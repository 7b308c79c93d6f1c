"""A small classifier of MNIST's digits, by which samples are judged.

python -m vae.evaluation.digit_classifier trains it anew, with a fixed seed, and writes
pretrained_classifier/mnist.onnx, which needs no TensorFlow to be read, and beside it what is known
of it: command, test accuracy, time.

It is no run of the kind "classifier", such as mnist-classifier that ships: every Fréchet distance,
precision and recall that is published is measured in the features of this very network, with
pooling and dropout that such a run does not have, and would be another number with another one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.data.datasets import load_dataset
from vae.environment import quiet_tensorflow
from vae.errors import RunError
from vae.files import read_json, replacing, write_json
from vae.runs.inference import encode

if TYPE_CHECKING:
    import keras

__all__ = ["IMAGE_SHAPE", "classifier_mark", "classifier_metadata", "classify", "train_classifier"]

FOLDER = Path(__file__).parent / "pretrained_classifier"
IMAGE_SHAPE = (28, 28, 1)
FILTERS = (16, 32, 64)
HIDDEN = 64
SEED = 0
EPOCHS = 8
BATCH = 128
LEARNING_RATE = 2e-3  # falls to 0 along a cosine
MIN_ACCURACY = 0.99  # of the test images


def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return features (N, 112) and the digits' probabilities (N, 10), float32.

    images: (N, 28, 28, 1), uint8 or floats in [0, 1]. Features: each channel of the three
    convolutional layers, averaged over the image, as FID takes Inception's (Heusel et al. 2017),
    then with mean 0 and variance 1 over MNIST's training images. Raises RunError for other images.
    """
    if images.shape[1:] != IMAGE_SHAPE:
        raise RunError(
            f"The classifier takes images of shape (N, {', '.join(map(str, IMAGE_SHAPE))}). "
            f"Received: {images.shape}"
        )
    # It runs as an encoder does: from images to two arrays.
    return encode(FOLDER / "mnist.onnx", images, IMAGE_SHAPE)


def classifier_metadata() -> dict[str, Any]:
    """Return how the classifier came about: command, seed, epochs, seconds, test_accuracy."""
    return read_json(FOLDER / "mnist.json")


def classifier_mark() -> str:
    """Return what identifies this classifier: the beginning of its file's SHA-256."""
    return hashlib.sha256((FOLDER / "mnist.onnx").read_bytes()).hexdigest()[:12]


def train_classifier(folder: Path = FOLDER, epochs: int = EPOCHS) -> dict[str, Any]:
    """Train it on MNIST's training images, write both files, return what the JSON file says.

    Raises RuntimeError, and writes nothing, if the test accuracy is below 99 %.
    """
    from vae.model.keras_setup import keras

    dataset = load_dataset("mnist")
    began = time.perf_counter()
    keras.utils.set_random_seed(SEED)
    trained, channels = _build()
    steps = epochs * -(-len(dataset.x_train) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    trained.compile(
        keras.optimizers.Adam(rate),  # pyright: ignore[reportArgumentType] -- Keras types the default
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    images = dataset.x_train.astype(np.float32) / 255.0
    trained.fit(images, dataset.y_train, batch_size=BATCH, epochs=epochs)
    seconds = time.perf_counter() - began
    network = _with_features(trained, channels, images)
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    with replacing(folder / "mnist.onnx") as temporary:
        network.export(temporary, format="onnx", verbose=False)
        # Of the file that is read later, so that the figure is its own.
        _, probabilities = encode(temporary, dataset.x_test, IMAGE_SHAPE)
        accuracy = float((probabilities.argmax(axis=1) == dataset.y_test).mean())
        if accuracy < MIN_ACCURACY:
            raise RuntimeError(
                f"The classifier must recognise {MIN_ACCURACY:.0%} of the test images. "
                f"Received: {accuracy:.2%}"
            )
    metadata = {
        "command": "python -m vae.evaluation.digit_classifier",
        "dataset": "mnist",
        "treatment": "grey levels in [0, 1]",
        "seed": SEED,
        "epochs": epochs,
        "parameters": network.count_params(),
        "seconds": round(seconds, 1),
        "cores": os.cpu_count(),
        "test_accuracy": accuracy,
    }
    write_json(folder / "mnist.json", metadata)
    return metadata


def _build() -> tuple[keras.Model, keras.Model]:
    """Build images in [0, 1] (N, 28, 28, 1) -> probabilities (N, 10), and -> channels (N, 112)."""
    from vae.model.keras_setup import keras

    layers = keras.layers

    image = x = keras.Input(IMAGE_SHAPE, name="image")
    channels = []
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
        # Of all layers: the last one alone takes noise and the mean image for digits, since what
        # it does not know it finds near to anything.
        channels.append(layers.GlobalAveragePooling2D()(x))
    x = layers.Dense(HIDDEN, activation="relu")(layers.Flatten()(x))
    probabilities = layers.Dense(10, activation="softmax")(layers.Dropout(0.5)(x))
    features = layers.Concatenate()(channels)
    return keras.Model(image, probabilities), keras.Model(image, features)


def _with_features(trained: keras.Model, channels: keras.Model, images: np.ndarray) -> keras.Model:
    """Return images (N, 28, 28, 1) -> features (N, 112), probabilities (N, 10)."""
    from vae.model.keras_setup import keras

    found = channels.predict(images, batch_size=BATCH)
    # Not Normalization, whose constants are lost on the way to ONNX.
    scale = keras.layers.BatchNormalization(center=False, scale=False, epsilon=1e-8)
    outputs = [scale(channels.output), trained.output]
    scale.set_weights([found.mean(axis=0), found.var(axis=0)])
    network = keras.Model(trained.input, outputs, name="classifier")
    network(images[:1])  # else Keras refuses to export it
    return network


def main() -> None:
    """Train the classifier and write its files."""
    quiet_tensorflow()
    metadata = train_classifier()
    print(json.dumps(metadata))
    print(f"test accuracy {metadata['test_accuracy']:.2%}", file=sys.stderr)


if __name__ == "__main__":
    main()
