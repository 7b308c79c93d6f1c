"""Studies in the queue: begun, paused, continued, killed, refused, taken out of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.conftest import wait_until
from tests.queueing import Servers
from vae.augmentation.recipe import Recipe
from vae.augmentation.study import Study, open_study
from vae.data.datasets import Dataset
from vae.errors import RunError, StudyError
from vae.runs.metadata import read_metadata
from vae.server.presence import Presence
from vae.server.queue import Queue
from vae.server.study_queue import StudyQueue
from vae.studies.writer import write_status


def submit(queue: Queue, digits: Dataset, owner: str = "", seeds: int = 2) -> Study:
    return queue.studies.submit(digits, (5,), seeds, ("real", "classical"), Recipe(), owner)


def until(study: Study, state: str) -> None:
    wait_until(lambda: study.state == state, f"a study is {state}; it is {study.state}")


def kill(servers: Servers, study: Study) -> None:
    """Kill the process of a study as `kill -9` or the system does when memory ends."""
    os.kill(servers.processes[-1].pid, signal.SIGKILL)
    servers.processes[-1].wait()
    assert study.state == "interrupted"


class TestTheWayOfAStudy:
    def test_it_runs_and_finishes(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open()
        study = submit(queue, digits, "ann")
        until(study, "running")
        assert study.path.parent == servers.folder / ".studies"
        assert read_metadata(study.path).owner == "ann"
        (study.path / "finish").touch()
        until(study, "finished")
        wait_until(lambda: not queue.studies.is_pending(study), "its place is free")

    def test_runs_do_not_list_it(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open()
        until(submit(queue, digits), "running")
        contents = queue.store.read()
        assert (contents.runs, contents.left_out) == ([], {})

    @pytest.mark.parametrize("action", ["pause", "stop"])
    def test_it_ends_and_continues(self, servers: Servers, digits: Dataset, action: str) -> None:
        queue = servers.open()
        study = submit(queue, digits)
        until(study, "running")
        getattr(queue.studies, action)(study)
        until(study, {"pause": "paused", "stop": "stopped"}[action])
        wait_until(lambda: not queue.studies.is_pending(study), "its place is free")
        queue.studies.resume(study)
        until(study, "running")
        assert servers.starts == 2

    def test_one_that_waits_leaves_the_queue(self, queue: Queue, digits: Dataset) -> None:
        study = submit(queue, digits, "ann")
        assert queue.position(study).ahead == 1
        queue.studies.pause(study)
        assert (study.state, queue.studies.is_pending(study)) == ("paused", False)
        assert "waited" in study.status.get("reason", "")
        queue.studies.resume(study)
        assert (study.state, queue.position(study).ahead) == ("queued", 1)

    def test_continued_at_the_moment_of_its_end(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open()
        study = submit(queue, digits)
        until(study, "running")
        (study.path / "linger").touch()
        queue.studies.pause(study)
        servers.settle(queue)
        queue.studies.resume(study)  # its process, which has read the pause, still holds it
        (study.path / "linger").unlink()
        wait_until(lambda: servers.starts == 2, "another process takes it up")
        until(study, "running")

    def test_a_visitor_has_one_job_at_a_time(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open(workers=2)
        first, second = submit(queue, digits, "ann"), submit(queue, digits, "ann")
        other = submit(queue, digits, "ben")
        until(first, "running")
        until(other, "running")
        servers.settle(queue)
        assert second.state == "queued"

    def test_its_owner_is_known_as_soon_as_it_is(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The leader gives a queued study a ticket at any moment, also before its maker does."""
        enqueue = StudyQueue._enqueue

        def tidy_first(self: StudyQueue, study: Study, action: str, owner: str) -> None:
            queue._scheduler._studies.tidy()
            enqueue(self, study, action, owner)

        monkeypatch.setattr(StudyQueue, "_enqueue", tidy_first)
        study = submit(queue, digits, "ann")
        (ticket,) = [each for each in queue.tickets.list() if each.run_id == study.path.name]
        assert ticket.owner == "ann"

    def test_a_visitor_who_left_finds_it_paused(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open(presence=Presence(0.05))
        study = submit(queue, digits, "ann")
        until(study, "paused")
        wait_until(lambda: not queue.studies.is_pending(study), "its worker is free")


class TestDeaths:
    def test_its_process_alone(self, servers: Servers, digits: Dataset) -> None:
        queue = servers.open()
        study = submit(queue, digits)
        until(study, "running")
        kill(servers, study)
        wait_until(lambda: not queue.studies.is_pending(study), "its place is free")
        # The place is free a moment before the reason is written.
        wait_until(lambda: "continue" in study.status.get("reason", ""), "the page can say why")
        queue.studies.resume(study)
        until(study, "running")

    def test_with_its_server_it_continues_by_itself(
        self, servers: Servers, digits: Dataset
    ) -> None:
        queue = servers.open()
        study = submit(queue, digits, "ann")
        until(study, "running")
        queue.close()
        kill(servers, study)
        again = servers.open()
        until(study, "running")
        assert servers.starts == 2
        again.close()
        # Once more before any training is done: it may be the study that ends the server.
        kill(servers, study)
        third = servers.open()
        wait_until(lambda: not third.studies.is_pending(study), "it is not taken up again")
        assert (study.state, servers.starts) == ("interrupted", 2)

    def test_one_that_went_on_is_taken_up_again(self, servers: Servers, digits: Dataset) -> None:
        study = submit(servers.open(), digits)
        until(study, "running")
        for starts in (2, 3):
            servers._queues[-1].close()
            (study.path / f"found-{starts}").touch()
            wait_until(lambda done=starts - 1: study.status["done"] == done, "one more is done")
            kill(servers, study)
            servers.open()
            wait_until(lambda starts=starts: servers.starts == starts, "it is taken up")
            until(study, "running")

    def test_one_whose_process_never_held_it(self, servers: Servers, digits: Dataset) -> None:
        servers.refuses = 1
        study = submit(servers.open(), digits)
        until(study, "failed")
        assert "Cannot allocate memory" in study.status.get("reason", "")

    def test_a_queued_one_without_a_ticket_gets_one(
        self, servers: Servers, digits: Dataset
    ) -> None:
        queue = servers.open()
        study = submit(queue, digits)
        until(study, "running")
        (study.path / "finish").touch()
        until(study, "finished")
        wait_until(lambda: not queue.studies.is_pending(study), "its place is free")
        (study.path / "finish").unlink()
        queue.close()
        write_status(study.path, state="queued", done=0, total=2, seconds=0.0)
        servers.open()
        until(study, "running")


class TestRefused:
    def test_what_cannot_be_studied_leaves_nothing(self, queue: Queue, digits: Dataset) -> None:
        with pytest.raises(StudyError, match="at most"):
            queue.studies.submit(digits, (5000,), 1, ("real",), Recipe())
        assert queue.studies.store.all() == []

    def test_more_than_a_server_allows(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_SECONDS", "30")
        with pytest.raises(StudyError, match="30 s: choose fewer seeds"):
            submit(queue, digits, seeds=100)
        assert queue.studies.store.all() == []

    def test_a_full_disk(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_FREE_MEGABYTES", "1e12")
        with pytest.raises(RunError, match="of the disk free"):
            submit(queue, digits)
        assert queue.studies.store.all() == []

    def test_too_many_of_one_visitor(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        for _ in range(4):
            submit(queue, digits, "ann")
        with pytest.raises(RunError, match="You can queue 3"):
            submit(queue, digits, "ann")

    def test_another_visitors_cannot_be_deleted(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        study = submit(queue, digits, "ann")
        queue.studies.pause(study)
        with pytest.raises(StudyError, match="only its owner"):
            queue.studies.delete(study, "ben")
        queue.studies.delete(study, "ann")
        assert not study.path.exists()

    def test_one_in_the_queue_cannot_be_deleted(self, queue: Queue, digits: Dataset) -> None:
        study = submit(queue, digits)
        with pytest.raises(StudyError, match="once it rests"):
            queue.studies.delete(study)
        assert open_study(study.path).state == "queued"


class TestTheStore:
    def test_it_leaves_out_what_is_no_study(self, queue: Queue, digits: Dataset) -> None:
        store = queue.studies.store
        study = submit(queue, digits, "ann")
        for name, text in (("damaged", "{"), ("foreign", '{"format": 1, "kind": "other"}')):
            (store.folder / name).mkdir()
            (store.folder / name / "study.json").write_text(text)
        assert [each.path for each in store.all()] == [study.path]
        assert store.owned_by("ben", Study) == []
        with pytest.raises(StudyError, match="start the study again"):
            store.open("damaged")

    @pytest.mark.parametrize("name", ["", ".", "..", "../.studies", "none", "a/b", "\0"])
    def test_no_other_folder_opens(self, queue: Queue, name: str) -> None:
        with pytest.raises(StudyError, match="No study has this id"):
            queue.studies.store.open(name)

    def test_expired_ones_go_where_strangers_share_the_server(
        self, servers: Servers, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = servers.open()
        study = submit(queue, digits)
        until(study, "running")
        (study.path / "finish").touch()
        wait_until(lambda: not queue.studies.is_pending(study), "its place is free")
        long_ago = Path(study.path / "status.json").stat().st_mtime - 8 * 86_400
        os.utime(study.path / "status.json", (long_ago, long_ago))
        queue.close()
        servers.settle(servers.open())
        assert study.path.exists()  # on one's own machine nothing goes by itself
        servers._queues[-1].close()
        monkeypatch.setenv("VAE_PUBLIC", "1")
        servers.open()
        wait_until(lambda: not study.path.exists(), "its time is over")
