"""A run while it learns, or the record of it afterwards."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._components.run_key import run_key
from pages._components.slow_motion import slow_motion
from pages._components.slow_motion.words import change
from pages._shared.guard import explained, show_error
from pages._shared.loss_context import show_loss_context
from pages._shared.pictures import show_grid
from pages._shared.server import store
from pages.train.live_settings import live_settings
from pages.train.numbers import show_dimensions, show_losses, show_speed
from pages.train.run_controls import (
    is_active,
    is_slow_motion,
    run_controls,
    show_run_progress,
    step_once,
)
from pages.train.trouble_box import trouble_box
from vae.errors import VAEError
from vae.evaluation.diagnostics import how_it_goes
from vae.files import file_mark
from vae.runs import layout
from vae.runs.run import Run

__all__ = ["watch"]

POLL_SECONDS = 1.0


def watch(run_id: str) -> None:
    """Show state, curves and pictures; look again every second while the run is under way."""
    first = store().open(run_id)
    active = is_active(first)

    @st.fragment(run_every=POLL_SECONDS if active else None)
    def view() -> None:
        with explained():
            st.session_state[_drawn(run_id)] = _mark(first)  # before it is read
            run = store().open(run_id)
            if (run.state, is_active(run)) != (first.state, active):
                # The whole page once more: the picker's words change, and the looking may end.
                st.rerun()
            _show(run, active=active)

    view()
    if not (active or first.shipped):  # what ships stays as it is
        _notice_changes(first)


@st.fragment(run_every=POLL_SECONDS)
@explained()
def _notice_changes(run: Run) -> None:
    """Draw the page anew when a run at rest is changed elsewhere: in another tab, by its link."""
    if _mark(run) != st.session_state.get(_drawn(run.id)):
        st.rerun()


def _mark(run: Run) -> tuple[object, ...]:
    """Return what changes with all that is asked of a run at rest, and said of it."""
    names = (layout.METADATA, layout.CONTROL, layout.STATUS)
    marks = [file_mark(run.path / name) for name in names]
    try:
        return is_active(Run(run.path)), *marks
    except (VAEError, OSError):  # its folder has gone meanwhile: another mark
        return None, *marks


def _drawn(run_id: str) -> str:
    return f"drawn-{run_id}"


def _show(run: Run, *, active: bool) -> None:
    show_run_progress(run)
    run_controls(run)
    if refused := st.session_state.pop(f"refused-{run.id}", None):
        show_error(refused)
    trouble_box(run)
    if is_slow_motion(run) and (step := run.arrays(layout.STEP)):
        slow_motion(
            {name: value.item() if value.ndim == 0 else value for name, value in step.items()},
            key=f"slow-motion-{run_key(run)}",
            on_next=lambda: step_once(run.id),
        )
    if run.can_resume and not run.shipped:
        live_settings(run, active=active)
    show_loss_context(run)
    if run.rows:
        st.markdown(how_it_goes(run.config, run.rows))
    show_losses(run)
    if run.rows:
        learning_curves(run)
        dimensions, speed = st.columns([1, 1], vertical_alignment="bottom", gap="large")
        with dimensions:
            show_dimensions(run)
        with speed:
            show_speed(run)
    _show_pictures(run, live=active)


def _single_step(run: Run) -> dict[str, np.ndarray]:
    """Return the step that was taken alone last, where the run still stands at its end, or {}."""
    if run.state != "paused":
        return {}
    step = run.arrays(layout.STEP)
    is_last = step and all(int(step[name]) == run.status.get(name) for name in ("epoch", "step"))
    return step if is_last else {}


def _show_batch(step: dict[str, np.ndarray]) -> None:
    """Show what a single step has learned from: it changes little else that could be seen."""
    count, before_and_after = len(step["images"]), " to ".join(change(step))
    st.markdown(f"**The batch of step {int(step['step']):,}**, and what the model made of it")
    pairs = np.concatenate([step["images"], step["reconstructions"]])
    show_grid(pairs, 2, count, alt="Images of the batch above their reconstructions")
    st.caption(
        f"The first {count} of its {int(step['batch_size']):,} training images. The step changed "
        f"the loss of this batch from {before_and_after} nats."
    )


def _show_pictures(run: Run, *, live: bool) -> None:
    epochs = run.snapshot_epochs
    if not epochs or not run.fixed:
        return
    epoch = epochs[-1]
    if not live and len(epochs) > 1:
        epoch = st.select_slider(
            "Epoch",
            epochs,
            value=epoch,
            key=f"snapshot-{run.id}",
            help="Go back through the run: 0 is the untrained network. Acts at once.",
        )
    snapshot = run.snapshot(epoch)
    originals, copies = run.fixed["images"], snapshot["reconstructions"]
    left, right = st.columns(2, gap="medium")
    step = {} if is_slow_motion(run) else _single_step(run)
    with left:
        if step:
            _show_batch(step)
        else:
            st.markdown(f"**Test images, and what the model makes of them** · epoch {epoch}")
            pairs = np.concatenate([originals, copies])
            show_grid(pairs, 2, len(originals), alt="Test images above their reconstructions")
            st.caption("Above: test images the model never learned from. Below: reconstructions.")
    with right:
        st.markdown(f"**Samples from the same random codes** · epoch {epoch}")
        show_grid(snapshot["samples"], 5, 10, alt="Samples from fixed codes")
        told = " Each is told a class, one after the other." if run.config.is_conditional else ""
        st.caption(
            f"Always the same 50 codes, so that what changes is what the model learned.{told}"
        )
