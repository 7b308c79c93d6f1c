"""The presets as cards: a picture of the model that ships, a name, a time and a sentence each."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from pages._shared.server import store
from vae.images import tile
from vae.preset_notes import PRESET_NOTES
from vae.presets import FEW_IMAGES, PRESETS
from vae.runs.run import Run

__all__ = ["preset_cards"]

SIDE = 3  # rows and columns of samples on a card
OF_DATASET = "mnist"  # whose models ship, one of each preset
PIXELS = 28 * SIDE
# Of the recipe for few images no model ships: it is for pictures of one's own. These are samples of
# what it made of the first 300 training images of Animals, as the others are.
FEW_PICTURE = Path(__file__).with_name("few_images.png")


def preset_cards(chosen: str, times: Mapping[str, str], on_change: Callable[[str], None]) -> None:
    """Show a card for each preset.

    times: how long each takes on this machine, in words.
    """
    st.html(_picture_style())
    st.session_state.form_preset = chosen
    with st.container(key="preset-cards"):
        st.segmented_control(
            "Preset",
            list(PRESETS),
            key="form_preset",
            required=True,
            format_func=lambda name: _words(name, times.get(name, "")),
            help="A recipe to start from. Choosing one sets every field below. The pictures are "
            "samples of the model that each recipe made of MNIST (few images: of 300 Animals), "
            "and the confusion of a classifier; the times are for the data set chosen above.",
            on_change=lambda: on_change(st.session_state.form_preset),
            wrap=True,
        )


def _words(name: str, time: str) -> str:
    note = PRESET_NOTES[name]
    return f"**{note.title}**{f' *{time}*' * bool(time)} :small[{note.in_short}]"


@st.cache_resource(show_spinner=False)
def _picture_style() -> str:
    """Return the rules that put its picture on each card: one small file for all of them."""
    runs = {run.config.preset: run for run in store().list_shipped() if run.dataset == OF_DATASET}
    pictures = [
        _few_picture() if name == FEW_IMAGES else _picture(runs.get(name)) for name in PRESETS
    ]
    url = _webp(np.concatenate(pictures, axis=1))
    rules = "".join(
        f"{CARD}:nth-child({index + 1} of button)::before"
        f" {{ background-position-x: {100 * index / (len(PRESETS) - 1):.4g}%; }}\n"
        for index in range(len(PRESETS))
    )
    size = f"{100 * len(PRESETS)}% 100%"
    return (
        f"<style>{CARD}::before {{ background: url({url}) 0 0 / {size} no-repeat; }}\n"
        f"{rules}</style>"
    )


CARD = ".st-key-preset-cards [role=radiogroup] button"


def _picture(run: Run | None) -> np.ndarray:
    """Return a picture (H, W, 1) of a run: its last samples, or a classifier's confusion.

    Without one, a black picture.
    """
    if run is None or not run.snapshot_epochs:
        return np.zeros((PIXELS, PIXELS, 1), np.uint8)
    last = run.snapshot(run.snapshot_epochs[-1])
    if run.config.has("classifier"):
        return _confusion(last["confusion"])
    return tile(last["samples"][: SIDE**2], SIDE, SIDE)


def _few_picture() -> np.ndarray:
    with Image.open(FEW_PICTURE) as picture:
        return np.asarray(picture.convert("L"))[:, :, None]


def _confusion(counts: np.ndarray) -> np.ndarray:
    """Show counts (classes, classes) as grey squares: the root shows what is rare."""
    index = np.arange(PIXELS) * len(counts) // PIXELS
    grey = np.sqrt(counts / max(counts.max(), 1))[index][:, index]
    return (255 * grey).astype(np.uint8)[:, :, None]


def _webp(image: np.ndarray) -> str:
    """Return a grey picture (H, W, 1) as an address that a style can have."""
    file = io.BytesIO()
    Image.fromarray(image[:, :, 0]).save(file, "WEBP", quality=80, method=6)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
