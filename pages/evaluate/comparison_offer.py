"""Has a worker compare a conditional run with a classifier: asks for it, waits, stops it."""

from __future__ import annotations

import streamlit as st

from pages._shared.measuring import (
    can_be_measured,
    measuring,
    offer_to_stop,
    request,
    show_duration,
    show_last_error,
    show_progress,
)
from pages._shared.server import queue
from vae.evaluation.comparison_request import request_comparison, withdraw_comparison
from vae.runs.run import Run
from vae.server.durations import job_seconds, result_seconds

__all__ = ["offer_comparison"]

JOB = "classification"


def offer_comparison(run: Run, classifier: Run | None, *, again: bool) -> None:
    """Show how far it is, or the button that requests it, or why it cannot be done."""
    if queue().is_pending(run, JOB):
        show_progress(run, JOB, measuring("both models", lambda run: job_seconds(run, JOB)))
        offer_to_stop(run, JOB, withdraw_comparison)
    elif not (again and run.shipped) and can_be_measured(run):
        show_last_error(run, JOB)
        if st.button(
            "Measure again" if again else "Measure",
            type="secondary" if again else "primary",
            icon=":material/straighten:",
            help="Classifies all test images and 1,000 foreign pictures of each kind, in the "
            "background. The figures are saved with the run.",
        ):
            request_comparison(run, classifier)
            request(run, JOB)
        show_duration(result_seconds(run, JOB))
