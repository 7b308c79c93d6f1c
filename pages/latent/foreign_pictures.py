"""Pictures that a classifier knows no class for: noise, and images of another data set."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from pages._shared.linked import linked_choice, linked_number
from pages._shared.persistent import persistent
from pages._shared.server import store
from pages._shared.user_picture import Picture
from vae.data.user_images import fit_picture
from vae.evaluation.foreign_images import noise_images
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same

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
    pictures = _pictures(run)
    name = linked_choice("foreign", "foreign_picture", pictures)
    st.selectbox(
        "Picture of",
        list(pictures),
        help="One test image of each class of the other data sets. Acts at once.",
        **persistent("foreign_picture", name),
    )
    image = fit_picture(_as_picture(pictures[name]), run.image_shape)
    return Picture(run.preprocess(image[None])[0], None, name)


def has_foreign(run: Run) -> bool:
    """Whether there is a picture of another data set."""
    return bool(_pictures(run))


def _pictures(run: Run) -> dict[str, np.ndarray]:
    """Return those that built-in classifiers of other data bring: uint8 (H, W, C), by name."""
    found = {}
    for other in store().list_shipped():
        if other.config.has("classifier") and not learned_the_same(other, run):
            title, names, fixed = dataset_title(other), other.short_class_names, other.fixed
            for image, label in zip(fixed["images"], fixed["labels"], strict=True):
                found[f"{names[label]}, {title}"] = image
    return found


def _as_picture(image: np.ndarray) -> Image.Image:
    grey = image[:, :, 0] if image.shape[2] == 1 else image
    return Image.fromarray(grey).convert("RGBA")
