"""Map: hover to decode, click for details, select several, see the holes."""

from __future__ import annotations

import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.maps.interactive_map import interactive_map
from pages._shared.maps.map_data import points_on_plane
from pages._shared.maps.picks import FIRST
from pages._shared.maps.selection import show_selection
from pages._shared.maps.shown_parts import shown_parts
from pages._shared.rerun import rerun_fragment
from pages._shared.sent_code import picked_on_map
from pages._shared.sheet import sheet
from pages.latent.plane_choice import choose_plane, store_selection
from vae.runs.run import Run

__all__ = ["map_view"]


@st.fragment
@address_of_part("map")
@explained()
def map_view(run: Run) -> None:
    """Show a plane of latent space as a map, and beside it its choice and what is picked."""
    key = f"map-{run_key(run)}"
    with st.container(key="picture-and-words"):
        left, right = st.container(), st.container()
    with right, st.container():  # one position: what is picked stays where it is
        on_plane = points_on_plane(run, choose_plane(run))
    with left:
        layers, hidden = shown_parts(run, key)
        selection, error = interactive_map(
            run,
            on_plane,
            key=key,
            where=picked_on_map(run),
            first=FIRST,
            zoom="zoom",
            layers=layers,
            hidden=hidden,
        )
        if store_selection(run, selection):
            rerun_fragment()
    with right:
        with sheet(key):
            show_selection(run, on_plane, selection)
        st.caption(
            "Ellipses: one and two standard deviations of a posterior; dashed: of the prior. The "
            "image under the pointer is blended from the four nearest decoded ones, on average "
            f"{error:.2g} of 255 grey levels from the exact image; what is picked is exact."
        )
