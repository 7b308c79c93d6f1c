"""Pictures that a classifier knows no class for: noise, and images of another data set."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.linked import linked_choice, linked_number
from pages._shared.persistent import persistent
from pages._shared.user_picture import Picture
from vae.data.specs import DATASETS
from vae.evaluation.foreign_images import noise_images, other_datasets, stored_images
from vae.runs.run import Run

__all__ = ["FOREIGN", "choose_foreign", "choose_noise", "has_foreign"]

FOREIGN = "Other data"
MAX_SEED = 10**6


def choose_noise(run: Run) -> Picture:
    """Return pixels of random grey levels, and offer others."""
    seed = linked_number("seed", "noise_seed", 0, MAX_SEED, 0)
    st.button(
        "New noise",
        icon=":material/casino:",
        help="Samples every pixel again, each grey level as likely as any other. Acts at once.",
        on_click=lambda: st.session_state.update(noise_seed=seed + 1),
    )
    noise = noise_images(run.image_shape, 1, seed)
    return Picture(run.preprocess(noise)[0], None, "Noise")


def choose_foreign(run: Run) -> Picture:
    """Return a picture of another data set, scaled to this one's size."""
    pictures = _pictures(other_datasets(run), run.image_shape)
    name = linked_choice("foreign", "foreign_picture", pictures)
    st.selectbox(
        "Picture of",
        list(pictures),
        help="One test image of each class of the other data sets. Acts at once.",
        **persistent("foreign_picture", name),
    )
    return Picture(run.preprocess(pictures[name][None])[0], None, name)


def has_foreign(run: Run) -> bool:
    """Whether there is a picture of another data set."""
    return bool(_pictures(other_datasets(run), run.image_shape))


@st.cache_data(show_spinner=False, max_entries=16)
def _pictures(names: list[str], shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Return those of these data sets that built-in runs bring: uint8 (H, W, C), by name."""
    return {
        f"{label}, {DATASETS[name].title}": image
        for name in names
        for label, image in zip(
            DATASETS[name].class_names, stored_images(name, shape), strict=False
        )
    }
