"""Images: what a data set holds, and how many images each class has."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.bars import show_bars
from pages._shared.dataset_choice import choose_dataset, visible_own_sets
from pages._shared.linked import linked_choice
from pages._shared.missing_dataset import package_link
from pages._shared.persistent import persistent
from pages._shared.pictures import apart, show_grid
from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from pages.data.new_set import ADDED
from pages.data.own_set_menu import own_set_menu, show_description
from pages.data.reading import forget_read
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.environment import abbreviate_home
from vae.figures.classes import class_counts

__all__ = ["show_images"]

SPLITS = ("Training", "Test")
AROUND = 22  # rem of a screen that are not the images
SIDE = 10  # images in a row, and rows


def show_images(top: DeltaGenerator) -> None:
    """Show the choice of a data set, its facts, its first images and its classes.

    top: the row of the views, which has room for the choice.
    """
    forget_read()  # of the other view
    with top:
        data = choose_dataset("data_page_dataset")
    own = next((each for each in visible_own_sets() if each.name == st.session_state.dataset), None)
    if (added := st.session_state.pop(ADDED, None)) is not None:
        words = f"Added {plain(added)}. It is chosen on the Train page too."
        st.toast(words, icon=":material/check:")
    if own is not None:
        with top:
            own_set_menu(own)
        show_description(own)
    if data is None:
        return
    _show_facts(data)
    grid, counts = wrapping_columns([1.15, 1], key="data")
    split = linked_choice("split", "data_split", SPLITS)
    images, labels = (
        (data.x_train, data.y_train) if split == "Training" else (data.x_test, data.y_test)
    )
    with grid, fitted_picture(AROUND, key="images"):
        _show_first(images, split, data.title)
    with counts:
        st.header("Images in each class")
        st.segmented_control(
            "Split",
            SPLITS,
            required=True,
            label_visibility="collapsed",
            help="Models are trained on the training images; the test images only measure them.",
            **persistent("data_split", split),
        )
        show_bars(class_counts(labels, data.class_names), name="Images in each class")
        st.caption(
            "Pixels are stored as whole numbers (uint8). For the network they are divided by 255, "
            "so that grey levels lie between 0 and 1."
        )
        if own is None:
            source = abbreviate_home(without_paths(data.source))  # with "~" it is hard to recognise
            package = DATASETS[data.name].package
            whose = "" if package is None else f" Of the Python package {package_link(package)}."
            st.caption(f"{data.title}, read from {plain(source)}.{whose}")


def _show_facts(data: Dataset) -> None:
    """Say in one line how many images there are, and of which shape."""
    height, width, channels = data.image_shape
    st.markdown(
        f"**{len(data.x_train):,}** training images · **{len(data.x_test):,}** test images · "
        f"**{height}\u00a0×\u00a0{width}** pixels with **{channels}** "
        f"{'channels' if channels > 1 else 'channel'} · values from **{data.x_train.min()}** to "
        f"**{data.x_train.max()}**"
    )


def _show_first(images: np.ndarray, split: str, title: str) -> None:
    """Show the first 100 images, or as many as there are, in rows of ten."""
    count = min(SIDE * SIDE, len(images))
    rows = -(-count // SIDE)
    st.header(f"The first {count} {split.lower()} images")
    padded = np.zeros((rows * SIDE, *images.shape[1:]), np.uint8)
    padded[:count] = images[:count]
    show_grid(apart(padded), rows, SIDE, alt=f"{count} {split.lower()} images of {title}")
