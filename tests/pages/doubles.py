"""Stand-ins for what costs seconds or lies outside: worker processes and a browser's cookie."""

from __future__ import annotations

import hashlib
from types import ModuleType

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.scriptrunner import StopException

from pages._components.visitor_cookie import COOKIE
from pages._shared import run_picker
from tests.warm.workers import spawn_warm
from vae.runs.run import Run
from vae.server import worker_pool, worker_processes
from vae.server.worker_processes import Subject, WarmWorker, start_worker

ANNA, BEN = "a" * 32, "b" * 32  # what two browsers keep in their cookies


class IdleProcess:
    """A worker process that was started and does nothing."""

    def __init__(self) -> None:
        self.requested_exits = False

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self.requested_exits = True


class NoWarmWorker:
    """A warm worker that is never there in time."""

    usable = False

    def keep(self) -> None: ...

    def end(self) -> None: ...


class Processes(dict[str, IdleProcess]):
    """The processes that the queue has started, by run and action ("abc-train"), all idle."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._patch = monkeypatch
        self._patch.setattr(worker_pool, "start_worker", self._start)
        self._patch.setattr(worker_pool, "WarmWorker", NoWarmWorker)

    def make_real(self) -> None:
        """Have real processes started from now on, which have Keras already."""
        self._patch.setattr(worker_processes, "_spawn", spawn_warm)
        self._patch.setattr(worker_pool, "start_worker", start_worker)
        self._patch.setattr(worker_pool, "WarmWorker", WarmWorker)

    def _start(self, subject: Subject, action: str) -> IdleProcess:
        process = self[f"{subject.path.name}-{action}"] = IdleProcess()
        return process


class Browser:
    """The browser in which the next session begins: a browser is known by its cookie alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._cookies: dict[str, str] = {}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: self._cookies))

    def take(self, secret: str) -> None:
        """Take the browser that has stored this secret."""
        self._cookies = {COOKIE: secret} if secret else {}


def owner_of(secret: str) -> str:
    """Whose runs are those of the browser with this secret, as their folders say it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def overtake(monkeypatch: pytest.MonkeyPatch, module: ModuleType = run_picker) -> None:
    """End the next run of the script where a module chooses a run, as a message does that comes."""
    choose, ends = module.choose_run, [True]

    def choose_or_end(run: Run) -> None:
        if ends:
            ends.pop()
            raise StopException
        choose(run)

    monkeypatch.setattr(module, "choose_run", choose_or_end)
