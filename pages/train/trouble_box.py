"""Trouble, explained where it happens, with the button that cures it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages._shared.server import queue, store
from pages.train.run_controls import missing_to_resume
from vae.errors import VAEError
from vae.evaluation.diagnostics import troubles
from vae.runs.run import Run

__all__ = ["MORE_EPOCHS", "trouble_box"]

MORE_EPOCHS = 5  # for a run that has used up its own


def trouble_box(run: Run) -> None:
    """Show the most urgent trouble of a run, if it has any."""
    for trouble in troubles(run)[:1]:
        with st.container(border=True, key=f"trouble-{run.id}"):
            words, button = st.columns([3, 1.3], vertical_alignment="center")
            words.markdown(f":material/healing: **{trouble.name}.** {trouble.words}")
            if run.can_resume and not missing_to_resume(run):
                more = MORE_EPOCHS if run.state == "finished" else 0
                button.button(
                    trouble.button,
                    key=f"cure-{trouble.name}-{run.id}",
                    width="stretch",
                    help=f"Keeps what was learned{f', and trains {more} more epochs' * bool(more)}."
                    " Acts at once.",
                    on_click=_cure,
                    args=(run.id, trouble.cure, more),
                )


def _cure(run_id: str, cure: Mapping[str, float], more_epochs: int) -> None:
    try:
        run = store().open(run_id)
        before = {name: getattr(run.settings, name) for name in cure}
        run.requests.change(**cure)  # first, so that no step is taken without it
        try:
            queue().resume(run, more_epochs)
        except VAEError:
            run.requests.change(**before)
            raise
    except VAEError as error:
        st.session_state[f"refused-{run_id}"] = str(error)
