"""A classifier of MNIST as plainly as Keras 3 allows: float32 arrays, `fit` with its defaults.

Nothing here comes from the package `vae`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers

from benchmarks.measuring import peak_megabytes


def build(network: str) -> keras.Model:
    """Return 784-128-10, or two strided convolutions with a dense layer behind them."""
    image = layers.Input((28, 28, 1))
    x = image
    if network == "convolutional":
        for filters in (32, 64):
            x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    model = keras.Model(image, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main() -> None:
    """Train and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="mnist.npz")
    parser.add_argument("--network", choices=("dense", "convolutional"), default="dense")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    with np.load(arguments.data) as arrays:
        images = arrays["x_train"][..., None].astype("float32") / 255.0
        labels = arrays["y_train"]
    model, seconds, losses = build(arguments.network), [], []
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        history = model.fit(images, labels, batch_size=arguments.batch, verbose=0)
        seconds.append(time.perf_counter() - start)
        losses += history.history["loss"]
    result = {
        "epoch_seconds": seconds,
        "losses": losses,
        "peak_megabytes": peak_megabytes(),
        "parameters": model.count_params(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
