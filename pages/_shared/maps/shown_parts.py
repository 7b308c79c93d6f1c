"""Which layers and classes a map shows: chosen in the browser, held by the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import streamlit as st

from pages._shared.linked import linked_choices
from pages._shared.maps.picks import take_message
from vae.runs.run import Run

__all__ = ["LAYERS", "ShownParts", "hidden_classes", "shown_parts"]

LAYERS = ("dots", "images", "prior", "density", "regions", "holes")
AT_FIRST = ("dots", "prior")


class ShownParts(NamedTuple):
    """layers: by their names, in the order of `LAYERS`. hidden: classes."""

    layers: list[str]
    hidden: list[int]


def shown_parts(run: Run, key: str) -> ShownParts:
    """Return what the map with this key shows; layers are the same for all runs."""
    hidden = hidden_classes(run, key, layers_in="map_layers")
    return ShownParts(linked_choices("layers", "map_layers", LAYERS, AT_FIRST), hidden)


def hidden_classes(run: Run, key: str, *, name: str = "hide", layers_in: str = "") -> list[int]:
    """Return the classes of which the map with this key shows no dots.

    name: in the address. layers_in: of the session, which takes over the map's layers too.
    """
    state, labels, where = st.session_state, range(len(run.class_names)), f"hidden-{run.id}"
    sent = take_message(key, "shown")
    if isinstance(sent, dict):
        state[where] = _of(map(str, labels), sent.get("hidden"))
        if layers_in:
            state[layers_in] = _of(LAYERS, sent.get("layers"))
    return [int(label) for label in linked_choices(name, where, map(str, labels), ())]


def _of(options: Iterable[str], sent: object) -> list[str]:
    wanted = [str(each) for each in sent] if isinstance(sent, list) else []
    return [each for each in options if each in wanted]
