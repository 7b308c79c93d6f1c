"""Two servers on one runs folder behind nginx, of which one dies."""

from __future__ import annotations

import fcntl
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.driving import serve, wait_until
from tests.conftest import ROOT
from tests.deploy.proxying import NGINX, TEMPLATE, Proxy, Visitor, proxy
from tests.pages.crafted import craft, enqueue
from tests.warm.programs import Process
from vae.config import Config
from vae.data.datasets import load_dataset
from vae.runs.run import Run

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx")
SECONDS = 60
TAKE_OVER_SECONDS = 5.0
LONG = Config(latent_dim=2, hidden=(16,), batch_size=10, epochs=500)


def is_led(runs: Path) -> bool:
    """Whether a server holds the lock of the one that leads."""
    lock = runs / ".queue" / "leader.lock"
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


class Site:
    """The proxy, and two servers, of which the first leads: addresses and processes."""

    def __init__(self, runs: Path, front: Proxy, servers: dict[str, Process]) -> None:
        self.runs, self.front, self.servers = runs, front, servers
        self.leader, self.other = servers

    def visitor(self, address: str) -> Visitor:
        """A new visitor whom chance sends to a server."""
        route = str(1 + list(self.servers).index(address))
        visitor = Visitor(self.front)
        while visitor.route != route:
            visitor = Visitor(self.front)
        visitor.open_page()
        return visitor


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    runs = folder / "runs"
    runs.mkdir()
    with ExitStack() as opened:
        servers: dict[str, Process] = {}
        for _ in range(2):
            address, process = opened.enter_context(serve(runs))
            servers[address.removeprefix("http://")] = process
            wait_until(lambda: is_led(runs), SECONDS)
        front = opened.enter_context(proxy(folder, list(servers)))
        yield Site(runs, front, servers)


def test_uploads_go_where_the_session_is(site: Site) -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    most = config["server"]["maxUploadSize"]
    visitors = [site.visitor(address) for address in site.servers]
    for visitor in visitors:
        assert visitor.upload(most - 0.01) == 204  # 400 where another server had the session
        assert visitor.upload(most + 2) == 413
        visitor.close()
    assert re.search(r"client_max_body_size (\d+)m", TEMPLATE.read_text())[1] == str(most + 1)


def test_the_other_server_takes_over_runs_and_visitors(site: Site) -> None:
    digits = load_dataset("digits")
    runs = [craft(site.runs / name, digits, LONG, "queued", checkpoint=False) for name in "ab"]
    trains, waits = map(enqueue, runs)
    visitor = site.visitor(site.leader)
    wait_until(lambda: len(Run(trains.path).history) >= 2, SECONDS)

    site.servers[site.leader].kill()
    site.servers[site.leader].wait()
    killed = time.monotonic()
    wait_until(lambda: is_led(site.runs), TAKE_OVER_SECONDS)
    rows = len(Run(trains.path).history)
    visitor.wait_for_loss()
    visitor.open_page()
    assert time.monotonic() - killed < TAKE_OVER_SECONDS
    # It stays there, whoever comes back.
    assert visitor.route == str(1 + list(site.servers).index(site.other))
    assert visitor.upload(1) == 204
    visitor.close()
    assert site.front.answered("/_stcore/stream")[-1] == site.other

    wait_until(lambda: len(Run(trains.path).history) > rows, SECONDS)
    trains.requests.send("leave")
    wait_until(lambda: Run(trains.path).state == "paused", SECONDS)
    # The new leader starts it.
    wait_until(lambda: Run(waits.path).state in ("starting", "training"), SECONDS)
    waits.requests.send("stop")
    wait_until(lambda: Run(waits.path).state == "stopped", SECONDS)
