"""An epoch of the five large matrix products of the lecture's network, and nothing else, in NumPy.

Forward: images into the hidden layer, the decoder's hidden layer into pixels. Backward: the
gradients of both weights, and that of the decoder's hidden layer. Float32, batches of 100, results
written over the last ones, threads as NumPy's library chooses them: what no training can leave out.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from benchmarks.measuring import peak_megabytes

BATCH, PIXELS, HIDDEN = 100, 784, 128
STEPS = 600  # of an epoch of 60,000 images


class Products:
    """The five products on numbers sampled once."""

    def __init__(self) -> None:
        def numbers(*shape: int) -> np.ndarray:
            return np.random.default_rng(0).normal(size=shape).astype(np.float32)

        self.images, self.pixel_gradient = numbers(BATCH, PIXELS), numbers(BATCH, PIXELS)
        self.code, self.hidden_gradient = numbers(BATCH, HIDDEN), numbers(BATCH, HIDDEN)
        self.encoder, self.decoder = numbers(PIXELS, HIDDEN), numbers(HIDDEN, PIXELS)
        self.products = [
            (self.images, self.encoder),  # images (n, 784) to hidden (n, 128)
            (self.code, self.decoder),  # hidden (n, 128) to logits (n, 784)
            (self.code.T, self.pixel_gradient),  # gradient of the decoder's weights (128, 784)
            (self.pixel_gradient, self.decoder.T),  # of the decoder's hidden layer (n, 128)
            (self.images.T, self.hidden_gradient),  # of the encoder's weights (784, 128)
        ]
        self.outputs = [
            np.empty((len(left), right.shape[1]), np.float32) for left, right in self.products
        ]

    @property
    def multiplications(self) -> int:
        """Those of one step."""
        return sum(left.size * right.shape[1] for left, right in self.products)

    def step(self) -> None:
        """Compute all five."""
        for (left, right), output in zip(self.products, self.outputs, strict=True):
            np.matmul(left, right, out=output)


def main() -> None:
    """Compute some epochs' products and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    products, seconds = Products(), []
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        for _ in range(STEPS):
            products.step()
        seconds.append(time.perf_counter() - start)
    result = {
        "epoch_seconds": seconds,
        "multiplications": products.multiplications * STEPS,
        "peak_megabytes": peak_megabytes(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
