"""A study's folder: read at any moment, whoever wrote it, and after any end of its process."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any, TypedDict

import pytest

from vae.errors import StudyError
from vae.runs.lock import run_lock
from vae.schemas.reading import Count
from vae.studies.folder import StudyFolder, study_kind
from vae.studies.schema import StudyHead, StudyState
from vae.studies.session import Session, session
from vae.studies.writer import append_line, create_folder, cut_half_line, request, write_status


class Number(TypedDict):
    number: Count


class Asked(StudyHead):
    numbers: Count


class Numbers(StudyFolder[Asked, Number]):
    kind = "numbers"
    settings_type = Asked
    row_type = Number


@pytest.fixture
def study(tmp_path: Path) -> Numbers:
    create_folder(tmp_path / "study", "numbers", {"numbers": 3}, total=3)
    return Numbers(tmp_path / "study")


def work(study: Numbers, until: int = 3) -> None:
    """Find the numbers that are left, up to one of them."""
    left = range(len(study.rows), until)
    with session(study, ("rows.jsonl",), len(study.rows), 3) as now:
        for number in left:
            now.check()
            now.append("rows.jsonl", {"number": number})


def test_a_new_study_is_queued(study: Numbers) -> None:
    assert study.settings["numbers"] == 3
    assert (study.state, study.rows, study.requested) == ("queued", [], "run")
    assert (study.status["done"], study.status["total"]) == (0, 3)


def test_a_finished_one_has_all_rows(study: Numbers) -> None:
    work(study)
    assert study.state == StudyState.FINISHED
    assert [row["number"] for row in study.rows] == [0, 1, 2]
    assert (study.status["done"], study.status["total"]) == (3, 3)


@pytest.mark.parametrize(("action", "state"), [("pause", "paused"), ("stop", "stopped")])
def test_a_request_ends_it_and_it_is_continued(study: Numbers, action: Any, state: str) -> None:
    request(study.path, action)
    work(study)
    assert (study.state, study.rows) == (state, [])
    request(study.path, "run")
    work(study)
    assert (study.state, len(study.rows)) == ("finished", 3)


def test_running_without_a_process_is_interrupted(study: Numbers) -> None:
    write_status(study.path, state=StudyState.RUNNING, done=1, total=3, seconds=1.0)
    assert study.state == StudyState.INTERRUPTED
    assert "continue" in study.status.get("reason", "")
    with run_lock(study.path):
        assert study.state == StudyState.RUNNING


def test_one_process_at_a_time(study: Numbers) -> None:
    with run_lock(study.path), pytest.raises(StudyError, match="another one works on it"):
        work(study)


def test_the_half_line_of_a_killed_process_is_found_again(study: Numbers) -> None:
    work(study, until=1)
    with (study.path / "rows.jsonl").open("ab") as file:
        file.write(b'{"number": 1')
    assert [row["number"] for row in study.rows] == [0]
    work(study)
    assert [row["number"] for row in study.rows] == [0, 1, 2]


def test_whole_lines_are_not_touched(study: Numbers) -> None:
    work(study)
    before = (study.path / "rows.jsonl").stat()
    cut_half_line(study.path / "rows.jsonl")
    assert (study.path / "rows.jsonl").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "interrupted", "The disk is full"),
        (KeyboardInterrupt(), "interrupted", "Stopped from outside"),
        (StudyError("It cannot be."), "failed", "It cannot be."),
        (ZeroDivisionError("x / 0"), "failed", "ZeroDivisionError"),
    ],
)
def test_an_error_leaves_a_sentence_and_the_rows(
    study: Numbers, error: BaseException, state: str, words: str
) -> None:
    def fail() -> None:
        with session(study, (), 0, 3) as now:
            now.append("rows.jsonl", {"number": 0})
            raise error

    with pytest.raises(type(error)):
        fail()
    assert study.state == state
    assert words in study.status.get("reason", "")
    assert len(study.rows) == 1


def test_a_line_that_does_not_fit_leaves_nothing(
    study: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(study, until=1)
    monkeypatch.setattr("vae.studies.writer.os.write", _half_of_it)
    with pytest.raises(OSError, match="No space left"):
        append_line(study.path / "rows.jsonl", {"number": 1})
    assert (study.path / "rows.jsonl").read_text() == '{"number": 0}\n'


def _half_of_it(number: int, content: bytes) -> int:
    with open(number, "ab", buffering=0, closefd=False) as file:
        return file.write(content[:5])


def test_seconds_add_up(study: Numbers) -> None:
    write_status(study.path, state=StudyState.PAUSED, done=0, total=3, seconds=100.0)
    work(study)
    assert 100.0 <= study.status["seconds"] < 200.0


def test_the_fraction_that_is_done(study: Numbers) -> None:
    assert Session(study, 1, 4).fraction == 0.25
    assert Session(study, 0, 0).fraction == 0.0


class TestForeignFolders:
    def test_without_a_study(self, tmp_path: Path) -> None:
        with pytest.raises(StudyError, match=r"study\.json.*Received: .*has none"):
            Numbers(tmp_path)

    def test_of_another_kind(self, study: Numbers) -> None:
        path = study.path / "study.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"kind": "letters"}))
        assert study_kind(study.path) == "letters"
        with pytest.raises(StudyError, match=r"study of numbers\. Received: letters"):
            Numbers(study.path)

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2, "kind": "numbers"}'])
    def test_damaged(self, study: Numbers, text: str) -> None:
        (study.path / "study.json").write_text(text)
        with pytest.raises(StudyError, match=r"start the study again .* Received"):
            Numbers(study.path)

    def test_without_a_status(self, study: Numbers) -> None:
        (study.path / "status.json").unlink()
        with pytest.raises(StudyError, match=r"it has no status\.json"):
            _ = study.state

    def test_lines_that_are_no_rows_are_left_out(self, study: Numbers) -> None:
        lines = ['{"number": 1}', "nonsense", '{"number": -1}', "[]", '{"number": 2, "more": 0}']
        (study.path / "rows.jsonl").write_text("\n".join(lines) + "\n")
        assert study.rows == [{"number": 1}, {"number": 2}]

    def test_a_damaged_request_is_none(self, study: Numbers) -> None:
        (study.path / "control.json").write_text('{"action": "explode"}')
        assert study.requested == "run"


class TestNewFolders:
    def test_one_study_each(self, study: Numbers) -> None:
        with pytest.raises(StudyError, match="a folder of its own"):
            create_folder(study.path, "numbers", {"numbers": 1}, total=1)
        assert study.settings["numbers"] == 3

    def test_nothing_is_left_where_it_cannot_be_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("vae.studies.writer.write_json", full)
        with pytest.raises(StudyError, match=r"No space left on device.*Received"):
            create_folder(tmp_path / "a" / "b", "numbers", {"numbers": 1}, total=1)
        assert list(tmp_path.iterdir()) == []
