"""Where runs are compared: on the page Runs, which the links of earlier versions did not know."""

from __future__ import annotations

import streamlit as st

from pages._shared.address import link_parameter
from vae.runs.run import Run

__all__ = ["follow_old_link", "offer_comparison"]

COMPARE = "runs/page.py"
MAPS = {"view": "compare", "part": "maps"}
# What the address of two maps held, by the names that it has on the page Runs.
FIRST = ("picked", "hide", "class", "zoom")
OLD_NAMES = {"layers": "layers"} | {name: name for name in FIRST}
OLD_NAMES |= {f"{name}-there": f"{name}-2" for name in FIRST}


def follow_old_link(run: Run) -> None:
    """Go on to the page Runs if a link asks for the view Compare, which Latent once had."""
    if (link_parameter("view") or "").lower() != "compare":
        return
    both = [run.id, *filter(None, [link_parameter("with")])]
    kept = {new: text for old, new in OLD_NAMES.items() if (text := link_parameter(old))}
    st.switch_page(COMPARE, query_params=MAPS | {"with": "/".join(both)} | kept)


def offer_comparison(run: Run) -> None:
    """Show the button that leads to this run's map beside another one's."""
    if st.button(
        "Compare",
        icon=":material/compare:",
        type="tertiary",
        help="Shows this map beside those of other runs, on the page Runs.",
    ):
        st.switch_page(COMPARE, query_params=MAPS | {"with": run.id})
