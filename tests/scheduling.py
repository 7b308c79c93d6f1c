"""Which of pytest's processes runs which file: python -m pytest -n 4 --dist loadfile."""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

__all__ = ["BrowsersTogether"]


class BrowsersTogether(LoadFileScheduling):
    """Gives the browser's files to every second process, all of them before any other.

    Chromium and the server of tests/browser live as long as no other file comes between, and to
    start them and open a first page takes three seconds of processor time. Two cores can do with
    one or two browsers at a time, not with one in each process.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        has_browser = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        for scope in self.workqueue:
            if is_for_browser(scope) == has_browser:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)


def is_for_browser(file: str) -> bool:
    """Whether the tests of a file need the browser."""
    return Path(file).parent.name == "browser"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowsersTogether | None:
    """Have `--dist loadfile` mind the browser."""
    is_by_file = config.getoption("dist") == "loadfile"
    return BrowsersTogether(config, log) if is_by_file else None
