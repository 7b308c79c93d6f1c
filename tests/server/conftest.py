"""Servers whose workers train nothing, and signals as they were."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.conftest import copy_run
from tests.queueing import Servers
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
def queue(servers: Servers) -> Queue:
    """A server whose only worker is taken by a run of somebody else's."""
    queue = servers.open(workers=1)
    servers.until(servers.submit(queue, "first", owner="zoe"), "training")
    return queue


@pytest.fixture
def finished(servers: Servers, finished_run: Run) -> Run:
    """A run of twelve epochs that ended before the servers were there."""
    return copy_run(finished_run, servers.folder / "finished")
