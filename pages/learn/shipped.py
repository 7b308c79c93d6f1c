"""The built-in runs that chapters show."""

from __future__ import annotations

from pages._shared.server import store
from vae.errors import RunError
from vae.runs.run import Run

__all__ = ["shipped_run"]


def shipped_run(run_id: str) -> Run:
    """Return a run that comes with the project.

    Raises RunError where it does not, as in an installation that was thinned out: the chapter then
    says so where its figure would be.
    """
    for run in store().list_shipped():
        if run.id == run_id:
            return run
    raise RunError(
        f"This figure shows the built-in run {run_id!r}, which is not in this installation. "
        "Install VAE Lab again to have it"
    )
