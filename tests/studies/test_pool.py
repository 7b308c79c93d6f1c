"""Worker processes: jobs out, lines back, and an end whatever happens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from vae.errors import StudyError
from vae.studies.pool import work_in_processes

WORKER = "tests.studies.counting_worker"


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def perform(jobs: list[dict[str, Any]], processes: int = 2, check: Any = lambda: None) -> list[Any]:
    lines: list[Any] = []
    work_in_processes(WORKER, jobs, processes, lambda name, line: lines.append((name, line)), check)
    return lines


def test_every_job_is_done_once() -> None:
    lines = perform([{"do": "count", "first": 10 * number, "count": 3} for number in range(5)])
    numbers = sorted(line["number"] for _, line in lines)
    assert numbers == [10 * number + step for number in range(5) for step in range(3)]
    assert {name for name, _ in lines} == {"rows.jsonl"}
    assert 1 <= len({line["pid"] for _, line in lines}) <= 2


def test_no_jobs_no_processes() -> None:
    assert perform([]) == []


def test_what_libraries_print_is_no_answer() -> None:
    assert [line["number"] for _, line in perform([{"do": "print", "first": 0, "count": 1}])] == [0]


def test_an_error_is_said_and_ends_all() -> None:
    with pytest.raises(StudyError, match="failed: the cat is on the keyboard"):
        perform([{"do": "fail"}, {"do": "wait"}])


def test_a_worker_that_dies_ends_all() -> None:
    with pytest.raises(StudyError, match="ended with status 7"):
        perform([{"do": "die"}, {"do": "wait"}])


def test_a_pause_ends_them_in_the_middle_of_a_job(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    class Paused(Exception):
        pass

    def check() -> None:
        if mark.exists():
            raise Paused

    began = time.monotonic()
    with pytest.raises(Paused):
        perform([{"do": "wait", "mark": str(mark)}], check=check)
    assert time.monotonic() - began < 60  # the job would take ten minutes
