"""The training images nearest to a sample: is it new, or a copy?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.available_images import available_test_images
from pages._shared.idle_cache import IdleCache
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.server import UNUSED_SECONDS, dataset, dataset_of_run
from vae.data.datasets import Dataset
from vae.errors import DatasetError
from vae.latent.neighbours import Neighbours, latent_neighbours, pixel_neighbours
from vae.runs.run import Run
from vae.runs.run_images import missing_images

__all__ = ["show_nearest"]

COUNT = 5
REFERENCE_IMAGES = 40  # test images whose distances say what is usual


@st.cache_resource(show_spinner=False, on_release=IdleCache.clear)
def _pixels() -> IdleCache[tuple[Neighbours, float]]:
    return IdleCache(_index_pixels, UNUSED_SECONDS)


def _index_pixels(name: str) -> tuple[Neighbours, float]:
    data = _present(dataset(name))
    index = pixel_neighbours(data)
    return index, float(np.median(index.nearest(data.x_test[:REFERENCE_IMAGES]).distances))


def _present(data: Dataset | None) -> Dataset:
    if data is None:  # it has just been there
        raise DatasetError("The images of this run are no longer on this machine.")
    return data


# By the run's model: the run itself is what the codes are computed with.
@st.cache_resource(show_spinner=False, max_entries=3, ttl=600)
def _codes(_run: Run, fingerprint: str) -> tuple[Neighbours, float]:
    index = latent_neighbours(_run, _present(dataset_of_run(_run)))
    usual = index.nearest(_run.latents["mean"][:REFERENCE_IMAGES]).distances
    return index, float(np.median(usual))


def show_nearest(run: Run, code: np.ndarray, image: np.ndarray) -> None:
    """Show the training images nearest to an image uint8 (H, W, C), and to its code (d,)."""
    if available_test_images(run) is None:
        st.info(
            f"The nearest training images need {plain(missing_images(run) or 'others')}.",
            icon=":material/info:",
        )
        return
    with st.spinner("Searching the training images…"):
        pixels, usual = _pixels().get(run.dataset)
        codes, usual_code = _codes(run, model_fingerprint(run))
        by_pixels = pixels.nearest(image[None], COUNT)
        by_code = codes.nearest(code[None], COUNT)
    images = _present(dataset_of_run(run)).x_train
    found = images[by_pixels.indices[0]]
    show_grid(found, 1, len(found), alt="The training images nearest in pixels")
    st.caption(
        f"Nearest in pixels: {_classes(run, by_pixels.labels[0])}. The first is "
        f"{by_pixels.distances[0, 0]:.2f} away; for a test image it is typically {usual:.2f}. A "
        "much smaller distance would mean that the model copied a training image."
    )
    found = images[by_code.indices[0]]
    show_grid(found, 1, len(found), alt="The training images nearest in latent space")
    st.caption(
        f"Nearest by their codes: {_classes(run, by_code.labels[0])}. The first is "
        f"{by_code.distances[0, 0]:.2f} away; for a test image it is typically {usual_code:.2f}."
    )


def _classes(run: Run, labels: np.ndarray) -> str:
    return ", ".join(plain(run.short_class_names[label]) for label in labels)
