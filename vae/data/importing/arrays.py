"""From arrays of numbers to images, treated as pictures are."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
from PIL import Image

from vae.data.importing.array_process import ArraySet
from vae.data.importing.contents import Imported, Order
from vae.data.importing.pictures import SHOWN, check_output, evenly, finished, import_files
from vae.data.importing.sources import Source
from vae.data.importing.treatment import Treatment, fitted, in_channels, prepared

__all__ = ["KeptArrays", "import_arrays"]


class KeptArrays:
    """Array files that were read once, for imports with other treatments.

    What was read lies in a folder that is deleted when this is closed, or no longer used.
    """

    def __init__(self) -> None:
        self.found: ArraySet | None = None
        self.close: Callable[[], object] = lambda: None

    def take(self, found: ArraySet, stack: ExitStack) -> None:
        """Keep what was found; stack: what deletes it."""
        self.found = found
        self.close = weakref.finalize(self, stack.close)


def import_arrays(found: ArraySet, order: Order) -> Imported:
    """Treat the pictures of array files as ordered. Raises DatasetError."""
    class_names = tuple(found.report.classes) if found.report.all_named else ()
    if found.pixels is None:
        tests = itertools.repeat(None) if found.is_test is None else found.is_test.tolist()
        places: list[tuple[str, bool | None]] = list(zip(found.classes, tests, strict=False))
        return import_files(Source("table", found.members, [], places, class_names), order)
    treatment = order.treatment
    chosen = evenly(found.classes, order.limit)
    check_output(len(chosen), order)
    whole = np.asarray(found.pixels)  # whose rows are taken faster than a map's
    images = np.empty((len(chosen), *treatment.image_shape), np.uint8)
    grey = np.empty(len(chosen), bool)
    originals: list[np.ndarray] = []
    for done, at in order.each(chosen):
        pixels = whole[at]
        grey[done] = pixels.shape[2] == 1 or (pixels == pixels[..., :1]).all()
        images[done] = _treated(pixels, treatment)
        originals += [_in_color(pixels)] * (done < SHOWN)
    size = found.pixels.shape[2], found.pixels.shape[1]
    return finished(
        images,
        [found.classes[at] for at in chosen],
        None if found.is_test is None else found.is_test[chosen],
        order,
        grey,
        [size],
        originals,
        [],
        class_names,
    )


def _treated(pixels: np.ndarray, treatment: Treatment) -> np.ndarray:
    if pixels.shape == treatment.image_shape and not treatment.paper:  # as most: nothing to do
        return pixels
    picture = prepared(Image.fromarray(_in_color(pixels)).convert("RGBA"), treatment)
    return in_channels(np.asarray(fitted(picture, treatment.size, treatment.fit)), treatment)


def _in_color(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
