"""What a run says of itself when its training ends by an error, in words for people."""

from __future__ import annotations

from pathlib import Path

from vae.errors import VAEError
from vae.files import DISK_FULL
from vae.runs.control import read_control
from vae.runs.folder import ACTIVE_STATES
from vae.runs.schema import RunState, StatusChanges
from vae.runs.writer import RunWriter

__all__ = ["in_words", "is_disk_full", "mark_recorded", "record_failure", "refused_resume"]

_RECORDED = "_recorded_in_its_run"  # an attribute of an error


def mark_recorded(error: BaseException) -> None:
    """Have `record_failure` leave an error alone, since the run says of it what there is to say."""
    setattr(error, _RECORDED, True)


def record_failure(path: Path, error: BaseException) -> None:
    """Write into a run's folder why its training ended; one that has ended otherwise stays so.

    Where nothing had begun the run is again what it was before it was to resume: a refusal
    takes nothing from it.
    """
    if getattr(error, _RECORDED, False):
        return  # by the training itself, which the worker around it need not know
    mark_recorded(error)
    writer = RunWriter.reopen(path)
    state, reason = writer.value("state", ""), in_words(error)
    if state not in (RunState.QUEUED, *ACTIVE_STATES, RunState.PAUSED):
        return
    if (refusal := refused_resume(writer, reason)) is not None:
        writer.status(must=True, **refusal)
    elif isinstance(error, KeyboardInterrupt):
        epoch, step = writer.value("kept", (0, 0))
        done = f"Kept: epoch {epoch}, up to step {step:,}." if epoch else "Nothing is trained yet."
        state = RunState.INTERRUPTED if epoch else RunState.STOPPED
        writer.status(must=True, state=state, reason=f"{reason} {done}")
    else:
        # A full disk is not the run's fault: with some room it resumes from its checkpoint.
        full = is_disk_full(error)
        writer.status(
            must=True, state=RunState.INTERRUPTED if full else RunState.FAILED, reason=reason
        )


def refused_resume(writer: RunWriter, reason: str) -> StatusChanges | None:
    """Return what a run says that was to resume and has not begun; None for any other run.

    It is again what it was before. The request is answered by that: else it would be tried again
    and again.
    """
    before = writer.value("before", "")
    if not before or writer.value("state", "") not in (RunState.QUEUED, RunState.STARTING):
        return None
    return {
        "state": before,
        "reason": f"It was not continued. {reason}",
        "serial": read_control(writer.path).serial,
    }


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that there is no room left on the disk."""
    return isinstance(error, OSError) and error.errno in DISK_FULL


def in_words(error: BaseException, what: str = "Training") -> str:
    """Return an error in a sentence for the person at the screen. what: failed by it."""
    trains = what == "Training"
    if isinstance(error, VAEError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Stopped from outside."
    if isinstance(error, MemoryError) or "OOM" in str(error):
        cure = "choose a smaller network or batch" if trains else "try again when nothing trains"
        return f"This machine has too little memory: {cure}."
    if is_disk_full(error):
        cure = "continue the run from its last checkpoint" if trains else "try again"
        return f"The disk is full: free some space, then {cure}."
    first = str(error).strip().splitlines() or [""]
    return f"{what} failed: {type(error).__name__}: {first[0]:.160}. See worker.log."
