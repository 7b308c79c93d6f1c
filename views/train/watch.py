"""A run while it learns, or the record of it afterwards."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.health import how_it_goes
from vae.runs import Run
from views._components.learning_curves import learning_curves
from views._components.run_key import run_key
from views._components.slow_motion import slow_motion
from views._shared.guard import explained, show_error
from views._shared.loss_context import show_loss_context
from views._shared.pictures import show_grid
from views._shared.server import store
from views.train.live_settings import live_settings
from views.train.numbers import show_dimensions, show_losses, show_speed
from views.train.transport import (
    is_slow_motion,
    is_under_way,
    show_where_it_stands,
    step_once,
    transport,
)
from views.train.trouble_box import trouble_box

__all__ = ["watch"]

LOOK_SECONDS = 1.0


def watch(run_id: str) -> None:
    """Show state, curves and pictures; look again every second while the run is under way."""
    first = store().open(run_id)
    under_way = is_under_way(first)

    @st.fragment(run_every=LOOK_SECONDS if under_way else None)
    def view() -> None:
        with explained():
            run = store().open(run_id)
            if (run.state, is_under_way(run)) != (first.state, under_way):
                # The whole page once more: the picker's words change, and the looking may end.
                st.rerun()
            _show(run, under_way=under_way)

    view()


def _show(run: Run, *, under_way: bool) -> None:
    show_where_it_stands(run)
    transport(run)
    if refused := st.session_state.pop(f"refused-{run.id}", None):
        show_error(refused)
    trouble_box(run)
    if is_slow_motion(run) and (step := run.arrays("step")):
        slow_motion(
            {name: value.item() if value.ndim == 0 else value for name, value in step.items()},
            key=f"slow-motion-{run_key(run)}",
            on_next=lambda: step_once(run.id),
        )
    if run.can_go_on and not run.shipped:
        live_settings(run, under_way=under_way)
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
    _show_pictures(run, live=under_way)


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
    with left:
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
