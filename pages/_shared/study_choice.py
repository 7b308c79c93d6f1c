"""Which study of a kind is shown: that of a link, else the one chosen, else one's newest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.guard import show_wrong_link
from pages._shared.persistent import persistent
from pages._shared.server import queue
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from vae.augmentation.study import Study
from vae.errors import StudyError
from vae.sweeps.study import Sweep

__all__ = ["choose_study"]

T = TypeVar("T", Study, Sweep)


def choose_study(kind: type[T], noun: str, where: str, label: Callable[[T], str]) -> T | None:
    """Offer one's studies of a kind where there are several; None where there is none.

    noun: what one is called, also in the address. where: the session holds the chosen one's id.
    label: says one in a few words.
    """
    studies, state = queue().studies.store, st.session_state
    with stable_position():
        if takes_setting(noun) and (wanted := take_parameter(noun)):
            try:
                state[where] = studies.open_as(wanted, kind).path.name
            except StudyError as error:
                show_wrong_link(f"{error}.")
    own = {study.path.name: study for study in studies.owned_by(visitor(), kind)}
    chosen = state.get(where)
    if chosen is not None and chosen not in own:
        try:
            own = {chosen: studies.open_as(chosen, kind), **own}  # by its link, or damaged
        except StudyError:
            chosen = None
    chosen = chosen or next(iter(own), None)
    if chosen is None:
        return None
    set_parameter(noun, chosen)
    if len(own) > 1:
        st.selectbox(
            f"Your {noun}",
            list(own),
            format_func=lambda name: label(own[name]),
            help="All of yours, the newest first. Acts at once.",
            **persistent(where, chosen),
        )
    return own[chosen]
