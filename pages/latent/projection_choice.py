"""Which projection is shown: PCA or t-SNE, in two or three dimensions."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.linked import linked_choice
from pages._shared.measuring import show_progress
from pages._shared.persistent import persistent
from pages._shared.server import queue
from pages.latent.live_preview import is_in_progress
from vae.files import file_version
from vae.latent.projections import TSNE_POINTS, Projection, project_pca, read_tsne
from vae.runs.layout import LATENTS
from vae.runs.progress import read_progress
from vae.runs.run import Run

__all__ = ["Choice", "choose_projection", "find_projection"]

KINDS = ("PCA", "t-SNE")
SIDES = {2: "2-D", 3: "3-D"}


class Choice(NamedTuple):
    """kind: PCA or t-SNE. sides: dimensions, 2 or 3."""

    kind: str
    sides: int


def choose_projection(run: Run) -> Choice:
    """Show what there is to choose, in a row that is open, and return what is chosen."""
    dims = run.config.latent_dim
    kind = linked_choice("projection", "projection_kind", KINDS)
    st.segmented_control(
        "Projection",
        KINDS,
        required=True,
        help="PCA: the directions along which codes differ most; distances keep their meaning. "
        "t-SNE: keeps neighbours together; its distances mean nothing. Acts at once.",
        **persistent("projection_kind", kind),
    )
    there = [each for each in SIDES if each <= dims]
    count = linked_choice("sides", "projection_count", there, text=SIDES.__getitem__)
    st.segmented_control(
        "Dimensions",
        there,
        format_func=SIDES.__getitem__,
        required=True,
        help="On a plane, or in a space that you can turn. Acts at once.",
        **persistent("projection_count", count),
    )
    return Choice(kind, count)


def find_projection(run: Run, choice: Choice) -> Projection | None:
    """Return the projection of the first 2,000 test images, or say why it is not there yet.

    Raises RunError where codes are not finite.
    """
    if choice.kind == "PCA":
        return _pca(run, choice.sides, run.id, file_version(run.path / LATENTS))
    projection = read_tsne(run, choice.sides)
    if projection is None:
        _request_tsne(run, choice.sides)
    return projection


@st.cache_data(show_spinner=False, max_entries=16)
def _pca(_run: Run, count: int, run_id: str, mark: tuple[int, int]) -> Projection:
    """Return PCA of all test images, of which as many are shown as t-SNE has: the same ones."""
    found = project_pca(_run, count)
    few = slice(TSNE_POINTS)
    return Projection(
        found.points[few], found.y[few], found.indices[few], found.axes, found.variance
    )


def _request_tsne(run: Run, count: int) -> None:
    """Ask the worker for t-SNE, once, and show how far it is or that it failed."""
    if is_in_progress(run):
        st.info("t-SNE takes a while and is computed when the run has ended. Use PCA until then.")
        return
    # Of this model: a resumed run loses what was computed from it, and may request it again.
    request_key = f"tsne-asked-{run.id}-{count}-{file_version(run.path / LATENTS)}"
    if not st.session_state.get(request_key):
        st.session_state[request_key] = True
        queue().request(run, "tsne")
    if queue().is_pending(run, "tsne"):
        show_progress(run, "tsne", _describe)
    elif read_tsne(run, count) is not None:
        st.rerun()  # it ended between the two questions
    else:
        error = read_progress(run.path, "tsne").error
        show_error(error or "t-SNE could not be computed: it ended before it was done.")
        st.button(
            "Try again",
            icon=":material/refresh:",
            help="Computes it again.",
            on_click=lambda: st.session_state.pop(request_key, None),
        )


def _describe(run: Run, fraction: float | None) -> str:
    what = f"t-SNE of {min(TSNE_POINTS, len(run.latents['y'])):,} test images"
    if not fraction:
        return f"{what} is queued"
    return f"Computing {what}: {fraction:.0%}"
