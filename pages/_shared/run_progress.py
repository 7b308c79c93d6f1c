"""How far a run is, whether it is under way, and how one that rests has ended."""

from __future__ import annotations

import streamlit as st

from pages._shared.plain import plain
from pages._shared.server import queue
from pages._shared.server_paths import without_paths
from pages._shared.waiting_words import waiting_words
from vae.runs.run import ACTIVE_STATES, Run
from vae.server.durations import seconds_left, time_in_words

__all__ = ["is_active", "outcome_in_words", "show_run_progress"]


def is_active(run: Run) -> bool:
    """Whether the run will change without anyone pressing a button."""
    jobs = ("recover", "export") if run.state == "paused" else ("train", "recover", "export")
    return run.state in (*ACTIVE_STATES, "queued") or queue().is_pending(run, *jobs)


def show_run_progress(run: Run) -> None:
    """Show progress while the run is under way, else how it ended, in a container of one height."""
    waits = "waits-" * _waits_for_first_step(run)  # in the key: the bar moves by itself meanwhile
    with st.container(key=f"where-{waits}{run.id}", width="stretch", gap=None):
        if run.state in (*ACTIVE_STATES, "queued", "paused"):
            _show_progress(run)
            return
        icon = ":material/check: " if run.state == "finished" else ""
        st.markdown(f"{icon}{plain(outcome_in_words(run))}")


def outcome_in_words(run: Run) -> str:
    """Say how a run that neither trains nor waits has ended."""
    reason = without_paths(str(run.status.get("reason", "")))
    if run.state == "finished":
        return f"Finished: {run.status.get('epoch', 0)} epochs. {reason}".strip()
    state = run.state.capitalize()  # with which most reasons begin
    return reason if reason.startswith(state) else f"{state}. {reason}"


def _waits_for_first_step(run: Run) -> bool:
    """Whether its process is busy with what comes before the first step."""
    is_new = not (run.rows or run.live_snapshots)
    return run.state == "starting" or (run.state == "training" and is_new)


def _show_progress(run: Run) -> None:
    status = run.status
    epoch, step, steps = (status.get(name, 0) for name in ("epoch", "step", "steps"))
    done = (max(epoch - 1, 0) + step / max(steps, 1)) / run.epochs
    where = f"Epoch {max(epoch, 1)} of {run.epochs}"
    if steps:  # which nobody knows before the first one
        where += f" · step {step:,} of {steps:,}"
    if run.state == "queued":
        words = waiting_words(queue().position(run), "run")
    elif run.state == "starting":
        words = "Starting: TensorFlow needs a few seconds."
    elif _waits_for_first_step(run):
        words = "Compiling the network: the first step follows in a few seconds."
    elif run.state == "paused":
        words = f"Paused · {where} · nothing is lost"
    elif done >= 1.0:
        words = "Measuring on the test images and saving the model."
    elif "seconds_per_epoch" in status:
        words = f"{where} · {time_in_words(seconds_left(run))} left"
    else:
        words = where
    st.progress(min(1.0, done), text=words)
