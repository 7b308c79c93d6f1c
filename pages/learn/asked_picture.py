"""A picture for a figure to ask a model about: a stored one, or one that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages._components.drawing_pad import drawing_pad
from pages._shared.guard import show_error
from pages._shared.linked_drawing import drawing_text
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.user_picture import read_pad
from vae.errors import VAEError
from vae.runs.run import Run
from vae.runs.run_images import missing_images

__all__ = ["DRAW", "AskedPicture", "ask_picture"]

DRAW = "Draw one"


class AskedPicture(NamedTuple):
    """image: as the model gets it, uint8 (H, W, C). label: its class, None where it has none.

    address: what shows the same picture in the lab's Draw view.
    """

    name: str
    image: np.ndarray
    label: int | None
    address: dict[str, str]


def ask_picture(
    run: Run,
    *,
    key: str,
    first: Sequence[int] = (),
    foreign: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> AskedPicture | None:
    """Show a choice of a run's stored test images and a drawing pad; return the picture, or None.

    None until something is drawn. first: the classes that stand in front. foreign: other pictures
    uint8 (H, W, C), by what they are called. key: one of its own.
    """
    labels = [*first, *(label for label in range(run.classes) if label not in first)]
    names = {run.short_class_names[label]: label for label in labels}
    options = [*names, *foreign, DRAW]
    state = f"learn_picture_{key}"
    chosen = _valid(st.session_state.get(state), options)
    st.segmented_control(
        "Picture",
        options,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        **persistent(state, chosen),
    )
    with stable_position():  # for the pad
        if chosen == DRAW:
            return _drawn(run, key)
    if chosen in foreign:
        image = run.preprocess(foreign[chosen][None])[0]
        return AskedPicture(chosen, image, None, {})
    label = names[chosen]
    image = run.preprocess(run.fixed["images"])[label]
    return AskedPicture(chosen, image, label, _address(run, label))


def _valid(value: Any, options: list[str]) -> str:
    return value if value in options else options[0]


def _drawn(run: Run, key: str) -> AskedPicture | None:
    """Show the pad and return what is on it, or None."""
    state = f"learn_drawing_{key}"
    with st.container(key=f"learn-pad-{key}"):
        drawing = drawing_pad(st.session_state.get(state, ""), key=f"learn-drawing-{key}")
    st.session_state[state] = drawing
    try:
        picture = read_pad(run, drawing)
    except VAEError as error:
        show_error(error)
        return None
    if picture is None:
        return None
    address = {"picture": "draw", "drawing": drawing_text(drawing)}
    return AskedPicture("your drawing", picture.image, None, address)


def _address(run: Run, label: int) -> dict[str, str]:
    """Return what shows the stored image of a class: it is the first one of its class."""
    index = label if missing_images(run) else int(np.argmax(run.outputs["y"] == label))
    return {"picture": "test-image", "image": str(index)}
