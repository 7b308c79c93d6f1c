"""What is said of a training to who does not see it."""

from __future__ import annotations

from pages._components.announcer import announce
from pages._shared.run_progress import outcome_in_words
from pages.train.numbers import latest_row
from vae.evaluation.diagnostics import problems
from vae.runs.run import Run

__all__ = ["announce_run"]


def announce_run(run: Run) -> None:
    """Say at once what happens to a run, now and then how it learns, and its problem."""
    found = next(iter(problems(run)), None)
    problem = f"{found.name}. {found.words}" if found else ""
    announce(_words(run), urgent=run.state != "training", problem=problem)


def _words(run: Run) -> str:
    row = latest_row(run, live=run.state == "paused")
    loss = f"loss {row['loss']:.1f} nats" if row else ""
    if run.state == "queued":
        return "The run waits in the queue."
    if run.state == "starting":
        return "The training is starting."
    if run.state == "training":
        return f"Epoch {row['epoch']}: {loss}." if row else ""
    if run.state == "paused":
        where = f"Paused in epoch {max(run.status.get('epoch', 1), 1)}"
        step = run.status.get("step")
        return f"{where}{f', step {step}' if step else ''}{f': {loss}' if loss else ''}."
    return outcome_in_words(run)
