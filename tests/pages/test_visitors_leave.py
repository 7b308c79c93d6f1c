"""What becomes of a visitor's runs when the visitor has left."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.runtime.caching import cache_resource_api

from pages._shared import server
from tests.conftest import wait_until
from tests.pages.crafted import craft, enqueue
from tests.pages.doubles import ANNA, BEN, Browser, Processes, owner_of
from tests.pages.driving import calm, open_page
from vae.data.datasets import Dataset
from vae.runs.run import Run


class TestLeaving:
    """A visitor's connection is lost; what trains is paused when the grace time is over."""

    def disconnect(self) -> None:
        cache_resource_api.clear_session_cache("test session id")  # as a lost connection does

    @pytest.fixture
    def training(self, browser: Browser, digits: Dataset, runs: Path, processes: Processes) -> Run:
        run = craft(runs / "run", digits, state="queued", owner=owner_of(ANNA))
        return enqueue(run)

    def test_a_run_is_suspended_after_the_grace_time(
        self, training: Run, browser: Browser, processes: Processes,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setenv("VAE_GRACE_SECONDS", "0.5")
        browser.take(ANNA)
        open_page("train")
        wait_until(lambda: "run-train" in processes, "its process has started")
        presence = server.presence()
        wait_until(lambda: presence.is_absent(owner_of(BEN), "other"), "the grace time is over")
        assert not presence.is_absent(owner_of(ANNA), "other")  # she is there
        with training.lock():
            assert training.control.action == "run"
            self.disconnect()
            wait_until(lambda: processes["run-train"].requested_exits, "the run is parked")
            server.queue().close()

    def test_who_comes_back_in_time_is_there(self, training: Run, browser: Browser) -> None:
        browser.take(ANNA)
        app = open_page("train")
        presence = server.presence()
        assert presence.grace_seconds == 300.0
        self.disconnect()
        presence.grace_seconds = 1e-9  # as if it had passed
        assert presence.is_absent(owner_of(ANNA), "run")
        calm(app.run())
        assert not presence.is_absent(owner_of(ANNA), "run")

    def test_who_watches_by_the_link_keeps_it_too(self, training: Run, browser: Browser) -> None:
        browser.take(BEN)
        app = open_page("train", run="run")
        presence = server.presence()
        presence.grace_seconds = 1e-9
        assert not presence.is_absent(owner_of(ANNA), "run")
        self.disconnect()
        assert presence.is_absent(owner_of(ANNA), "run")
        calm(app.run())
        assert not presence.is_absent(owner_of(ANNA), "run")

    def test_on_ones_own_machine_nobody_is_gone(self, digits: Dataset, runs: Path) -> None:
        open_page("train")
        self.disconnect()
        assert not server.presence().is_absent("", "run")
