"""A worker that counts, and fails in the ways in which a worker can."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from vae.studies.pool import Job, Line, serve

__all__: list[str] = []


def work(job: Job) -> Iterator[Line]:
    if job["do"] == "fail":
        raise ValueError("the cat is on the keyboard")
    if job["do"] == "die":
        os._exit(7)
    if job["do"] == "wait":
        if "mark" in job:
            Path(job["mark"]).touch()
        time.sleep(600)
    if job["do"] == "print":
        print("a note of some library")
    for number in range(job["first"], job["first"] + job["count"]):
        yield "rows.jsonl", {"number": number, "pid": os.getpid()}


if __name__ == "__main__":
    serve(work)
