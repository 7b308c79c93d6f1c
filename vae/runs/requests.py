"""What can be requested of a run: actions, settings that act at once, more epochs.

A request is written into the run's control.json, and whoever trains it sees it within a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.errors import ConfigError, RunError
from vae.runs.control import LIVE_SETTINGS, Control, Segment, request
from vae.runs.schema import RunState

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["Requests"]


class Requests:
    """Writes requests to one run, and says which can be carried out.

    Raises RunError if the run's folder cannot be written to.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def send(self, action: str) -> Control:
        """Request one of `control.ACTIONS` of the run's process."""
        return request(self._run.path, action)

    def show_model(self) -> Control:
        """Request that the process writes its model as it is now, to encode and decode with."""
        return request(self._run.path, show=True)

    def change(self, **settings: float) -> Control:
        """Change beta, learning_rate or noise from the next step on.

        Raises ConfigError for a value outside its range or a setting that cannot change.
        """
        fixed = sorted(set(settings) - set(LIVE_SETTINGS))
        if fixed:
            raise ConfigError(
                f"Settings that act at once are {', '.join(LIVE_SETTINGS)}. "
                f"Received: {', '.join(fixed)}, which a new run takes"
            )
        changed = self._run.settings.replace(**settings)
        return request(self._run.path, settings={name: getattr(changed, name) for name in settings})

    def resume(self, more_epochs: int = 0) -> Control:
        """Request that the run resumes at its last checkpoint, perhaps beyond its last epoch.

        Raises as `check_resume`.
        """
        self.check_resume(more_epochs)
        segment = self.next_segment(more_epochs) if more_epochs else None
        return request(self._run.path, "run", segment=segment)

    def check_resume(self, more_epochs: int = 0) -> None:
        """Raise RunError if there is no checkpoint or nothing left to do.

        Raises ConfigError if the epochs become too many, or are fewer than none.
        """
        run = self._run
        if not run.can_resume:
            raise RunError(f"To continue, a run needs its checkpoint.npz. Received: {run.path}")
        if more_epochs < 0:
            raise ConfigError(f"More epochs must be 0 or above. Received: {more_epochs}")
        if more_epochs:
            run.config.replace(epochs=self.next_segment(more_epochs).until)
        elif run.state == RunState.FINISHED and run.epochs <= run.status.get("until", run.epochs):
            raise RunError("To continue a finished run, say for how many more epochs. Received: 0")

    def next_segment(self, more_epochs: int) -> Segment:
        """Return the epochs that would follow those that the run has or is to have."""
        run = self._run
        # One that early stopping ended resumes from there, not from where it was to end.
        finished = run.state == RunState.FINISHED
        after = int(run.status.get("epoch", 0)) if finished else run.epochs
        return Segment(after, after + more_epochs)
