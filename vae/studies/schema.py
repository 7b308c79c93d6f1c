"""What the files hold that every kind of study has."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NotRequired, TypedDict

from vae.schemas.reading import Count, Positive, Seconds, Text, Words

__all__ = ["ACTIVE", "Action", "StudyHead", "StudyState", "StudyStatus"]

Action = Literal["run", "pause", "stop"]


class StudyState(StrEnum):
    """Where a study stands, as status.json says it."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


ACTIVE = (StudyState.RUNNING,)  # somebody must hold the lock in these


class StudyHead(TypedDict):
    """What study.json of any kind holds; each kind has a type of its own with more."""

    format: Positive
    kind: Text
    created: Text  # as ISO 8601 has it


class StudyStatus(TypedDict):
    """status.json."""

    state: StudyState
    updated: Text
    done: Count  # trainings
    total: Count
    seconds: Seconds  # of work, over all its sessions
    reason: NotRequired[Words]


class Control(TypedDict):
    """control.json."""

    action: Action
