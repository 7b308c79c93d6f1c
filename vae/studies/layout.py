"""The names of a study's files. None of them ever changes: old studies are read by them."""

from __future__ import annotations

__all__ = ["CONTROL", "LOCK", "ROWS", "STATUS", "STUDY"]

STUDY = "study.json"  # what is asked: kind, data set, settings. A folder that has it is a study
ROWS = "rows.jsonl"  # what was found: a line a result, appended as soon as it is there
STATUS = "status.json"  # how it stands
CONTROL = "control.json"  # what is requested of it: run, pause, stop
LOCK = "lock"  # held by its process as long as that lives
