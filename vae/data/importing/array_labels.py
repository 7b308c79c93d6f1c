"""From the labels of arrays and tables to classes with names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vae.data.importing.names import LONGEST_CLASS, NO_CLASS, clean
from vae.errors import DatasetError

__all__ = ["Labels", "classes_of"]

LARGEST = 2.0**53  # of the whole numbers that fractions have all of
Labels = Sequence[object] | np.ndarray


def classes_of(labels: Labels | None, count: int, names: tuple[str, ...]) -> list[str]:
    """Return the class of each of `count` pictures as text; one-hot labels count as numbers.

    names: those that whole numbers from 0 stand for, if the file has any. Raises DatasetError.
    """
    if labels is None:
        return [NO_CLASS] * count
    array = np.asarray(labels)
    if array.ndim == 2:
        array = array.argmax(axis=1) if array.shape[1] > 1 else array[:, 0]
    if array.shape != (count,):
        raise DatasetError(
            f"A label for each of {count:,} pictures was expected. Received: {array.shape}"
        )
    # Not where one is infinite, which no whole number is.
    if array.dtype.kind == "f" and (np.abs(array) < LARGEST).all() and (array % 1 == 0).all():
        array = array.astype(np.int64)
    if names and array.dtype.kind in "iu":
        if count and not (array.min() >= 0 and array.max() < len(names)):
            raise DatasetError(
                f"Labels from 0 to {len(names) - 1} were expected, as there are {len(names)} class "
                f"names. Received: {array.min()} to {array.max()}"
            )
        return [names[label] for label in array.tolist()]
    return [clean(_text(label), LONGEST_CLASS) for label in array.tolist()]


def _text(label: object) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
