"""Sweeps in the queue: their runs among the others, killed and continued, refused."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.conftest import wait_until
from tests.queueing import Servers
from tests.sweeps.tiny import CONFIG
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError, StudyError
from vae.runs.layout import HISTORY
from vae.runs.store import RunStore
from vae.server.presence import Presence
from vae.server.queue import Queue
from vae.sweeps.study import Sweep
from vae.training.train import train

SMALL = CONFIG.replace(epochs=2, train_share=0.1)
VARY = {"beta": [0.5, 4.0], "latent_dim": [1, 2]}


def submit(queue: Queue, digits: Dataset, owner: str = "", seeds: int = 1) -> Sweep:
    return queue.studies.submit_sweep(SMALL, VARY, digits, seeds, owner)


def test_killed_in_the_middle_it_goes_on_to_the_same_runs(tmp_path: Path, digits: Dataset) -> None:
    queue = Queue(RunStore(tmp_path / "runs", tmp_path / "none"), 1, Presence(0.0))
    try:
        sweep = submit(queue, digits, "ann")
        wait_until(lambda: sweep.rows, "the first of its runs has ended")
        queue.store.read()  # as a page does, while they train
        (worker,) = [
            process
            for process in psutil.Process().children()
            if str(sweep.path) in " ".join(process.cmdline())
        ]
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: sweep.state == "interrupted", "its end is seen")
        wait_until(lambda: not queue.studies.is_pending(sweep), "its place is free")
        queue.studies.resume(sweep)
        wait_until(lambda: sweep.state == "finished", "all its runs have ended")
        runs = {run.metadata.name: run for run in queue.store.list()}
        assert set(runs) == {planned.label for planned in sweep.plan.runs}
        assert {run.metadata.owner for run in runs.values()} == {"ann"}
        planned = sweep.plan.runs[1]
        alone = train(planned.config, digits, out=tmp_path / "alone")
        whole = (alone.path / HISTORY).read_bytes()
        assert (runs[planned.label].path / HISTORY).read_bytes() == whole
        longer = queue.studies.extend_sweep(sweep, {"beta": [8.0]}, digits, 1)
        wait_until(lambda: longer.state == "finished", "what was added has ended")
        assert len(queue.store.list()) == 6
    finally:
        queue.close()


class TestRefused:
    def test_runs_that_the_server_does_not_allow(
        self, queue: Queue, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "3")
        with pytest.raises(ConfigError, match="at most 3 epochs"):
            queue.studies.submit_sweep(SMALL, {"epochs": [2, 5]}, digits, 1)
        monkeypatch.setenv("VAE_MOST_SECONDS", "5")
        with pytest.raises(StudyError, match="may take 5 s: choose fewer"):
            submit(queue, digits, seeds=5)
        assert queue.studies.store.all() == []

    def test_more_runs_than_a_visitor_may_have(
        self, servers: Servers, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        monkeypatch.setenv("VAE_MOST_SECONDS", "0")
        queue = servers.open()
        with pytest.raises(RunError, match=r"delete some first\. Received: 0 and 32 more"):
            submit(queue, digits, "ann", seeds=8)
        sweep = submit(queue, digits, "ann", seeds=2)
        with pytest.raises(StudyError, match="only its owner"):
            queue.studies.delete(sweep, "ben")
