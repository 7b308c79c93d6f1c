"""Data: the images that a model learns from, and what is known of them."""

import numpy as np
import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.dataset_choice import choose_dataset, package_link
from pages._shared.linked import linked_choice
from pages._shared.persistent import persistent
from pages._shared.pictures import apart, show_grid
from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.environment import abbreviate_home
from vae.figures.classes import class_counts

SPLITS = ("Training", "Test")
AROUND = 22  # rem of a screen that are not the images


def show_facts(data: Dataset) -> None:
    """Say in one line how many images there are, and of which shape."""
    height, width, channels = data.image_shape
    st.markdown(
        f"**{len(data.x_train):,}** training images · **{len(data.x_test):,}** test images · "
        f"**{height}\u00a0×\u00a0{width}** pixels with **{channels}** "
        f"{'channels' if channels > 1 else 'channel'} · values from **{data.x_train.min()}** to "
        f"**{data.x_train.max()}**"
    )


def show_images(images: np.ndarray, split: str, title: str) -> None:
    """Show the first 100 images."""
    st.header(f"The first 100 {split.lower()} images")
    show_grid(apart(images), 10, 10, alt=f"100 {split.lower()} images of {title}")


st.markdown(
    "The images that a model learns from. A VAE, an autoencoder and a GAN need no labels; a "
    "conditional VAE or GAN gets the label with each image, and a classifier learns to say it."
)
data = choose_dataset("data_page_dataset")
if data is not None:
    show_facts(data)
    grid, counts = wrapping_columns([1.15, 1], key="data")
    split = linked_choice("split", "data_split", SPLITS)
    images, labels = (
        (data.x_train, data.y_train) if split == "Training" else (data.x_test, data.y_test)
    )
    with grid, fitted_picture(AROUND, key="images"):
        show_images(images[:100], split, data.title)
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
        source = abbreviate_home(without_paths(data.source))  # a path with "~" is hard to recognise
        package = DATASETS[data.name].package
        whose = "" if package is None else f" Of the Python package {package_link(package)}."
        st.caption(f"{data.title}, read from {plain(source)}.{whose}")
