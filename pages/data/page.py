"""Data: the images that a model learns from, and what is known of them."""

import streamlit as st

from pages._shared.chart import show_chart
from pages._shared.dataset_choice import choose_dataset
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from vae.environment import abbreviate_home
from vae.figures.classes import class_counts

FACT_PIXELS = 168  # two beside each other on a phone

st.markdown(
    "The images that a model learns from. A VAE and an autoencoder are trained without the labels, "
    "which only color the figures; a conditional VAE gets the label with each image."
)

data = choose_dataset("data_page_dataset")
if data is not None:
    height, width, channels = data.image_shape
    facts = {
        "Training images": f"{len(data.x_train):,}",
        "Test images": f"{len(data.x_test):,}",
        "Image shape": f"{height}×{width}×{channels}",
        "Value range": f"{data.x_train.min()} to {data.x_train.max()}",
    }
    with st.container(horizontal=True):
        for name, value in facts.items():
            st.metric(name, value, border=True, width=FACT_PIXELS)
    grid, counts = st.columns([1, 1], gap="medium")
    with grid:
        st.header("The first 100 training images")
        show_grid(data.x_train[:100], 10, 10, alt=f"100 training images of {data.title}")
        st.caption(
            "Pixels are stored as whole numbers (uint8). For the network they are divided by 255, "
            "so that grey levels lie between 0 and 1."
        )
    with counts:
        st.header("Images in each class")
        split = st.segmented_control(
            "Split",
            ["Training", "Test"],
            default="Training",
            required=True,
            help="Models are trained on the training images; the test images only measure them.",
        )
        labels = data.y_train if split == "Training" else data.y_test
        show_chart(class_counts(labels, data.class_names), key=f"counts-{data.name}-{split}")
        st.header("Source")
        source = abbreviate_home(without_paths(data.source))  # a path with "~" is hard to recognise
        st.markdown(f"{data.title}, read from {plain(source)}.")
