"""The queue: what it takes in, and from whom; how long that takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import change_status
from tests.queueing import SMALL, Servers, waiting
from tests.schemas.test_figures import FOUND
from vae import environment
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation.likelihood import request_likelihood
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter
from vae.server import scheduler
from vae.server.durations import START_SECONDS, run_seconds, seconds_left
from vae.server.queue import MAX_WAITING, Queue


class TestSubmit:
    def test_makes_a_run_that_waits(self, queue: Queue, servers: Servers) -> None:
        run = servers.submit(queue, "a", owner="anna", beta=0.5)
        assert (run.state, run.config.beta, run.metadata.owner) == ("queued", 0.5, "anna")
        assert queue.is_pending(run, "train")
        assert not queue.is_pending(run, "tsne")
        assert waiting(queue) == [run.id]
        assert len(run.id) == 32  # 128 random bits

    def test_what_does_not_fit_leaves_no_folder(self, servers: Servers) -> None:
        queue = servers.open()
        servers.settle(queue)
        before = sorted(servers.folder.rglob("*"))
        with pytest.raises(ConfigError, match="Received"):
            queue.submit(Config(network="convolutional", hidden=(4, 4, 4)), servers.dataset)
        assert sorted(servers.folder.rglob("*")) == before

    def test_beyond_the_servers_limits(
        self, queue: Queue, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "4")
        before = sorted(servers.folder.iterdir())
        with pytest.raises(ConfigError, match=r"at most 4 epochs\. Received: 5"):
            servers.submit(queue, "a")
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "100")
        with pytest.raises(ConfigError, match=r"at most 100 parameters\. Received"):
            servers.submit(queue, "a", epochs=4)
        assert sorted(servers.folder.iterdir()) == before

    def test_too_many_of_one_visitor(
        self, queue: Queue, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        for _ in range(MAX_WAITING + 1):
            servers.submit(queue, "a", owner="anna")
        with pytest.raises(RunError, match=r"You can queue 3 runs.*Received"):
            servers.submit(queue, "a", owner="anna")
        servers.submit(queue, "b", owner="ben")
        monkeypatch.setenv("VAE_PUBLIC", "0")
        servers.submit(queue, "a", owner="anna")

    def test_no_folder_can_be_made(self, digits: Dataset, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        queue = Queue(RunStore(tmp_path / "file", tmp_path / "none"), workers=1)
        try:
            with pytest.raises(RunError, match=r"can be written to .*Received"):
                queue.submit(SMALL, digits)
        finally:
            queue.close()
        assert (tmp_path / "file").read_text() == "in the way"

    def test_no_line_can_be_made(self, servers: Servers) -> None:
        (servers.folder / ".queue").write_text("in the way")
        queue = servers.open()
        with pytest.raises(RunError, match=r"The queue needs a folder .*Received: .*\.queue"):
            servers.submit(queue, "a")

    def test_as_many_workers_as_the_server_has(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_WORKERS", "5")
        assert servers.open(workers=None).workers == environment.worker_count() == 5


class TestPosition:
    def test_how_many_go_first(self, queue: Queue, servers: Servers) -> None:
        runs = [servers.submit(queue, name, owner=name) for name in "abc"]
        assert [queue.position(run).ahead for run in runs] == [1, 2, 3]
        queue.stop(runs[1])
        assert [queue.position(run).ahead for run in runs] == [1, 0, 2]

    def test_who_is_under_way_waits_for_nobody(self, queue: Queue, servers: Servers) -> None:
        (run,) = servers.store.list()
        assert queue.position(run).ahead == 0

    def test_a_visitors_runs_train_one_after_another_though_a_worker_is_free(
        self, servers: Servers
    ) -> None:
        queue = servers.open(workers=3)
        runs = [servers.submit(queue, name, owner="anna") for name in "abc"]
        servers.until(servers.submit(queue, "z", owner="zoe"), "training")
        positions = [queue.position(run) for run in runs]
        assert [position.ahead for position in positions] == [0, 1, 2]
        assert positions[0].seconds == 0.0 < positions[1].seconds < positions[2].seconds

    def test_what_is_neither_waiting_nor_under_way(self, queue: Queue, finished: Run) -> None:
        assert queue.position(finished) == (0, 0.0)

    def test_how_long_it_takes(self, queue: Queue, servers: Servers) -> None:
        (first,) = servers.store.list()
        change_status(first, epoch=2, step=9, steps=9, seconds_per_epoch=30.0)
        first = open_run(first.path)
        runs = [servers.submit(queue, name, owner=name, epochs=100) for name in "ab"]
        whole = run_seconds(runs[0].config, (8, 8, 1), 1437)
        assert seconds_left(first) == 90.0
        assert queue.position(runs[0]).seconds == pytest.approx(90.0)
        assert queue.position(runs[1]).seconds == pytest.approx(90.0 + whole)

    def test_a_likelihood_takes_its_time(
        self, queue: Queue, servers: Servers, finished: Run
    ) -> None:
        first = next(run for run in servers.store.list() if run.state == "training")
        change_status(first, epoch=5, step=9, steps=9, seconds_per_epoch=30.0)
        found = FOUND | {"importance_samples": 100, "seconds": 30.0}
        RunWriter(finished.path).figures("likelihood.json", {"none": found})
        request_likelihood(finished, 1000, "none")
        queue.request(finished, "likelihood")
        last = servers.submit(queue, "b", "ben")
        assert queue.position(last).seconds == pytest.approx(START_SECONDS + 300.0)
        queue.withdraw(finished, "likelihood")
        assert queue.position(last) == (1, 0.0)

    def test_a_job_under_way_cannot_be_withdrawn(self, servers: Servers, finished: Run) -> None:
        queue = servers.open()
        queue.request(finished, "tsne")
        servers.until_begun(f"{finished.id} tsne")
        queue.withdraw(finished, "tsne")
        assert queue.is_pending(finished, "tsne")

    def test_a_second_worker_halves_it(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        runs = [servers.submit(queue, name, owner=name) for name in "abcd"]
        for run, seconds in zip(runs[:2], (30.0, 10.0), strict=True):
            servers.until(run, "training")
            change_status(run, epoch=4, step=9, steps=9, seconds_per_epoch=seconds)
        whole = run_seconds(SMALL, (8, 8, 1), 1437)
        assert [queue.position(run).ahead for run in runs] == [0, 0, 2, 3]
        assert queue.position(runs[2]).seconds == pytest.approx(10.0)
        assert queue.position(runs[3]).seconds == pytest.approx(min(30.0, 10.0 + whole))

    def test_a_paused_run_frees_its_worker_soon(self, queue: Queue, servers: Servers) -> None:
        (run,) = servers.store.list()
        change_status(run, epoch=1, step=9, steps=9, seconds_per_epoch=1000.0)
        other = servers.submit(queue, "a", "anna")
        assert queue.position(other).seconds == pytest.approx(4000.0)
        queue.pause(run)
        servers.until(run, "paused")
        assert queue.position(other).seconds == pytest.approx(scheduler.PAUSED_SECONDS)

    def test_a_resumed_run_needs_only_its_remaining_time(
        self, queue: Queue, servers: Servers, finished: Run
    ) -> None:
        first = next(run for run in servers.store.list() if run.state == "training")
        change_status(first, epoch=4, step=9, steps=9, seconds_per_epoch=7.0)
        change_status(finished, state="stopped", epoch=3, step=9, steps=9, seconds_per_epoch=50.0)
        queue.resume(open_run(finished.path))
        last = servers.submit(queue, "b", "ben")
        remaining = (finished.config.epochs - 3) * 50.0
        assert queue.position(last).seconds == pytest.approx(7.0 + START_SECONDS + remaining)


class TestWhoseItIs:
    @pytest.fixture
    def annas(self, queue: Queue, servers: Servers) -> Run:
        return servers.submit(queue, "a", owner="anna")

    def change(self, queue: Queue, run: Run, visitor: str) -> None:
        """Name a run, delete it, bring it back."""
        queue.rename(run, "mine", visitor)
        queue.delete(run, visitor)
        assert [run.id for run in queue.deleted(visitor)] == [run.id]
        assert queue.undelete(run.id, visitor).metadata.name == "mine"

    def test_on_a_public_server_only_the_owner(
        self, queue: Queue, annas: Run, finished: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        self.change(queue, annas, "anna")
        for run, visitor, whose in (
            (annas, "ben", "another visitor's"),
            (annas, "", "another visitor's"),
            (finished, "ben", "nobody's"),
            (finished, "", "nobody's"),
        ):
            before = Run(run.path).metadata
            for refused in (lambda *who: queue.rename(who[0], "x", who[1]), queue.delete):
                with pytest.raises(RunError, match=rf"only its owner .*Received: .*{whose}"):
                    refused(run, visitor)
            assert Run(run.path).metadata == before
            queue.store.delete(run)
            assert queue.deleted(visitor) == []
            with pytest.raises(RunError, match="by its owner"):
                queue.undelete(run.id, visitor)
            queue.store.undelete(run.id)

    def test_on_ones_own_machine_anybodys(self, queue: Queue, annas: Run, finished: Run) -> None:
        for run in (annas, finished):
            for visitor in ("", "ben"):
                self.change(queue, run, visitor)

    def test_only_for_a_while(
        self, queue: Queue, annas: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue.delete(annas)
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        assert queue.deleted() == []
        with pytest.raises(RunError, match=r"for ten minutes\. Received"):
            queue.undelete(annas.id)


class TestRequest:
    def test_once(self, queue: Queue, finished: Run) -> None:
        for _ in range(2):
            queue.request(finished, "tsne")
        assert waiting(queue) == [finished.id]
        assert queue.is_pending(finished, "tsne")
        assert not queue.is_pending(finished, "train")
        queue.request(finished, "export")
        assert waiting(queue) == [finished.id] * 2
