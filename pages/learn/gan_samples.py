"""What GANs made of the same codes while they learned, and which digits models make."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages._components.frame_player import frame_player
from pages._components.learning_curves import learning_curves
from pages._components.still_chart import still_chart
from pages._shared.bars import show_bars
from pages._shared.guard import explained
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.persistent import persistent
from pages.learn.shipped import shipped_run
from vae.evaluation.digit_classifier import classify
from vae.evaluation.sample_quality import SURE
from vae.figures.classes import digit_counts
from vae.figures.colors import HUES
from vae.images import tile
from vae.runs.run import Run

__all__ = ["gan_over_time", "gan_shares"]

ROWS, COLUMNS = 5, 10
GANS = {"mnist-gan-convolutional": "Convolutional", "mnist-gan": "Dense"}
MODELS = {
    "mnist-gan-convolutional": "GAN, convolutional",
    "mnist-gan": "GAN, dense",
    "mnist-recommended": "VAE",
    "mnist-autoencoder": "Autoencoder",
}


@st.fragment
@explained()
def gan_over_time() -> None:
    """Play the samples of the same codes over the epochs; show the digits in them, and losses."""
    run = shipped_run(_choice("The GAN's layers", "learn_gan", GANS))
    epochs = run.snapshot_epochs
    frames = [tile(run.snapshot(epoch)["samples"], ROWS, COLUMNS) for epoch in epochs]
    frame_player(
        np.stack(frames),
        frames_per_second=2,
        loop=False,
        alt="Samples of the same 50 codes, one epoch after the other",
        names=[f"epoch {epoch}" for epoch in epochs],
        key=f"learn-gan-player-{run.id}",
    )
    still_chart(
        _digits_chart(epochs, _digits(run, model_fingerprint(run))),
        name="How many different digits are among the 50 samples, by epoch",
        key=f"learn-gan-digits-{run.id}",
        numbers=False,
    )
    st.caption(
        f"Different digits among the 50 samples, as far as a classifier is {SURE:.0%} sure of them."
    )
    learning_curves(run, small=True)


@st.fragment
@explained()
def gan_shares() -> None:
    """Show which digits the samples of a model are, beside those that real images are."""
    run = shipped_run(_choice("Samples of", "learn_gan_shares", MODELS))
    quality = run.quality
    counts = {"Samples": quality["class_counts"], "Real digits": quality["real_class_counts"]}
    show_bars(digit_counts(counts), name="Which digits the samples and the real images are")
    fewest = min(quality["class_counts"])
    rarest = quality["class_counts"].index(fewest)
    expected = quality["real_class_counts"][rarest]
    st.markdown(
        f"Of {quality['samples']:,} samples the classifier takes **{fewest:,}** for a "
        f"**{rarest}**, the rarest digit; of as many real images it takes {expected:,} for one."
    )


def _choice(label: str, name: str, options: dict[str, str]) -> str:
    """Show a choice among runs and return the id of the chosen one."""
    chosen = st.session_state.get(name, next(iter(options)))
    st.segmented_control(
        label,
        list(options),
        required=True,
        format_func=options.__getitem__,
        help="Which built-in model to show. Acts at once.",
        wrap=True,
        **persistent(name, chosen),
    )
    return chosen


@st.cache_data(show_spinner=False, max_entries=8)
def _digits(_run: Run, fingerprint: str) -> list[int]:
    """Return how many different digits are among the samples of each snapshot."""
    found = []
    for epoch in _run.snapshot_epochs:
        _, probabilities = classify(_run.snapshot(epoch)["samples"])
        is_sure = probabilities.max(axis=1) >= SURE
        found.append(len(np.unique(probabilities.argmax(axis=1)[is_sure])))
    return found


def _digits_chart(epochs: list[int], digits: list[int]) -> go.Figure:
    return go.Figure({
        "data": [{
            "type": "scatter",
            "x": epochs,
            "y": digits,
            "mode": "lines+markers",
            "line": {"color": HUES["d_fake"], "width": 2},
            "marker": {"color": HUES["d_fake"]},
        }],
        "layout": {
            "height": 170,
            "xaxis": {"title": {"text": "epoch"}, "range": [0, epochs[-1]]},
            "yaxis": {"title": {"text": "digits"}, "range": [0, 10.5]},
        },
    })  # fmt: skip
