"""Compare: two to eight runs side by side: curves, figures, images, maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages._shared.guard import explained
from pages._shared.linked import linked_choice
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.run_faults import show_run_faults
from pages._shared.stable_position import stable_position
from pages.runs.compare_style import apply_compare_style
from pages.runs.compared_runs import choose_runs
from pages.runs.curves_part import curves_part
from pages.runs.images_part import images_part
from pages.runs.maps_part import maps_part
from pages.runs.numbers_part import numbers_part
from vae.evaluation.comparability import comparability_warnings
from vae.runs.differences import run_labels
from vae.runs.run import Run

__all__ = ["compare_view"]

PARTS: dict[str, Callable[[Sequence[Run]], None]] = {
    "Curves": curves_part,
    "Numbers": numbers_part,
    "Images": images_part,
    "Maps": maps_part,
}


@explained()
def compare_view() -> None:
    """Show which runs are compared, what keeps their figures from comparing, and one part."""
    apply_compare_style()
    top = st.container(horizontal=True, vertical_alignment="center", gap="small")
    runs = choose_runs(top)
    if len(runs) < 2:
        return
    part = linked_choice("part", "compare_part", PARTS)
    top.segmented_control(
        "Part",
        list(PARTS),
        required=True,
        label_visibility="collapsed",
        help="What to compare. Acts at once, and the link remembers it.",
        **persistent("compare_part", part),
    )
    with stable_position():
        for run, name in zip(runs, run_labels(runs), strict=True):
            show_run_faults(run, name)
        _show_warnings(runs)
    with stable_position():
        PARTS[part](runs)


def _show_warnings(runs: Sequence[Run]) -> None:
    found = comparability_warnings(runs)
    if found:
        lines = "\n".join(f"- {plain(each)}" for each in found)
        st.warning(lines if len(found) > 1 else plain(found[0]), icon=":material/balance:")
