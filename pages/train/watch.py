"""A run while it learns, or the record of it afterwards."""

from __future__ import annotations

import streamlit as st

from pages._components.run_key import run_key
from pages._components.slow_motion import slow_motion
from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.loss_comparison import show_loss_comparison
from pages._shared.run_progress import is_active, show_run_progress
from pages._shared.server import store
from pages.train.announcement import announce_run
from pages.train.board import moment_slider, show_board
from pages.train.classifier_board import classifier_board
from pages.train.live_settings import live_settings
from pages.train.numbers import show_dimensions, show_speed, show_what_is_counted
from pages.train.problem_line import problem_line
from pages.train.run_controls import (
    is_slow_motion,
    run_controls,
    step_once,
)
from pages.train.watch_style import apply_watch_style
from vae.errors import VAEError
from vae.evaluation.diagnostics import describe_training
from vae.files import file_version
from vae.runs import layout
from vae.runs.run import Run

__all__ = ["watch"]

POLL_SECONDS = 1.0


def watch(run_id: str) -> None:
    """Show state, curves and pictures; poll every second while the run is under way."""
    apply_watch_style()
    first = store().open(run_id)
    active = is_active(first)

    @st.fragment(run_every=POLL_SECONDS if active else None)
    @address_of_part("watch")
    def view() -> None:
        with explained():
            st.session_state[_shown_mark(run_id)] = _mark(first)  # before it is read
            run = store().open(run_id)
            if (run.state, is_active(run)) != (first.state, active):
                # The whole page once more: the picker's words change, and polling may end.
                st.rerun()
            _show(run, active=active)
            announce_run(run)

    view()
    if not (active or first.shipped):  # what ships stays as it is
        _notice_changes(first)


@st.fragment(run_every=POLL_SECONDS)
@explained()
def _notice_changes(run: Run) -> None:
    """Render the page anew when a run at rest is changed elsewhere: in another tab, by its link."""
    if _mark(run) != st.session_state.get(_shown_mark(run.id)):
        st.rerun()


def _mark(run: Run) -> tuple[object, ...]:
    """Return what changes with all that is asked of a run at rest, and said of it."""
    names = (layout.METADATA, layout.CONTROL, layout.STATUS)
    marks = [file_version(run.path / name) for name in names]
    try:
        return is_active(Run(run.path)), *marks
    except (VAEError, OSError):  # its folder has gone meanwhile: another mark
        return None, *marks


def _shown_mark(run_id: str) -> str:
    return f"rendered-{run_id}"


def _show(run: Run, *, active: bool) -> None:
    # What can never be trained again has no controls, and keeps no room for them.
    is_record = not (active or run.can_resume)
    kind = "record" if is_record else "run"
    with st.container(key=f"first-screen-{kind}-{run.id}", gap="xsmall"):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"bar-{run.id}"
        ):
            run_controls(run)
            show_run_progress(run)
            chosen = moment_slider(run) if is_record else None
        if not is_record:
            with st.container(horizontal=True, gap="medium", key=f"knobs-{run.id}"):
                st.html("<i></i>")  # Streamlit leaves out what is empty
                if run.can_resume:
                    live_settings(run, active=active)
                # To look back, one pauses the run.
                chosen = None if active else moment_slider(run)
        with st.container(key=f"board-place-{run.id}", gap=None):
            if run.config.has("classifier"):
                classifier_board(run, chosen, live=active)
            else:
                show_board(run, chosen, live=active, slow=is_slow_motion(run))
        problem_line(run)
    _show_more(run)


def _show_more(run: Run) -> None:
    """Show what those want to know who look below the first screen."""
    if is_slow_motion(run) and (step := run.arrays(layout.STEP)):
        slow_motion(
            {name: value.item() if value.ndim == 0 else value for name, value in step.items()},
            key=f"slow-motion-{run_key(run)}",
            on_next=lambda: step_once(run.id),
        )
    show_loss_comparison(run)
    if run.rows:
        st.markdown(describe_training(run.config, run.rows))
        speed = st.container()
        if run.config.has("posterior"):  # what else has no bars to stand beside
            dimensions, speed = st.columns([1, 1], vertical_alignment="bottom", gap="large")
            with dimensions:
                show_dimensions(run)
        with speed:
            show_speed(run)
            show_what_is_counted(run)
