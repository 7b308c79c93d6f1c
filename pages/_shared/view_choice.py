"""The views of a page: one at a time, and the address says which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

import streamlit as st

from pages._shared.address import set_parameter, take_parameter
from pages._shared.controlled import controlled_key, user_value
from vae.kinds import Part
from vae.runs.run import Run

__all__ = ["View", "choose_view", "views_of"]

# By page and name, where links are older than the name.
ADDRESSES = {("latent", "Classes"): "knowledge"}


class View(NamedTuple):
    """A view of a page. needs: the part that a run's model must have, else it is not offered.

    with_labels: whether the model must also be one that gets labels.
    """

    show: Callable[[Run], None]
    needs: Part | None = None
    with_labels: bool = False


def views_of(run: Run, views: Mapping[str, View]) -> list[str]:
    """Return the names of the views that make sense for a run's kind of model."""
    config = run.config
    return [
        name
        for name, view in views.items()
        if (view.needs is None or config.has(view.needs))
        and (config.conditional or not view.with_labels)
    ]


def choose_view(page: str, views: Iterable[str], first: str = "") -> str:
    """Show a page's views to choose from and return the one that is chosen.

    The address holds it in small letters, with dashes for spaces: ?view=by-hand.
    first: the one that is shown before any was chosen; by default the first of them. Of one alone
    there is no choice to show.
    """
    names = {_address(page, name): name for name in views}
    state, wanted = st.session_state, (take_parameter("view") or "").lower()
    if wanted in names:
        state[f"{page}_view"] = names[wanted]
    first = first or next(iter(names.values()))
    view = state.setdefault(f"{page}_view", first)
    if view not in names.values():  # another run has not all of these views
        view = first
    set_parameter("view", _address(page, view))
    if len(names) == 1:
        return view  # nothing to choose
    st.segmented_control(
        "View",
        list(names.values()),
        key=controlled_key(f"{page}_view_control", view),
        on_change=partial(_remember, page),
        required=True,
        label_visibility="collapsed",
        wrap=True,
        help="Which part of the page to show. Acts at once, and the link remembers it.",
    )
    return view


def _remember(page: str) -> None:
    st.session_state[f"{page}_view"] = user_value(f"{page}_view_control")


def _address(page: str, view: str) -> str:
    return ADDRESSES.get((page, view), view.lower().replace(" ", "-"))
