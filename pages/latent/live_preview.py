"""A preview of a run that is not finished: its model as it is now."""

from __future__ import annotations

import time

import streamlit as st

from pages._shared.guard import explained
from pages._shared.server import queue, store
from vae.runs.run import Run

__all__ = ["is_in_progress", "live_preview"]

POLL_SECONDS = 0.5
FOLLOW_SECONDS = 4.0  # a preview delays the training by up to two seconds
WAITING = ("queued", "starting")


def is_in_progress(run: Run) -> bool:
    """Whether the run is queued, trains, or is paused with its process alive."""
    # A paused run may be held by another job: t-SNE, say.
    is_held = run.state == "paused" and run.is_alive() and queue().is_pending(run, "train")
    return run.state in (*WAITING, "training") or is_held


def live_preview(run: Run) -> None:
    """Say of which epoch the shown model is, and offer a newer one; request the first."""
    if run.state in WAITING:
        _poll(run, follow=False)
        return
    if not run.outputs and not _is_requested(run) and not run.status.get("look_failed"):
        run.requests.show_model()
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.container(width="stretch")
        if st.button(
            "Refresh",
            icon=":material/refresh:",
            help="Shows the model as it is now. This pauses the training for up to two seconds.",
        ):
            run.requests.show_model()
        follow = st.toggle(
            "Follow",
            key=f"follow-{run.id}",
            help="Refreshes after each epoch, at most every four seconds. Acts at once.",
        )
    with words:
        _poll(run, follow=follow)


@st.fragment(run_every=POLL_SECONDS)
@explained()
def _poll(run: Run, *, follow: bool) -> None:
    """Show the state of the run; rerun the page when its model has come, or it has ended."""
    now = store().open(run.id)
    if (_answered(now), now.state) != (_answered(run), run.state):
        st.rerun()
    model_epoch = now.status.get("model_epoch", 0)
    epoch = max(model_epoch, now.status.get("epoch", 0))  # the status follows some steps behind
    doing = "Paused in" if now.state == "paused" else "Training: now in"
    if now.state in WAITING:
        what = "A newer model" if now.outputs else "The model"
        st.caption(f"{what} appears when the training has begun.")
    elif now.status.get("look_failed") and not _is_requested(now):
        st.caption(
            f"{doing} epoch {epoch}. The model cannot be shown: its weights are not finite "
            "numbers, or the disk is full."
        )
    elif not now.outputs:
        st.caption(f"{doing} epoch {epoch}. Loading its model…")
    else:
        st.caption(f"{doing} epoch {epoch}. Shown: the model of epoch {model_epoch}.")
    last = f"preview-{run.id}"
    rested = time.monotonic() > st.session_state.get(last, 0.0) + FOLLOW_SECONDS
    failed = now.status.get("look_failed")
    if follow and rested and epoch > model_epoch and not _is_requested(now) and not failed:
        st.session_state[last] = time.monotonic()
        now.requests.show_model()


def _answered(run: Run) -> int:
    return run.status.get("shown", 0)


def _is_requested(run: Run) -> bool:
    """Whether a preview has been requested that has not come yet."""
    return run.control.show > _answered(run)
