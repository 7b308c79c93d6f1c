"""Data: the images that a model learns from, and how to bring one's own."""

import streamlit as st

from pages._shared.guard import explained
from pages._shared.stable_position import stable_position
from pages._shared.view_choice import choose_view
from pages.data.add_view import show_add
from pages.data.images_view import show_images

VIEWS = ("Images", "Add your own")

st.markdown(
    "The images that a model learns from. A VAE, an autoencoder and a GAN need no labels; a "
    "conditional VAE or GAN gets the label with each image, and a classifier learns to say it."
)
top = st.container(horizontal=True, vertical_alignment="bottom", key="data-top")
with top:
    view = choose_view("data", VIEWS)
with stable_position(), explained():
    if view == "Images":
        show_images(top)
    else:
        show_add()
