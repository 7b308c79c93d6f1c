"""The lecture's script, written as plainly as Keras 3 allows: the baseline of every speed figure.

Float32 arrays, functional models, `fit` with its defaults, `predict` for every digit of the grid.
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
from keras import layers, ops

from benchmarks.measuring import peak_megabytes


class Sample(layers.Layer):
    """The lecture's `sample`, with its KL term, since Keras 3 has no `K.function` losses."""

    def call(self, inputs):
        """Return a sample from each posterior."""
        mean, log_var = inputs
        kl = -1e-4 * ops.mean(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=-1)
        self.add_loss(ops.mean(kl))
        return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean))


def build():
    """Return encoder, decoder and the model that trains them."""
    image = layers.Input((784,), name="input_layer")
    hidden = layers.Dense(128, activation="relu", name="encoding")(image)
    mean = layers.Dense(4, name="mean")(hidden)
    log_var = layers.Dense(4, name="var")(hidden)
    encoder = keras.Model(image, [mean, log_var, Sample()([mean, log_var])], name="encoder_model")
    code = layers.Input((4,), name="decoder_input")
    hidden = layers.Dense(128, activation="relu", name="decoding")(code)
    output = layers.Dense(784, activation="sigmoid", name="decoded_output")(hidden)
    decoder = keras.Model(code, output, name="decoder_model")
    vae = keras.Model(image, decoder(encoder(image)[2]))
    vae.compile(optimizer="rmsprop", loss="binary_crossentropy")
    return encoder, decoder, vae


def main() -> None:
    """Train, draw the grid, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="mnist.npz")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    began = time.perf_counter()
    keras.utils.set_random_seed(arguments.seed)
    with np.load(arguments.data) as arrays:
        x_train, x_test = (
            arrays[name].reshape(-1, 784).astype("float32") / 255.0
            for name in ("x_train", "x_test")
        )
    _, decoder, vae = build()
    seconds, losses = [], []
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        history = vae.fit(x_train, x_train, shuffle=True, epochs=1, batch_size=100, verbose=0)
        seconds.append(time.perf_counter() - start)
        losses += history.history["loss"]
    trained_at, training_seconds = time.time(), time.perf_counter() - began
    start = time.perf_counter()
    for code in np.random.default_rng(0).normal(size=(100, 4)):
        decoder.predict(np.expand_dims(code, axis=0), verbose=0)
    grid_seconds = time.perf_counter() - start
    result = {
        "epoch_seconds": seconds,
        "training_seconds": training_seconds,  # without Python's start and the imports
        "trained_at": trained_at,
        "losses": losses,
        "test_loss": vae.evaluate(x_test, x_test, batch_size=100, verbose=0),
        "grid_seconds": grid_seconds,
        "peak_megabytes": peak_megabytes(),
        "parameters": vae.count_params(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
