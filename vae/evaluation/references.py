"""Reference lines for a loss, measured here, and the literature's: is a run good?

Each binarisation of the images has its own. references.json holds them, and
python -m vae.evaluation.references measures them anew.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vae.config.settings import BINARISATIONS
from vae.data.binarisation import binarise
from vae.files import read_json, write_json
from vae.schemas.metrics import References

__all__ = [
    "LITERATURE",
    "Paper",
    "grey_floor",
    "mean_image_nats",
    "measure",
    "pca_nats",
    "read_references",
]

PATH = Path(__file__).with_name("references.json")
PCA_DIMENSIONS = (2, 4, 8, 16, 32)
# A probability of 0 or 1 would make one wrong pixel infinitely expensive. This is the smallest
# difference from them that a pixel of 8 bits can have.
MARGIN = 0.5 / 255.0
AT_ONCE = 2000  # images: their pixels as floats take 13 MB
# Pixels of training images are sampled with other random numbers than those of test images.
TRAINING_SEED = 1


class Paper(NamedTuple):
    """nll: nats per image on MNIST, dynamically binarised, by 5,000 importance samples."""

    model: str
    nll: float
    source: str


# One stochastic layer, 50 latent dimensions: Burda, Grosse & Salakhutdinov 2016, table 1.
LITERATURE = (
    Paper("VAE", 86.76, "Burda et al. 2016, table 1"),
    Paper("IWAE, k = 5", 85.54, "Burda et al. 2016, table 1"),
    Paper("IWAE, k = 50", 84.78, "Burda et al. 2016, table 1"),
)


def grey_floor(images: np.ndarray) -> float:
    """Return what grey images uint8 (N, H, W, C) cost at a minimum, in nats per image.

    A grey level x counts as a probability, so even a model that outputs x itself pays the entropy
    of x, summed over pixels: no loss on grey images is below it. Of black and white it is 0.
    """
    x = np.arange(256) / 255.0
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.nan_to_num(-(x * np.log(x) + (1.0 - x) * np.log1p(-x)))
    counts = np.bincount(images.ravel(), minlength=256)
    return float(counts @ entropy / len(images))


def mean_image_nats(train: np.ndarray, test: np.ndarray) -> float:
    """Return the cost of test images for a model that always predicts the mean training image.

    Bernoulli cross-entropy, in nats per image. Images are uint8 (N, H, W, C).
    """
    p = np.clip(train.mean(axis=0, dtype=np.float64).ravel() / 255.0, MARGIN, 1.0 - MARGIN)
    x = test.reshape(len(test), -1).mean(axis=0, dtype=np.float64) / 255.0
    # The cost is linear in x: the mean image of the test set stands for all of them.
    return float(-(x @ np.log(p) + (1.0 - x) @ np.log1p(-p)))


def pca_nats(
    train: np.ndarray, test: np.ndarray, dimensions: tuple[int, ...] = PCA_DIMENSIONS
) -> dict[int, float]:
    """Return the reconstruction of test images by PCA with so many dimensions, in nats per image.

    Bernoulli cross-entropy of the reconstruction, cut to [0, 1] less half a grey level. The code
    itself costs nothing: there is no KL. PCA is fitted to training images uint8 (N, H, W, C).
    """
    from sklearn.decomposition import PCA  # slow to import

    x_train = train.reshape(len(train), -1).astype(np.float32) / 255.0
    pixels = x_train.shape[1]
    pca = PCA(max(dimensions), svd_solver="covariance_eigh").fit(x_train)
    del x_train
    found = dict.fromkeys(dimensions, 0.0)
    for start in range(0, len(test), AT_ONCE):
        x = test[start : start + AT_ONCE].reshape(-1, pixels) / np.float32(255.0)
        codes = pca.transform(x)
        for count in dimensions:
            p = codes[:, :count] @ np.asarray(pca.components_)[:count] + pca.mean_
            p = np.clip(p, MARGIN, 1.0 - MARGIN, dtype=np.float64)
            found[count] -= float((x * np.log(p) + (1.0 - x) * np.log1p(-p)).sum())
    return {count: total / len(test) for count, total in found.items()}


def measure(train: np.ndarray, test: np.ndarray, binarisation: str = "none") -> References:
    """Return all reference lines of images that are binarised first, in nats per image.

    train, test: uint8 (N, H, W, C). binarisation: one of `BINARISATIONS`; test images are then
    those that runs are measured on.
    """
    train, test = binarise(train, binarisation, TRAINING_SEED), binarise(test, binarisation)
    return {
        "floor": grey_floor(test),
        "mean_image": mean_image_nats(train, test),
        "pca": {str(count): nats for count, nats in pca_nats(train, test).items()},
    }


def read_references(dataset: str, binarisation: str = "none") -> References | None:
    """Return the reference lines of a data set in a binarisation, None where none were measured."""
    return _measured().get(dataset, {}).get(binarisation)


@cache
def _measured() -> dict[str, dict[str, References]]:
    """Read the file once: the Watch page asks every second."""
    return read_json(PATH)


def main() -> None:
    """Measure the reference lines of all data sets on this machine and write them."""
    from vae.data.datasets import find_dataset, load_dataset
    from vae.data.specs import DATASETS

    found = {}
    for name in DATASETS:
        if name == "digits" or find_dataset(name) is not None:
            data = load_dataset(name, download=False)
            found[name] = {each: measure(data.x_train, data.x_test, each) for each in BINARISATIONS}
    write_json(PATH, found)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
