"""Data: the images that a model learns from, and how to bring one's own."""

import streamlit as st

from pages._shared.guard import explained
from pages._shared.stable_position import stable_position
from pages._shared.view_choice import choose_view
from pages.data.add_view import show_add
from pages.data.images_view import show_images

VIEWS = {"Images": show_images, "Add your own": show_add}

st.markdown(
    "The images that a model learns from. A VAE, an autoencoder and a GAN need no labels; a "
    "conditional VAE or GAN gets the label with each image, and a classifier learns to say it."
)
view = choose_view("data", VIEWS)
with stable_position(), explained():
    VIEWS[view]()
