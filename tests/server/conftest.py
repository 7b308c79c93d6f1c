"""Servers whose workers train nothing, and signals as they were."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.conftest import copy_run
from tests.queueing import Office
from vae.runs.run import Run
from vae.server import worker
from vae.server.queue import Queue


@pytest.fixture(autouse=True)
def _no_signal_stays() -> Iterator[None]:
    """`work` turns SIGTERM into a pause, for the whole process."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    worker._should_end.clear()


@pytest.fixture
def queue(office: Office) -> Queue:
    """A server whose only worker is taken by a run of somebody else's."""
    queue = office.open(workers=1)
    office.until(office.submit(queue, "first", owner="zoe"), "training")
    return queue


@pytest.fixture
def finished(office: Office, finished_run: Run) -> Run:
    """A run of twelve epochs that ended before the servers were there."""
    return copy_run(finished_run, office.folder / "finished")
