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
from vae.data.datasets import Dataset, find_dataset, spec_of
from vae.data.own_sets import OwnSet, own_sets
from vae.data.specs import DATASETS
from vae.environment import is_public

__all__ = ["choose_dataset", "selected_dataset", "visible_own_sets"]

ALWAYS = ("mnist", "fashion_mnist", "digits", "animals")  # in the choice, here or not
HASH_DIGITS = 16  # of a content's 32, in links to data sets of one's own


def visible_own_sets() -> list[OwnSet]:
    """Return the data sets of one's own that this visitor may list."""
    return own_sets(visitor() if is_public() else None)


def selected_dataset() -> str:
    """Return the name of the data set that the session has, a link's first."""
    own = [each.name for each in visible_own_sets()]
    with stable_position():
        requested = _from_address(own)
    state = st.session_state
    if requested or state.get("dataset") not in (*DATASETS, *own):
        state.dataset = requested or server.first_available_dataset()
    return state.dataset


def choose_dataset(key: str) -> Dataset | None:
    """Show the choice and return the data set; where it is missing, say so and offer a download.

    Data and Train page share the choice, and a link can carry it (?dataset=mnist). One of one's own
    is its content's hash in a link, whatever it is called.
    """
    name = selected_dataset()
    own = [each.name for each in visible_own_sets()]
    here = [each for each in DATASETS if each in (*ALWAYS, name) or find_dataset(each)]
    st.session_state[key] = name
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}-choice"):
        st.segmented_control(
            "Data set",
            [*here, *own],
            key=key,
            required=True,
            format_func=_title,
            help="The images that a model learns from. Takes effect in a new run.",
            on_change=lambda: _choose(st.session_state[key]),
            wrap=True,
        )
        _offer_more([each for each in DATASETS if each not in here], key)
    set_parameter("dataset", _in_address(name))
    data = server.dataset(name)
    if data is None:
        offer_missing(name)
    return data


def _choose(name: str) -> None:
    st.session_state.dataset = name


def _title(name: str) -> str:
    spec = spec_of(name)
    return plain(name if spec is None else spec.title)


def _offer_more(names: list[str], key: str) -> None:
    """Offer the data sets that could be downloaded, and the way to one's own."""
    with st.popover("More", icon=":material/add:", help="Other data sets, and your own pictures."):
        for name in names:
            megabytes = download_megabytes(name)
            st.button(
                f"{_title(name)} · {megabytes:,} MB",
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


def _in_address(name: str) -> str:
    spec = spec_of(name)
    return spec.fingerprint[:HASH_DIGITS] if isinstance(spec, OwnSet) else name


def _from_address(own: list[str]) -> str | None:
    """Return the data set that the address names; a wrong name there is said and left out."""
    requested = take_parameter("dataset")
    if requested is None or requested in (*DATASETS, *own):
        return requested
    for name in own:
        if _in_address(name) == requested:
            return name
    show_wrong_link(
        f"Data sets are {', '.join((*DATASETS, *own))}. Received: {requested!r:.80}. "
        "Shown: another one."
    )
    return None
