"""Choosing a data set: those on this machine, one's own, and what else there is."""

from __future__ import annotations

import streamlit as st

from pages._shared import server
from pages._shared.address import set_parameter, take_parameter
from pages._shared.guard import show_wrong_link
from pages._shared.missing_dataset import download_megabytes, offer_missing
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from vae.data.datasets import Dataset, find_dataset
from vae.data.own_sets import OwnSet, own_sets
from vae.data.specs import DATASETS
from vae.environment import is_public

__all__ = ["choose_dataset", "visible_own_sets"]

ALWAYS = ("mnist", "fashion_mnist", "digits", "animals")  # in the choice, here or not
HASH_DIGITS = 16  # of a content's 32, in links to data sets of one's own


def visible_own_sets() -> list[OwnSet]:
    """Return the data sets of one's own that this visitor may list."""
    return own_sets(visitor() if is_public() else None)


def choose_dataset(key: str) -> Dataset | None:
    """Show the choice and return the data set; where it is missing, say so and offer a download.

    Data and Train page share the choice, and a link can carry it (?dataset=mnist). One of one's own
    is its content's hash in a link, whatever it is called.
    """
    own = {each.name: each for each in visible_own_sets()}
    titles = {name: spec.title for name, spec in (DATASETS | own).items()}
    name = _selected(own)
    here = [each for each in DATASETS if each in (*ALWAYS, name) or find_dataset(each)]
    st.session_state[key] = name
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}-choice"):
        st.segmented_control(
            "Data set",
            [*here, *own],
            key=key,
            required=True,
            format_func=lambda each: plain(titles[each]),
            help="The images that a model learns from. Takes effect in a new run.",
            on_change=lambda: _choose(st.session_state[key]),
            wrap=True,
        )
        _offer_more([each for each in DATASETS if each not in here], key)
    set_parameter("dataset", _in_address(own[name]) if name in own else name)
    data = server.dataset(name)
    if data is None:
        offer_missing(name)
    return data


def _selected(own: dict[str, OwnSet]) -> str:
    """Return the name of the data set that the session has, a link's first."""
    with stable_position():
        requested = _from_address(own)
    state = st.session_state
    if requested or state.get("dataset") not in (*DATASETS, *own):
        state.dataset = requested or server.first_available_dataset()
    return state.dataset


def _choose(name: str) -> None:
    st.session_state.dataset = name


def _offer_more(names: list[str], key: str) -> None:
    """Offer the data sets that could be downloaded, and the way to one's own."""
    with st.popover("More", icon=":material/add:", help="Other data sets, and your own pictures."):
        for name in names:
            megabytes = download_megabytes(name)
            st.button(
                f"{DATASETS[name].title} · {megabytes:,} MB",
                key=f"{key}-{name}",
                width="stretch",
                on_click=_choose,
                args=(name,),
                help="Shows how to download it.",
            )
        st.page_link(
            "data/page.py",
            label="Your own pictures",
            icon=":material/add_photo_alternate:",
            query_params={"view": "add-your-own"},
        )


def _in_address(own: OwnSet) -> str:
    return own.fingerprint[:HASH_DIGITS]


def _from_address(own: dict[str, OwnSet]) -> str | None:
    """Return the data set that the address names; a wrong name there is said and left out."""
    requested = take_parameter("dataset")
    if requested is None or requested in (*DATASETS, *own):
        return requested
    for each in own.values():
        if _in_address(each) == requested:
            return each.name
    show_wrong_link(
        f"Data sets are {', '.join((*DATASETS, *own))}. Received: {requested!r:.80}. "
        "Shown: another one."
    )
    return None
