"""A warm process is ready when somebody may start a run, and goes when nobody does."""

from __future__ import annotations

import pytest

from tests.conftest import copy_run, wait_until
from tests.queueing import Office
from vae.runs.run import Run, open_run
from vae.server import worker_processes


class TestWarm:
    def test_a_warm_process_takes_the_next_run(self, office: Office) -> None:
        queue = office.open()
        office.settle(queue)
        queue.warm_up()
        queue.warm_up()
        assert office.starts == 1
        run = office.submit(queue, "a")
        office.until(run, "training")
        assert office.starts == 1
        assert (office.folder / "order.txt").read_text().endswith("train True\n")
        assert open_run(run.path).status["pid"] == office.processes[0].pid

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
        self, action: str, warm: bool, office: Office, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, office.folder / "run")
        queue = office.open()
        office.settle(queue)
        queue.warm_up()
        queue.request(run, action)
        office.until_begun(f"run {action}")
        assert (office.folder / "order.txt").read_text() == f"run {action} {warm}\n"

    def test_it_goes_when_nobody_needs_it(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = office.open()
        office.settle(queue)
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 0.0)
        queue.warm_up()
        wait_until(lambda: office.processes[0].poll() is not None, "it ends")

    def test_it_lives_while_somebody_may_train(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = office.open()
        office.settle(queue)
        queue.warm_up()
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 1000.0)
        queue.warm_up()
        office.settle(queue)
        assert office.processes[0].poll() is None
        assert office.starts == 1

    def test_it_ends_with_its_server(self, office: Office) -> None:
        queue = office.open()
        office.settle(queue)
        queue.warm_up()
        queue.close()
        assert office.processes[0].poll() is not None

    def test_one_that_died_is_replaced(self, office: Office) -> None:
        queue = office.open()
        office.settle(queue)
        queue.warm_up()
        office.processes[0].kill()
        office.processes[0].wait()
        office.until(office.submit(queue, "a"), "training")
        assert office.starts == 2

    def test_none_where_no_run_could_start(self, office: Office) -> None:
        queue = office.open(workers=1)
        office.until(office.submit(queue, "a"), "training")
        queue.warm_up()
        assert office.starts == 1

    def test_none_beside_a_run_that_outlived_its_server(self, office: Office) -> None:
        first = office.open(workers=1)
        run = office.submit(first, "a")
        office.until(run, "training")
        first.close()
        second = office.open(workers=1)
        office.settle(second)
        second.warm_up()
        assert office.starts == 1

    def test_only_the_server_that_leads_has_one(self, office: Office) -> None:
        office.settle(office.open())
        second = office.open()
        office.settle(second)
        second.warm_up()
        assert office.starts == 0

    def test_without_memory_for_it_the_start_is_a_slow_one(self, office: Office) -> None:
        queue = office.open()
        office.settle(queue)
        office.refuses = 1
        queue.warm_up()
        office.until(office.submit(queue, "a"), "training")
