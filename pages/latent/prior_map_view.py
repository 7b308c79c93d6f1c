"""Map of a model without an encoder: the images of a plane of codes, without any dots on it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.condition import as_class
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_number
from pages._shared.maps.map_data import PlanePoints
from pages._shared.maps.plane_map import plane_map
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages.latent.plane_choice import choose_dimensions
from vae.latent.planes import Plane, dimension_plane, extent_of, picture_plane
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["prior_map_view"]

PLANES = ("Three samples", "Two dimensions")
MAX_SEED = 9999


@st.fragment
@address_of_part("map")
@explained()
def prior_map_view(run: Run) -> None:
    """Show a plane of latent space as a map of images, and beside it the choice of the plane."""
    with st.container(key="samples-map"):
        picture, words = st.container(), st.container()
    with words:
        plane = _choose_plane(run)
    nothing = np.zeros((0, 2), np.float32)
    on_plane = PlanePoints(plane, nothing, extent_of(plane, nothing), model_fingerprint(run))
    with picture:
        error = plane_map(
            run,
            on_plane,
            key=f"samples-map-{run_key(run)}",
            small=True,
            layers=("images",),
        )
    with words:
        st.markdown(
            "**Move over the map**, or tap it: the image beside the pointer is what the decoder "
            f"makes of that place{as_class(run)}. The map shows three standard deviations of the "
            "prior to each side."
        )
        st.caption(
            "The image under the pointer is blended from the four nearest decoded ones, on average "
            f"{error:.2g} of 255 grey levels from the exact image."
        )


def _choose_plane(run: Run) -> Plane:
    """Show what there is to choose, and return the plane."""
    dims = run.config.latent_dim
    if dims < 3:
        return dimension_plane(dims, 0, dims - 1)
    kind = linked_choice("plane", f"samples-plane-{run.id}", PLANES)
    st.segmented_control(
        "Plane",
        PLANES,
        required=True,
        help="Three samples: the plane through three random codes. Two dimensions: two of the "
        "code's own, the others at the prior's mean, 0. Acts at once.",
        **persistent(f"samples-plane-{run.id}", kind),
    )
    with stable_position(), st.container(horizontal=True, vertical_alignment="bottom"):
        if kind == PLANES[0]:
            seed = linked_number("seed", f"samples-seed-{run.id}", 0, MAX_SEED, 0)
            persistent_number(
                "Seed",
                seed,
                0,
                MAX_SEED,
                name=f"samples-seed-{run.id}",
                width=140,
                help="Of the three random codes. Acts at once.",
            )
            return picture_plane(prior_codes(3, dims, seed=seed))
        return dimension_plane(dims, *choose_dimensions(run))
