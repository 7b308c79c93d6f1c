"""How far a job is: what was written, and nothing where nothing usable was."""

from __future__ import annotations

from pathlib import Path

import pytest

from vae.runs import progress
from vae.runs.progress import Progress, end_progress, progress_writer, read_progress, write_progress


def test_what_was_written_last(tmp_path: Path) -> None:
    assert read_progress(tmp_path, "tsne") == Progress(0.0, "")
    write_progress(tmp_path, "tsne", 0.25)
    write_progress(tmp_path, "knowledge", 0.5, "It failed.")
    assert read_progress(tmp_path, "tsne") == Progress(0.25)
    progress_writer(tmp_path, "tsne", 28.0)(0.5)
    assert read_progress(tmp_path, "tsne") == Progress(0.5, seconds=28.0)
    assert read_progress(tmp_path, "knowledge") == Progress(0.5, "It failed.")
    end_progress(tmp_path, "tsne")
    end_progress(tmp_path, "tsne")
    assert read_progress(tmp_path, "tsne") == Progress()
    assert read_progress(tmp_path, "knowledge").fraction == 0.5


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("", 0.0),
        ("[]", 0.0),
        ('{"share": "much", "trouble": ""}', 0.0),
        ('{"share": NaN, "trouble": ""}', 0.0),
        ('{"share": 7, "trouble": ""}', 0.0),
        ('{"share": 1.0000000001, "trouble": ""}', 1.0),
        ('{"share": -1, "trouble": ""}', 0.0),
        ('{"share": 0.5, "trouble": "", "seconds": -1}', 0.0),
        ('{"share": 0.5, "trouble": ""}', 0.5),  # as an earlier version wrote it
    ],
)
def test_another_file(text: str, fraction: float, tmp_path: Path) -> None:
    (tmp_path / "tsne-progress.json").write_text(text)
    assert read_progress(tmp_path, "tsne") == Progress(fraction)


def test_a_full_disk_ends_no_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(progress, "write_json", fail)
    write_progress(tmp_path, "tsne", 0.5)
    assert read_progress(tmp_path, "tsne") == Progress()


def test_no_file_for_a_change_too_small_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float] = []
    monkeypatch.setattr(progress, "write_progress", lambda *values, **_: written.append(values[2]))
    on_progress = progress_writer(tmp_path, "tsne")
    for step in range(10_001):
        on_progress(step / 10_000)
    assert 190 <= len(written) <= 200
    assert written == sorted(written)
