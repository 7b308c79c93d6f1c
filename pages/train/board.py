"""The learning board of a run: the moments it shows, and curves and numbers of the same time."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.latent_map import as_base64
from pages._components.learning_board import learning_board
from pages._components.learning_curves import curve_data
from pages._components.run_key import run_key
from pages._components.slow_motion.words import change
from pages._shared.linked import linked_choice
from pages._shared.persistent import persistent
from pages._shared.pictures import apart
from pages.train.learning_frames import frame_of
from pages.train.numbers import numbers_in_a_line
from vae.figures.class_looks import class_looks
from vae.images import tile, to_png
from vae.runs import layout
from vae.runs.moments import Moment, moments_of
from vae.runs.run import Run

__all__ = ["moment_slider", "show_board"]

MAX_FRAMES = 8  # that are played between two polls
MAX_PICTURES = 4  # of them the last ones with pictures: a frame without is a tenth of the bytes
LIVE_SECONDS = 0.95  # in which they are, and then the next poll is due
CALM_SECONDS = 0.35  # in which the points move to a moment that the user chooses
PAIRS = "Test images above their reconstructions"
SAMPLES = "Samples from fixed codes"
IN_TURN = "of fixed codes, the classes in turn"  # of a conditional run


class _LastSent(TypedDict):
    """The moments that a visitor's board was sent last, and the newest of them."""

    newest: float
    moments: list[Moment]


def show_board(run: Run, chosen: Moment | None, *, live: bool, slow: bool = False) -> None:
    """Show pictures, map, curves and numbers.

    chosen: the moment to show; None: the newest, and those since the last poll. slow: slow motion
    shows the batch of a single step, so that the board need not.
    """
    frames = _newest_frames(run, live=live) if chosen is None else [frame_of(run, chosen)]
    learning_board(
        {
            "frames": [frame for frame in frames if frame],
            "seconds": LIVE_SECONDS if live else CALM_SECONDS,
            "batch": None if slow else _batch(run),
            "hasCodes": run.config.has("encoder"),
            **_map(run),
            "titles": {"pairs": "Test images"},
            "samplesNote": IN_TURN if run.config.conditional else "of the same random codes",
            "empty": "The first pictures come with the first step."
            if live
            else "It ended before there was a picture.",
            "alt": {
                "pairs": PAIRS,
                "samples": f"{SAMPLES}, one class after the other"
                if run.config.conditional
                else SAMPLES,
                "map": "Map of latent space: a dot for each of the first test images, colored by "
                "its class, at",
            },
            "curves": curve_data(run),
            "numbers": numbers_in_a_line(run, live=live),
        },
        key=f"board-{run_key(run)}",
    )


def moment_slider(run: Run) -> Moment | None:
    """Let the user go back through a run at rest; return the moment, None where there is one.

    The address holds it, unless it is the last one: ?epoch=3, or "now" within an epoch.
    """
    all_of_them = moments_of(run)
    moments = {str(each.epoch): each for each in all_of_them if each.step is None}
    if all_of_them and all_of_them[-1].step is not None:  # the run rests within an epoch
        moments["now"] = all_of_them[-1]
    if len(moments) < 2:
        return None
    *_, newest = options = list(moments)
    name = f"watched-{run.id}"
    chosen = linked_choice("epoch", name, options, newest)
    st.select_slider(
        "Epoch",
        options,
        help="Go back through the run: 0 is the untrained network. Acts at once.",
        **persistent(name, chosen),
    )
    return moments[chosen]


def _newest_frames(run: Run, *, live: bool) -> list[dict[str, Any]]:
    """Return the moments since the last poll, or again those of that one where there are none."""
    moments = moments_of(run)
    newest = moments[-1].at if moments else -1.0
    last: _LastSent | None = st.session_state.get(_last_sent(run))
    if last is None or last["newest"] != newest:
        is_next = live and last is not None and newest > last["newest"]
        after = last["newest"] if last is not None and is_next else np.nextafter(newest, -1.0)
        wanted = [moment for moment in moments if moment.at > after][-MAX_FRAMES:]
        last = st.session_state[_last_sent(run)] = _LastSent(newest=newest, moments=wanted)
    frames = [frame for moment in last["moments"] if (frame := frame_of(run, moment))]
    bare = [{**frame, "pairs": "", "samples": ""} for frame in frames[:-MAX_PICTURES]]
    return [*bare, *frames[-MAX_PICTURES:]]


def _last_sent(run: Run) -> str:
    return f"board-last-{run.id}"


def _map(run: Run) -> dict[str, Any]:
    """Return what the map needs besides the points."""
    dims = run.config.latent_dim
    names = [f"z{dimension}" for dimension in range(1, dims + 1)] if dims <= 2 else ["PC1", "PC2"]
    labels = run.fixed.get("labels", np.zeros(0, np.uint8))
    return {
        "labels": as_base64(labels.astype(np.uint8)),
        **class_looks(run.short_class_names),
        "names": [*names, ""][:2],
        "hasPrior": run.config.has("prior") and dims > 1,
    }


def _batch(run: Run) -> dict[str, str] | None:
    """Return what a single step has learned from, where the run still stands at its end."""
    if run.state != "paused":
        return None
    step = run.arrays(layout.STEP)
    if not step or any(int(step[name]) != run.status.get(name) for name in ("epoch", "step")):
        return None
    before_and_after = " to ".join(change(step))
    pairs = np.concatenate([step["images"], step["reconstructions"]])
    return {
        "picture": as_data_url(to_png(tile(apart(pairs), 2, len(step["images"])), quick=True)),
        "alt": "Images of the batch above their reconstructions",
        "title": f"Batch of step {int(step['step']):,}",
        "note": f"loss {before_and_after} nats",
    }
