"""How well latent codes tell the classes apart, beside PCA and raw pixels.

Most models are trained without labels. A conditional one gets them, so its codes can do without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError
from vae.runs.layout import CLASS_PROBES
from vae.runs.writer import RunWriter
from vae.schemas.class_probes import Space, SpaceFigures

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.runs.run import Run

__all__ = [
    "NEIGHBOURS",
    "SPACES",
    "compute_class_probes",
    "measure_space",
]

IMAGES = 10_000  # the first ones, of training and of test
MAX_VALUES = 16_000_000  # pixels at once, as floats 64 MB: fewer images where they are larger
SILHOUETTE_IMAGES = 2_000  # of the test images; the distances between all would need 800 MB
NEIGHBOURS = 5
AT_ONCE = 500  # test images between two calls of `on_progress`
SPACES: tuple[Space, ...] = ("latent", "pca", "pixels")
# What the progress weighs the parts by: seconds on MNIST, on one core of a busy machine.
SECONDS = {"latent": 0.5, "pca": 0.5, "pixels": 8.0}
KNN_FRACTION = 0.75  # of a space's time


def measure_space(
    train: np.ndarray,
    y_train: np.ndarray,
    test: np.ndarray,
    y_test: np.ndarray,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> SpaceFigures:
    """Return k-NN accuracy, linear probe accuracy and silhouette of codes (N, d) and classes (N,).

    Both classifiers learn from the training codes and are scored on all test codes; values stay as
    they are. k-NN: 5 neighbours, Euclidean. The probe is a logistic regression with scikit-learn's
    L2 penalty (Alain & Bengio 2017). Silhouette: of the first 2,000 test codes and their classes,
    from -1 to 1 (Rousseeuw 1987). on_progress: called with the fraction that is done.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import silhouette_score
    from sklearn.neighbors import KNeighborsClassifier
    from threadpoolctl import threadpool_limits

    neighbours = KNeighborsClassifier(min(NEIGHBOURS, len(train))).fit(train, y_train)
    probe = LogisticRegression(max_iter=1000)
    some, classes = test[:SILHOUETTE_IMAGES], y_test[:SILHOUETTE_IMAGES]
    right = 0
    # On a busy machine several threads wait for each other. The limit reaches loaded libraries.
    with threadpool_limits(limits=1):
        for begin in range(0, len(test), AT_ONCE):
            part = slice(begin, begin + AT_ONCE)
            right += int((neighbours.predict(test[part]) == y_test[part]).sum())
            on_progress(KNN_FRACTION * min(begin + AT_ONCE, len(test)) / len(test))
        return {
            "dimensions": train.shape[1],
            "knn": right / len(test),
            "probe": float(probe.fit(train, y_train).score(test, y_test)),
            "silhouette": float(silhouette_score(some, classes)),
        }


def compute_class_probes(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> None:
    """Measure latent means, PCA and pixels of the same images and write the figures to the run.

    PCA is fitted to the pixels of the training images, with as many components as the run has
    latent dimensions. Raises RunError for images of another shape, too few of them or of one class,
    and for latent means that are not finite.
    """
    count = min(IMAGES, MAX_VALUES // math.prod(run.image_shape))
    _check(run, dataset, count)
    x_train, y_train = dataset.x_train[:count], dataset.y_train[:count]
    x_test, y_test = dataset.x_test[:count], dataset.y_test[:count]
    counts = {
        "training_images": len(x_train),
        "test_images": len(x_test),
        "silhouette_images": min(SILHOUETTE_IMAGES, len(x_test)),
    }
    found: dict[Space, SpaceFigures] = {}
    done = 0.0
    for space, train, test in _codes(run, (x_train, y_train), (x_test, y_test)):

        def on_part(fraction: float, space: str = space, done: float = done) -> None:
            part = done + SECONDS[space] * fraction
            on_progress(part / sum(SECONDS.values()))

        on_part(0.0)
        found[space] = measure_space(train, y_train, test, y_test, on_part)
        done += SECONDS[space]
    RunWriter(run.path).figures(CLASS_PROBES, counts | found)


def _codes(
    run: Run, train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]
) -> Iterator[tuple[Space, np.ndarray, np.ndarray]]:
    """Yield each space's name and its codes (N, d) of training and test images.

    train, test: images and labels.
    """
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    (x_train, y_train), (x_test, y_test) = train, test
    train_means = run.encode(run.preprocess(x_train), y_train)[0]
    test_means = run.encode(run.preprocess(x_test), y_test)[0]
    if not (np.isfinite(train_means).all() and np.isfinite(test_means).all()):
        raise RunError(
            "Measuring needs latent means that are numbers. Received: NaN or infinity, as a run "
            "that diverged has: train it anew with a smaller learning rate"
        )
    yield "latent", train_means, test_means
    train_pixels, test_pixels = (
        images.reshape(len(images), -1).astype(np.float32) for images in (x_train, x_test)
    )
    for part in (train_pixels, test_pixels):
        part /= 255.0  # in place: they are what takes the memory
    components = min(run.config.latent_dim, *train_pixels.shape)
    with threadpool_limits(limits=1):
        pca = PCA(components, random_state=0).fit(train_pixels)
        codes = pca.transform(train_pixels), pca.transform(test_pixels)
    yield "pca", codes[0], codes[1]
    yield "pixels", train_pixels, test_pixels


def _check(run: Run, dataset: Dataset, count: int) -> None:
    run.check_images(dataset)
    test = dataset.y_test[: min(count, SILHOUETTE_IMAGES)]
    for part, labels in (("training", dataset.y_train[:count]), ("test", test)):
        if (number := len(np.unique(labels))) < 2:
            raise RunError(
                f"Class probes need {part} images of two classes or more. Received: {number}"
            )
    if number >= len(test):
        raise RunError(
            "The silhouette needs more test images than classes. "
            f"Received: {len(test)} images of {number} classes"
        )
