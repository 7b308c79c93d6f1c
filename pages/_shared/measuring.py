"""What a worker measures of a run on request: the request, the progress, what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages._shared.guard import explained, show_error
from pages._shared.plain import plain
from pages._shared.rerun import rerun_fragment
from pages._shared.server import queue
from pages._shared.stable_position import stable_position
from vae.files import file_version
from vae.runs.layout import LATENTS
from vae.runs.progress import read_progress
from vae.runs.results import RESULTS
from vae.runs.run import Run
from vae.runs.run_images import missing_images
from vae.server.durations import result_seconds, time_in_words

__all__ = [
    "can_be_measured",
    "measuring",
    "offer",
    "offer_to_stop",
    "request",
    "show_duration",
    "show_last_error",
    "show_progress",
]


Describe = Callable[[Run, float | None], str]
Fingerprint = tuple[tuple[int, int], ...]


def can_be_measured(run: Run) -> bool:
    """Whether a worker can measure this run; what stands in the way is said."""
    if run.shipped:
        st.info(
            "These figures were not measured for this built-in run, and built-in runs do not "
            "change.",
            icon=":material/info:",
        )
    elif missing := missing_images(run):
        st.info(f"Measuring needs {plain(missing)}.", icon=":material/info:")
    else:
        return True
    return False


def request(run: Run, job: str) -> None:
    """Put a job into the queue, and run the view, a fragment, again: it shows the progress."""
    queue().request(run, job)
    st.session_state[_key(run, job)] = _fingerprint(run, job)
    rerun_fragment()


def show_last_error(run: Run, job: str) -> None:
    """Say what went wrong the last time, if it did."""
    error = read_progress(run.path, job).error
    with stable_position():
        if error or st.session_state.get(_key(run, job)) == _fingerprint(run, job):
            show_error(error or "Measuring ended before it was done. Try again.")


def show_duration(seconds: float) -> None:
    """Say how long a job takes."""
    st.caption(f"Takes about {time_in_words(seconds)}, after what is queued before it.")


def offer(
    run: Run,
    job: str,
    describe: Describe,
    label: str = "Measure",
    *,
    help: str,
    intro: str = "",
    icon: str = ":material/straighten:",
    primary: bool = True,
) -> None:
    """Show how far a job is; or the button that requests it; or why it cannot be done.

    intro: what is said above the button.
    """
    if queue().is_pending(run, job):
        show_progress(run, job, describe)
    elif can_be_measured(run):
        if intro:
            st.markdown(intro)
        show_last_error(run, job)
        kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
        if st.button(label, type=kind, icon=icon, help=help):
            request(run, job)
        show_duration(result_seconds(run, job))


def measuring(subject: str, seconds_left: Callable[[Run], float] | None = None) -> Describe:
    """Return what `show_progress` says of a measurement.

    seconds_left: how long it still takes, where that is known.
    """

    def describe(run: Run, fraction: float | None) -> str:
        if fraction is None:
            until = "the work before it is done"
            if run.is_alive():
                until = "the training of this run has ended or paused"
            return f"Measuring is queued: it starts when {until}"
        text = f"Measuring {subject} · {fraction:.0%}"
        if seconds_left and fraction:  # before that it loads what it needs
            text += f" · about {time_in_words(seconds_left(run))} left"
        return text

    return describe


def offer_to_stop(run: Run, job: str, withdraw: Callable[[Run], None]) -> None:
    """Show a button that ends a job; withdraw: takes back what the run says is to be measured."""
    if st.button(
        "Stop measuring",
        icon=":material/stop:",
        help="Discards what was measured so far. Acts at once.",
    ):
        withdraw(run)
        queue().withdraw(run, job)
        st.session_state.pop(_key(run, job), None)  # nothing is expected of it
        rerun_fragment()


def show_progress(run: Run, job: str, describe: Describe) -> None:
    """Show how far a job is, and rerun the page when it has ended.

    describe: returns the text beside the bar, of the fraction done, or None while the job waits.
    """
    _poll(run, job, describe, _fingerprint(run, job))


@st.fragment(run_every=0.5)
@explained()
def _poll(run: Run, job: str, describe: Describe, fingerprint: Fingerprint) -> None:
    # The result is there a moment before the queue knows that the process has ended.
    if _fingerprint(run, job) != fingerprint or not queue().is_pending(run, job):
        st.rerun()
    waits = queue().tickets.is_waiting(run.id, job)
    fraction = None if waits else read_progress(run.path, job).fraction
    st.progress(fraction or 0.0, text=describe(run, fraction))


def _fingerprint(run: Run, job: str) -> Fingerprint:
    """Return what changes when the job's files do."""
    return tuple(file_version(run.path / name) for name in RESULTS[job].files)


def _key(run: Run, job: str) -> str:
    # Of this model: another one has other figures, and nobody requested those.
    return f"{job}-requested-{run.id}-{file_version(run.path / LATENTS)}"
