"""What the chosen images advise, in one line and one click: another likelihood, say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from pages._shared.plain import plain
from pages.train.config_form import choice_words
from pages.train.setup_values import store_value, take_preset
from vae.data.datasets import Dataset
from vae.data.likelihood_proposal import LikelihoodProposal, propose_likelihood
from vae.environment import limits
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.presets import FEW, FEW_IMAGES, PRESETS

__all__ = ["show_advice"]

# Of 2,000 coloured shapes a convolutional VAE had learned no colour after 240 steps, and all after
# 2,560.
FEW_STEPS, WANTED_STEPS = 1000, 2500


def show_advice(setup: dict[str, Any], data: Dataset | None) -> None:
    """Show a line for each choice of the form that other images than these would fit.

    The container is there in any case, so that what comes and goes moves no other element.
    """
    with st.container(key="setup-advice", gap=None):
        st.html("<i></i>")  # Streamlit leaves out what is empty
        if data is not None:
            _advise_few_images(setup, data)
            _advise_epochs(setup, len(data.x_train))
            _advise_likelihood(setup, data)


def _advise_few_images(setup: dict[str, Any], data: Dataset) -> None:
    count, own = len(data.x_train), PRESETS[FEW_IMAGES]
    if count >= FEW or setup["preset"] == FEW_IMAGES or setup["kind"] != own.kind:
        return
    title = PRESET_NOTES[FEW_IMAGES].title
    _line(
        f"**{count:,} training images** are few. The preset **{title}** trains longer, shifts them "
        "at each step and stops in time: expect soft images, like those it saw.",
        button=f"Take {title}",
        help="Sets every field below.",
        key="take-few-images",
        act=lambda: take_preset(FEW_IMAGES),
    )


def _advise_likelihood(setup: dict[str, Any], data: Dataset) -> None:
    if not KINDS[setup["kind"]].has("likelihood"):
        return
    likelihood, reason = _proposal(data.fingerprint, setup["binarisation"], data.x_train)
    if likelihood == setup["likelihood"]:
        return
    words = choice_words(likelihood)
    _line(
        f"Likelihood: **{words}** fits {plain(data.title)} better. {reason}",
        button=f"Take {words}",
        help="Sets the likelihood, under All settings. Costs of different likelihoods do not "
        "compare.",
        key="take-likelihood",
        act=lambda: store_value("likelihood", likelihood),
    )


@st.cache_data(show_spinner=False, max_entries=32)
def _proposal(fingerprint: str, binarisation: str, _images: np.ndarray) -> LikelihoodProposal:
    return propose_likelihood(_images, binarisation)


def _advise_epochs(setup: dict[str, Any], count: int) -> None:
    """Say where an epoch has so few steps that those of a preset, made for MNIST, teach little."""
    steps = math.ceil(count * (1 - setup["validation_split"]) / setup["batch_size"])
    planned, most = setup["epochs"] * steps, limits().epochs
    wanted = 10 * math.ceil(WANTED_STEPS / steps / 10)
    epochs = min(wanted, most) if most else wanted
    if count < FEW or planned >= FEW_STEPS or epochs <= setup["epochs"]:
        return
    if KINDS[setup["kind"]].has("decoder"):
        _line(
            f"{setup['epochs']:,} epochs of {count:,} images are only **{planned:,} steps**: "
            "too few to learn details and colours.",
            button=f"Take {epochs:,} epochs",
            help="Sets the epochs. Those of the presets are meant for MNIST's 60,000 images.",
            key="take-epochs",
            act=lambda: store_value("epochs", epochs),
        )


def _line(words: str, *, button: str, help: str, key: str, act: Callable[[], None]) -> None:
    """Show a sentence, and beside it the button that does what it says."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-line"):
        st.markdown(words)
        st.button(button, key=key, help=help, on_click=act)
