"""Map: hover to decode, click for details, select several, see the holes."""

from __future__ import annotations

import streamlit as st

from pages._components.run_key import run_key
from pages._shared.guard import explained
from pages._shared.rerun import rerun_fragment
from pages.latent.interactive_map import interactive_map
from pages.latent.map_data import points_on_plane
from pages.latent.plane_choice import choose_plane, store_selection
from pages.latent.selection import show_selection
from vae.runs.run import Run

__all__ = ["map_view"]


@st.fragment
@explained()
def map_view(run: Run) -> None:
    """Show a plane of latent space as a map, and beside it the selection."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        with st.container():  # one position: the map below stays where it is, with its layers
            on_plane = points_on_plane(run, choose_plane(run))
        selection, error = interactive_map(run, on_plane, key=f"map-{run_key(run)}")
        if store_selection(run, selection):
            rerun_fragment()
        st.caption(
            "Ellipses: one and two standard deviations of a posterior; dashed: of the prior. The "
            "image under the pointer is blended from the four nearest decoded ones, on average "
            f"{error:.2g} of 255 grey levels from the exact image; a click shows the exact one."
        )
    with right:
        show_selection(run, on_plane, selection)
