"""A look into a run that is not done: its model as it is now."""

from __future__ import annotations

import time

import streamlit as st

from vae.runs import Run
from views._shared.server import store

__all__ = ["is_at_work", "live_look"]

LOOK_SECONDS = 0.5
FOLLOW_SECONDS = 4.0  # a look takes the training up to two seconds
WAITING = ("queued", "starting")


def is_at_work(run: Run) -> bool:
    """Whether the run waits for its start, trains, or is paused at hand."""
    return run.state in (*WAITING, "training") or (run.state == "paused" and run.is_alive())


def live_look(run: Run) -> None:
    """Say of when the model is that is shown, and offer a newer one; ask for the first."""
    if run.state in WAITING:
        _watch(run, follow=False)
        return
    if not run.latents and not _is_asked(run):
        run.ask_to_show()
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.container(width="stretch")
        st.button(
            "Look again",
            icon=":material/refresh:",
            help="Shows the model as it is now. The training waits about a second meanwhile.",
            on_click=run.ask_to_show,
        )
        follow = st.toggle(
            "Follow",
            key=f"follow-{run.id}",
            help="Looks again after each epoch, every four seconds at most. Acts at once.",
        )
    with words:
        _watch(run, follow=follow)


@st.fragment(run_every=LOOK_SECONDS)
def _watch(run: Run, *, follow: bool) -> None:
    """Say where the run is; draw the page anew when it has shown its model, or has ended."""
    now = store().open(run.id)
    if (_shown(now), now.state) != (_shown(run), run.state):
        st.rerun()
    of = now.status.get("model_epoch", 0)
    epoch = max(of, now.status.get("epoch", 0))  # the status follows some steps behind
    doing = "is paused in" if now.state == "paused" else "trains in"
    if now.state in WAITING:
        st.caption("The map appears as soon as the run trains.")
    elif not now.latents:
        st.caption(f"The run {doing} epoch {epoch}. Its model will be here in a moment…")
    else:
        st.caption(f"The run {doing} epoch {epoch}. You see its model of epoch {of}.")
    last = f"looked-{run.id}"
    rested = time.monotonic() > st.session_state.get(last, 0.0) + FOLLOW_SECONDS
    if follow and rested and epoch > of and not _is_asked(now):
        st.session_state[last] = time.monotonic()
        now.ask_to_show()


def _shown(run: Run) -> int:
    return run.status.get("shown", 0)


def _is_asked(run: Run) -> bool:
    """Whether somebody waits for an answer already."""
    return run.control.show > _shown(run)
