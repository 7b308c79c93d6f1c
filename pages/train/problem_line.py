"""One line for problem, explained where it happens, with the button that cures it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.server import queue, store
from pages.train.run_controls import why_not_resumable
from vae.errors import VAEError
from vae.evaluation.diagnostics import Problem, problems
from vae.runs.run import Run

__all__ = ["MORE_EPOCHS", "problem_line"]

MORE_EPOCHS = 5  # for a run that has used up its own


def problem_line(run: Run) -> None:
    """Show what was refused, else a run's most urgent problem and why it cannot continue.

    The line is there in any case, so that what comes moves nothing.
    """
    with st.container(key=f"problem-line-{run.id}", gap=None):
        st.html("<i></i>")  # Streamlit leaves out what is empty
        if refused := st.session_state.pop(f"refused-{run.id}", None):
            show_error(refused)
        elif found := problems(run):
            _show(run, found[0])
        elif words := why_not_resumable(run):
            st.markdown(words)


def _show(run: Run, problem: Problem) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"problem-{run.id}"
    ):
        why_not = why_not_resumable(run)
        words = f":material/healing: **{problem.name}.** {problem.words} {why_not}"
        st.markdown(words, width="stretch")
        if run.can_resume and not why_not:
            more = MORE_EPOCHS if run.state == "finished" else 0
            st.button(
                problem.button,
                key=f"cure-{problem.name}-{run.id}",
                help="Continues from the weights as they "
                f"are{f', for {more} more epochs' * bool(more)}. Acts at once.",
                on_click=_cure,
                args=(run.id, problem.cure, more),
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
