"""A run while it learns, or the record of it afterwards."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.estimate import time_in_words
from vae.runs import ACTIVE_STATES, Run
from views._components.learning_curves import learning_curves
from views._shared.guard import explained
from views._shared.pictures import show_grid
from views._shared.server import queue, store

__all__ = ["watch"]

LOOK_SECONDS = 1.0


def watch(run_id: str) -> None:
    """Show state, curves and pictures; look again every second while the run is under way."""
    first = store().open(run_id)
    under_way = _under_way(first)

    @st.fragment(run_every=LOOK_SECONDS if under_way else None)
    def view() -> None:
        with explained():
            run = store().open(run_id)
            if (run.state, _under_way(run)) != (first.state, under_way):
                # The whole page once more: the picker's words change, and the looking may end.
                st.rerun()
            _show_state(run)
            _show_numbers(run)
            if run.rows:
                learning_curves(run)
            _show_pictures(run, live=under_way)

    view()


def _under_way(run: Run) -> bool:
    return run.state in (*ACTIVE_STATES, "queued") or queue().is_pending(run, "train")


def _show_state(run: Run) -> None:
    status, epochs = run.status, run.config.epochs
    if run.state == "queued":
        place = queue().place(run)
        waits = f"{place} {'run goes' if place == 1 else 'runs go'} first" if place else "next"
        _bar(run, 0.0, f"Waiting for a free place: {waits}.")
    elif run.state == "starting":
        _bar(run, 0.0, "Starting: TensorFlow needs a few seconds.")
    elif run.state in ACTIVE_STATES:
        epoch, step, steps = (status.get(name, 0) for name in ("epoch", "step", "steps"))
        done = (max(epoch - 1, 0) + step / max(steps, 1)) / epochs
        words = f"Epoch {max(epoch, 1)} of {epochs} · step {step:,} of {steps:,}"
        if done >= 1.0:
            words = "Measuring on the test images and writing the model."
        elif "seconds_per_epoch" in status:
            left = (1.0 - done) * epochs * status["seconds_per_epoch"]
            words += f" · {time_in_words(left)} left"
        _bar(run, done, words)
    elif run.state == "finished":
        st.success(f"Finished: {epochs} epochs.", icon=":material/check_circle:")
    else:
        reason = status.get("reason", "")
        show = st.info if run.state == "stopped" else st.warning
        show(f"{run.state.capitalize()}. {reason}", icon=":material/info:")


def _bar(run: Run, done: float, words: str) -> None:
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(min(1.0, done), text=words)
    if run.stop_requested:
        button.button("Stopping…", disabled=True, width="stretch", key=f"stopping-{run.id}")
    else:
        button.button(
            "Stop",
            icon=":material/stop:",
            width="stretch",
            key=f"stop-{run.id}",
            help="Ends the run within a second or two and keeps what it learned.",
            # Before the next drawing, be that of this fragment or, at the same moment, of the page.
            on_click=queue().stop,
            args=(run,),
        )


def _show_numbers(run: Run) -> None:
    """Show the last epoch's means, training and validation, and the test figures at the end."""
    if not run.history:
        return
    last = run.history[-1]
    *columns, test = st.columns(4)
    titles = {"loss": "Loss", "reconstruction": "Reconstruction", "kl": "KL"}
    for column, (name, title) in zip(columns, titles.items(), strict=True):
        held_back = last.get(f"val_{name}")
        column.metric(
            f"{title} (nats per image)",
            f"{last[name]:.2f}",
            border=True,
            help=f"Training images, mean over epoch {last['epoch']}. "
            "loss = reconstruction + beta × KL.",
        )
        if held_back is not None:
            column.caption(f"validation {held_back:.2f}")
    with test:
        if "elbo" in run.metrics:
            st.metric(
                "Test ELBO (nats per image)",
                f"{run.metrics['elbo']:.2f}",
                border=True,
                help="A lower bound on the log-likelihood of test images; closer to 0 is better.",
            )
            st.caption(f"{run.metrics['images']}, {run.metrics['treatment']}")
        elif run.metrics:
            st.metric("Test loss (nats per image)", f"{run.metrics['loss']:.2f}", border=True)
            st.caption("An autoencoder has no ELBO: its codes have no density.")
        else:
            st.metric("Test ELBO (nats per image)", "…", border=True, help="Measured at the end.")


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
        st.caption("Always the same 50 codes, so that what changes is what the model learned.")
