"""From d latent dimensions to two: chosen dimensions, PCA or t-SNE."""

from __future__ import annotations

import streamlit as st

from vae.latent import Projection, pick_dimensions, project_pca, read_tsne
from vae.runs import Run
from views._shared.server import queue

__all__ = ["choose_projection"]

PROJECTIONS = ("Two dimensions", "PCA", "t-SNE")


def choose_projection(run: Run) -> Projection | None:
    """Show how to come from d dimensions to two, and return the points, or None while they wait."""
    dims = run.config.latent_dim
    kinds = PROJECTIONS if dims > 2 else PROJECTIONS[:1]
    start = "t-SNE" if dims > 2 and read_tsne(run) else kinds[min(1, len(kinds) - 1)]
    kind = st.segmented_control(
        "Projection",
        kinds,
        default=start,
        required=True,
        key=f"projection-{run.id}",
        help="Two latent dimensions as they are; PCA, the plane that keeps most variance; t-SNE, "
        "which keeps neighbours together but no distances.",
    )
    if kind == "PCA":
        return project_pca(run)
    if kind == "t-SNE":
        return _tsne(run)
    return pick_dimensions(run, *_choose_pair(run))


def _choose_pair(run: Run) -> tuple[int, int]:
    """Let the person choose two of the latent dimensions."""
    dims = list(range(run.config.latent_dim))
    across, down = st.columns(2)
    names = {"format_func": lambda place: f"z{place + 1}"}
    return (
        across.selectbox("Across", dims, index=0, help="Dimension of the x axis.", **names),
        down.selectbox(
            "Up", dims, index=len(dims[:2]) - 1, help="Dimension of the y axis.", **names
        ),
    )


@st.fragment(run_every=1.0)
def _wait_for_tsne(run: Run) -> None:
    """Say that t-SNE is under way, and draw the page anew when it is there."""
    if queue().is_pending(run, "tsne"):
        st.info("Computing t-SNE of 2,000 test images: about 5 s once its turn comes.")
    else:
        st.rerun()


def _tsne(run: Run) -> Projection | None:
    """Return t-SNE from the run, or have it computed beside this page."""
    projection = read_tsne(run)
    if projection is None:
        asked = f"tsne-asked-{run.id}"
        if asked not in st.session_state:
            st.session_state[asked] = True
            queue().request(run, "tsne")
        if queue().is_pending(run, "tsne"):
            _wait_for_tsne(run)
        elif not read_tsne(run):
            st.error("t-SNE could not be computed; worker.log in the run's folder tells why.")
    return projection or read_tsne(run)
