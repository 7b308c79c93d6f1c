"""The manifold: a grid of images over the quantiles of two latent dimensions."""

from __future__ import annotations

import streamlit as st

from pages._shared.chart import show_still_chart
from pages._shared.guard import explained
from vae.figures.manifold import manifold
from vae.images import tile
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes

__all__ = ["manifold_view"]


@st.fragment
@explained()
def manifold_view(run: Run) -> None:
    """Decode a grid over the quantiles of two dimensions."""
    dims = list(range(run.config.latent_dim))
    if len(dims) < 2:
        st.info(
            "A manifold needs two latent dimensions; this model has one.", icon=":material/info:"
        )
        return
    # The picture first: on a phone one stands below the other.
    picture, controls = st.columns([1.4, 1], gap="large")
    with controls:
        names = {"options": dims, "format_func": lambda dimension: f"z{dimension + 1}"}
        across = st.selectbox("Across", **names, help="Grows to the right.", key="manifold_x")
        down = st.selectbox("Up", **names, index=1, help="Grows upwards.", key="manifold_y")
        side = st.slider("Images a side", 5, 30, 15, help="Acts at once.")
        if len(dims) > 2:
            st.caption("The other dimensions stay at the prior's mean, 0.")
        st.caption("Tiles are spaced so that each holds the same share of the prior.")
    with picture:
        if across == down:
            st.info("Choose two different dimensions.", icon=":material/info:")
            return
        codes, values = manifold_codes(side, len(dims), across, down)
        image = tile(run.decode(codes), side, side)
        figure = manifold(image, values, (f"z{across + 1}", f"z{down + 1}"))
        show_still_chart(figure, key=f"manifold-{run.id}")
