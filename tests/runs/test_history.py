"""A history that grows is parsed once, and one that was rewritten is read anew."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

from tests.pages.crafted import row
from vae.archive.zip_import import MAX_HISTORY_BYTES
from vae.runs import history
from vae.runs.history import history_fault, read_rows


def line(number: int) -> str:
    return json.dumps(step_row(number)) + "\n"


def step_row(number: int) -> dict[str, Any]:
    return row(1, 50.0, kind="step", step=number, gradient_norm=float(number))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    path.write_text(line(1) + line(2))
    return path


def steps(path: Path) -> list[int]:
    return [row["step"] for row in read_rows(path)]


class TestBasics:
    def test_rows(self, path: Path) -> None:
        assert read_rows(path)[1] == step_row(2)

    def test_no_file(self, tmp_path: Path) -> None:
        assert read_rows(tmp_path / "none") == []

    def test_what_is_no_row_is_left_out(self, path: Path) -> None:
        with path.open("a") as file:
            file.write("nonsense\n[1]\n{}\n" + "[" * 10**5 + "\n" + line(3))
        assert steps(path) == [1, 2, 3]
        assert history_fault(path).startswith("Line 3 of history.jsonl is left out. A row must be")

    def test_all_are_rows(self, path: Path) -> None:
        assert history_fault(path) == ""

    def test_lines_are_counted_over_all_polls(self, path: Path) -> None:
        assert steps(path) == [1, 2]
        with path.open("a") as file:
            file.write(line(3) + "nonsense\n")
        assert history_fault(path).startswith("Line 4 of history.jsonl is left out")

    def test_what_was_read_last_is_remembered(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(history, "_cache", OrderedDict())
        monkeypatch.setattr(history, "MAX_BYTES", 3 * len(line(1)))
        paths = [tmp_path / str(number) for number in range(1, 6)]
        for number, path in enumerate(paths, start=1):
            path.write_text(line(number))
            assert steps(path) == [number]
        assert list(history._cache) == paths[-3:]

    def test_a_long_one_is_remembered_alone(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(history, "_cache", OrderedDict())
        monkeypatch.setattr(history, "MAX_BYTES", 1)
        assert steps(path) == [1, 2]
        assert list(history._cache) == [path]

    def test_the_longest_stays_beside_others(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each page looks at the histories of several runs: none is to be parsed anew each time."""
        monkeypatch.setattr(history, "_cache", OrderedDict())
        assert history.MAX_BYTES > 1.4 * MAX_HISTORY_BYTES
        assert 1.4 * len(line(1)) * 100_000 < history.MAX_BYTES
        long = tmp_path / "long.jsonl"
        long.write_text(line(1) * 1000)
        monkeypatch.setattr(history, "MAX_BYTES", int(1.4 * long.stat().st_size))
        rows = read_rows(long)
        read_rows(path)
        assert read_rows(long) is rows


class TestGrowing:
    def test_only_what_is_new_is_parsed(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        parsed: list[bytes] = []
        parse = history._parse

        def note(text: bytes, before: int) -> Any:
            parsed.append(text)
            return parse(text, before)

        monkeypatch.setattr(history, "_parse", note)
        first = read_rows(path)
        with path.open("a") as file:
            file.write(line(3))
        assert steps(path) == [1, 2, 3]
        assert read_rows(path)[:2] == first
        assert parsed[1:] == [line(3).strip().encode()]

    def test_half_a_line_waits_for_the_rest(self, path: Path) -> None:
        with path.open("a") as file:
            file.write(line(3)[:9])
            file.flush()
            assert steps(path) == [1, 2]
            file.write(line(3)[9:])
        assert steps(path) == [1, 2, 3]

    def test_the_rows_of_before_do_not_grow(self, path: Path) -> None:
        before = read_rows(path)
        with path.open("a") as file:
            file.write(line(3))
        read_rows(path)
        assert len(before) == 2


class TestRewriting:
    def test_shorter(self, path: Path) -> None:
        assert steps(path) == [1, 2]
        path.write_text(line(1))
        assert steps(path) == [1]

    def test_the_same_length(self, path: Path) -> None:
        assert steps(path) == [1, 2]
        path.write_text(line(1) + line(9))
        assert steps(path) == [1, 9]

    def test_another_file_under_its_name(self, path: Path, tmp_path: Path) -> None:
        assert steps(path) == [1, 2]
        other = tmp_path / "other"
        other.write_text(line(5) + line(6) + line(7))
        other.replace(path)
        assert steps(path) == [5, 6, 7]
