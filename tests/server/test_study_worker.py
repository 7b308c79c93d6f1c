"""What a worker process does for a study, and what its folder says when that goes wrong."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.augmentation.made import made_rows, made_study
from vae.augmentation import enlarged
from vae.augmentation.enlarged import Enlarged
from vae.augmentation.enlarged_request import (
    EnlargedSet,
    enlarged_files,
    read_enlarged_request,
    request_enlarged,
)
from vae.augmentation.study import Study
from vae.data.datasets import Dataset
from vae.errors import StudyError
from vae.runs.progress import read_progress
from vae.server import study_worker
from vae.server.study_worker import work_on_study
from vae.server.worker import work
from vae.studies.schema import StudyState
from vae.studies.writer import request

WANTED = EnlargedSet(5, 1, "vae")


@pytest.fixture
def queued(digits: Dataset, tmp_path: Path) -> Study:
    return made_study(tmp_path / "study", digits, made_rows()[:3], StudyState.QUEUED)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What `run_study` was called with, instead of training."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(study_worker, "run_study", lambda *_, **options: found.append(options))
    return found


class TestStudy:
    def test_strangers_share_a_server(
        self, queued: Study, calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_WORKERS", "3")
        assert work(queued.path, "study") == 0
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert work(queued.path, "study") == 0
        assert [each["processes"] for each in calls] == [3, 1]

    @pytest.mark.parametrize(("action", "state"), [("pause", "paused"), ("stop", "stopped")])
    def test_what_ended_while_the_process_started(
        self, queued: Study, calls: list[dict[str, Any]], action: Any, state: str
    ) -> None:
        request(queued.path, action)
        assert work_on_study(queued.path, "study") == 0
        assert (calls, queued.state) == ([], state)

    def test_without_its_images(self, queued: Study, calls: list[dict[str, Any]]) -> None:
        path = queued.path / "study.json"
        path.write_text(path.read_text().replace('"digits"', '"my-own"'))
        assert work_on_study(queued.path, "study") == 1
        assert queued.state == "failed"
        assert "A study needs its images" in queued.status.get("reason", "")
        assert len(queued.rows) == 3

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (StudyError("It cannot be."), "It cannot be."),
            (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
            (ZeroDivisionError("x / 0"), "The study failed: ZeroDivisionError"),
        ],
    )
    def test_an_error_before_it_began(
        self, queued: Study, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(study_worker, "run_study", fail)
        assert work_on_study(queued.path, "study") == 1
        assert says in queued.status.get("reason", "")

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        assert work_on_study(tmp_path, "study") == 1


class TestEnlargedSet:
    def test_both_files_are_written(
        self, queued: Study, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def enlarge(study: Study, data: Dataset, *which: object) -> Enlarged:
            assert which == (WANTED.generator, WANTED.per_class, WANTED.seed)
            few = data.x_train[:2], data.y_train[:2], np.array([False, True])
            return Enlarged(*few, data.class_names, data.name, "vae", "prior", 5, 1)

        monkeypatch.setattr(enlarged, "enlarge", enlarge)
        request_enlarged(queued, WANTED)
        assert read_enlarged_request(queued) == WANTED
        assert work(queued.path, "enlarge") == 0
        files = enlarged_files(queued, WANTED)
        with np.load(files[".npz"]) as arrays:
            assert arrays["synthetic"].tolist() == [False, True]
        assert files[".zip"].stat().st_size > 0
        assert read_progress(queued.path, "enlarge").error == ""
        assert queued.state == "queued"

    def test_a_full_disk_is_said_and_nothing_is_lost(
        self, queued: Study, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(enlarged, "enlarge", fail)
        request_enlarged(queued, WANTED)
        assert work_on_study(queued.path, "enlarge") == 1
        assert "The disk is full" in read_progress(queued.path, "enlarge").error
        assert (queued.state, len(queued.rows)) == ("queued", 3)

    def test_what_is_not_chosen_yet_is_refused(self, queued: Study) -> None:
        with pytest.raises(StudyError, match="is not chosen yet"):
            request_enlarged(queued, EnlargedSet(10, 0, "vae"))
        assert read_enlarged_request(queued) is None
        assert work_on_study(queued.path, "enlarge") == 1
