"""A warm process is ready when somebody may start a run, and goes when nobody does."""

from __future__ import annotations

import pytest

from tests.conftest import copy_run, wait_until
from tests.queueing import Servers
from vae.runs.run import Run, open_run
from vae.server import worker_processes


class TestWarm:
    def test_a_warm_process_takes_the_next_run(self, servers: Servers) -> None:
        queue = servers.open()
        servers.settle(queue)
        queue.warm_up()
        queue.warm_up()
        assert servers.starts == 1
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        assert servers.starts == 1
        assert (servers.folder / "order.txt").read_text().endswith("train True\n")
        assert open_run(run.path).status["pid"] == servers.processes[0].pid

    @pytest.mark.parametrize(
        ("action", "warm"),
        [
            ("tsne", False),
            ("knowledge", False),
            ("quality", False),
            ("samplers", False),
            ("likelihood", True),
            ("export", True),
            ("recover", True),
        ],
    )
    def test_it_is_reserved_for_jobs_with_tensorflow(
        self, action: str, warm: bool, servers: Servers, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, servers.folder / "run")
        queue = servers.open()
        servers.settle(queue)
        queue.warm_up()
        queue.request(run, action)
        servers.until_begun(f"run {action}")
        assert (servers.folder / "order.txt").read_text() == f"run {action} {warm}\n"

    def test_it_goes_when_nobody_needs_it(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = servers.open()
        servers.settle(queue)
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 0.0)
        queue.warm_up()
        wait_until(lambda: servers.processes[0].poll() is not None, "it ends")

    def test_it_lives_while_somebody_may_train(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = servers.open()
        servers.settle(queue)
        queue.warm_up()
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 1000.0)
        queue.warm_up()
        servers.settle(queue)
        assert servers.processes[0].poll() is None
        assert servers.starts == 1

    def test_it_ends_with_its_server(self, servers: Servers) -> None:
        queue = servers.open()
        servers.settle(queue)
        queue.warm_up()
        queue.close()
        assert servers.processes[0].poll() is not None

    def test_one_that_died_is_replaced(self, servers: Servers) -> None:
        queue = servers.open()
        servers.settle(queue)
        queue.warm_up()
        servers.processes[0].kill()
        servers.processes[0].wait()
        servers.until(servers.submit(queue, "a"), "training")
        assert servers.starts == 2

    def test_none_where_no_run_could_start(self, servers: Servers) -> None:
        queue = servers.open(workers=1)
        servers.until(servers.submit(queue, "a"), "training")
        queue.warm_up()
        assert servers.starts == 1

    def test_none_beside_a_run_that_outlived_its_server(self, servers: Servers) -> None:
        first = servers.open(workers=1)
        run = servers.submit(first, "a")
        servers.until(run, "training")
        first.close()
        second = servers.open(workers=1)
        servers.settle(second)
        second.warm_up()
        assert servers.starts == 1

    def test_only_the_server_that_leads_has_one(self, servers: Servers) -> None:
        servers.settle(servers.open())
        second = servers.open()
        servers.settle(second)
        second.warm_up()
        assert servers.starts == 0

    def test_without_memory_for_it_the_start_is_a_slow_one(self, servers: Servers) -> None:
        queue = servers.open()
        servers.settle(queue)
        servers.refuses = 1
        queue.warm_up()
        servers.until(servers.submit(queue, "a"), "training")
