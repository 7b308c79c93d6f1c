"""The curves of the compared runs on each other, with what is shown of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from pages._components.overlaid_curves import overlaid_curves
from pages._shared.address import address_of_part
from pages._shared.figure_files import offer_files
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_decimal, linked_switch
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from vae.figures.overlay import AXES, PARTS, OverlayChoice, Panel, Part, has_part, overlay_panels
from vae.figures.overlay_plot import overlay_data, overlay_figure
from vae.figures.smoothing import MAX_SMOOTHING
from vae.runs.provenance import notes_of_several
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup, seed_groups

__all__ = ["curves_part"]


@st.fragment
@address_of_part("curves")
@explained()
def curves_part(runs: Sequence[Run]) -> None:
    """Show a panel for each quantity, and what is shown of it."""
    groups = seed_groups(runs)
    chart, choices = st.container(), st.container(key="overlay-choices")  # the picture first
    with choices:
        choice = _choose(groups)
    panels = overlay_panels(groups, choice)
    names = hashlib.sha256("/".join(run.id for run in runs).encode()).hexdigest()[:12]
    with chart:
        if panels:
            overlaid_curves(overlay_data(groups, panels, choice), key=f"overlay-{names}")
        else:
            st.info(f"None of these runs has {choice.part} points over {choice.axis} yet.")
    _show_notes(groups, panels, choice)
    if panels:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Figure for a paper", width="content")
            offer_files(
                "Curves compared",
                lambda: overlay_figure(groups, panels, choice),
                notes_of_several(runs),
                key=f"overlay-{names}",
            )


def _choose(groups: Sequence[RunGroup]) -> OverlayChoice:
    first: Part = "validation" if has_part(groups, "validation") else "training"
    axis = linked_choice("x", "overlay_axis", AXES)
    part: Part = linked_choice("points", "overlay_part", PARTS, first)
    is_log = linked_switch("log", "overlay_log")
    smoothing = linked_decimal("smoothing", "overlay_smoothing", 0.0, MAX_SMOOTHING, 0.0)
    without = linked_switch("usual", "overlay_usual")
    st.segmented_control(
        "Over", AXES, format_func=str.capitalize, required=True,
        help="What the axis counts. A run's seconds are shared out evenly among its epochs.",
        **persistent("overlay_axis", axis),
    )  # fmt: skip
    st.segmented_control(
        "Points", PARTS, format_func=str.capitalize, required=True,
        help="Of the images that a run learns from, or of those that it holds back.",
        **persistent("overlay_part", part),
    )  # fmt: skip
    st.slider(
        "Smoothing", 0.0, MAX_SMOOTHING, step=0.01,
        help="Weight of what came before, as in TensorBoard: 0 shows the curves as they are.",
        **persistent("overlay_smoothing", smoothing),
    )  # fmt: skip
    st.toggle(
        "Logarithmic",
        help="The vertical axis; values that are not positive are left out.",
        **persistent("overlay_log", is_log),
    )
    st.toggle(
        "Ignore outliers",
        help="The axis ends where 2 and 98 percent of all values lie.",
        **persistent("overlay_usual", without),
    )
    return OverlayChoice(axis, part, is_log, smoothing, not without)


def _show_notes(groups: Sequence[RunGroup], panels: Sequence[Panel], choice: OverlayChoice) -> None:
    """Say what a band is, and which runs have no curve here."""
    shown = {curve.group for panel in panels for curve in panel.curves}
    notes = []
    if any(len(group.runs) > 1 for group in groups):
        notes.append(
            "Runs that differ by their seed alone are one curve: their mean, and a band of one "
            "standard deviation to each side, as far as all of them go."
        )
    missing = [plain(group.label) for index, group in enumerate(groups) if index not in shown]
    if missing and panels:
        what = f"{choice.part} points"
        what += f" over {choice.axis}" if choice.axis == "seconds" else ""
        notes.append(f"Without {what}: {', '.join(missing)}.")
    st.caption(" ".join(["Drag across a chart to zoom in; double-click to come back.", *notes]))
