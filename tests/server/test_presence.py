"""Who is there: a run trains as long as somebody may come back to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vae.server import presence
from vae.server.presence import Presence


class Clock:
    """Stands in for the module `time`, and advances only on request."""

    def __init__(self) -> None:
        self.now = 5000.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(presence, "time", clock)
    return clock


class TestBasics:
    def test_who_is_connected_is_not_gone(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.connect("session", "anna", None)
        clock.now += 1e6
        assert not here.is_absent("anna", "run")
        assert here.is_absent("ben", "run")

    def test_gone_only_after_the_grace_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.connect("session", "anna", None)
        clock.now += 1000
        here.disconnect("session")
        clock.now += 59
        assert not here.is_absent("anna", "run")
        clock.now += 2
        assert here.is_absent("anna", "run")

    def test_without_a_grace_time_nobody_is_ever_gone(self, clock: Clock) -> None:
        here = Presence(0.0)
        here.connect("session", "anna", None)
        here.disconnect("session")
        clock.now += 1e9
        assert not here.is_absent("anna", "run")


class TestServers:
    """Several servers on one runs folder: any of them may lead."""

    def meet(self, folder: Path, clock: Clock, *servers: Presence) -> None:
        """Have all of them tell and hear, at the same moment."""
        for server in (*servers, *servers):
            server._announced = -1e9
            server.announce(folder)
        for path in folder.iterdir():
            os.utime(path, (clock.now, clock.now))

    def test_they_know_each_others_visitors(self, clock: Clock, tmp_path: Path) -> None:
        here, there = Presence(60.0), Presence(60.0)
        there.connect("session", "anna", "bens-run")
        clock.now += 1000
        self.meet(tmp_path, clock, here, there)
        assert not here.is_absent("anna", "run")
        assert not here.is_absent("ben", "bens-run")
        assert here.is_absent("ben", "run")
        there.disconnect("session")
        clock.now += 61
        self.meet(tmp_path, clock, here, there)
        assert here.is_absent("anna", "run")

    def test_one_that_died_is_believed_for_the_grace_time(
        self, clock: Clock, tmp_path: Path
    ) -> None:
        here, there = Presence(60.0), Presence(60.0)
        there.connect("session", "anna", None)
        clock.now += 1000
        self.meet(tmp_path, clock, here, there)
        for later, gone in ((53, False), (8, True)):
            clock.now += later
            here.announce(tmp_path)
            assert here.is_absent("anna", "run") is gone
        assert len(list(tmp_path.iterdir())) == 1  # nothing is left of the other

    def test_not_more_often_than_needed(self, clock: Clock, tmp_path: Path) -> None:
        here = Presence(60.0)
        here.announce(tmp_path)
        (file,) = tmp_path.iterdir()
        for later, written in ((5.0, False), (2.0, True)):
            file.unlink(missing_ok=True)
            clock.now += later
            here.announce(tmp_path)
            assert file.exists() is written

    def test_without_a_grace_time_nothing_is_announced(self, tmp_path: Path) -> None:
        Presence(0.0).announce(tmp_path)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("content", [b"", b"[1, null]", b"7", b"[[", b"\xff"])
    def test_a_damaged_word_is_not_heard(
        self, content: bytes, clock: Clock, tmp_path: Path
    ) -> None:
        (tmp_path / ".present-other.json").write_bytes(content)
        os.utime(tmp_path / ".present-other.json", (clock.now, clock.now))
        here = Presence(60.0)
        here.announce(tmp_path)
        clock.now += 1000
        assert here.is_absent("anna", "run")

    def test_where_nothing_can_be_written(self, clock: Clock, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        here = Presence(60.0)
        here.connect("session", "anna", None)
        here.announce(tmp_path / "file")
        assert not here.is_absent("anna", "run")


class TestCorrectness:
    def test_a_connection_that_comes_back_in_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.connect("session", "anna", None)
        clock.now += 100
        here.disconnect("session")
        clock.now += 59
        here.connect("session", "anna", None)
        clock.now += 1000
        assert not here.is_absent("anna", "run")

    def test_who_watches_keeps_a_run_too(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.connect("session", "ben", "annas-run")
        clock.now += 1000
        assert not here.is_absent("anna", "annas-run")
        assert here.is_absent("anna", "annas-other-run")
        here.connect("session", "ben", "another")  # and turns to another one
        assert here.is_absent("anna", "annas-run")

    def test_one_of_two_tabs_stays(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.connect("first", "anna", None)
        here.connect("second", "anna", None)
        here.disconnect("first")
        clock.now += 1000
        assert not here.is_absent("anna", "run")

    def test_after_a_restart_everyone_has_the_grace_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        clock.now += 59
        assert not here.is_absent("anna", "run")
        clock.now += 2
        assert here.is_absent("anna", "run")

    def test_a_session_that_was_never_there_may_disconnect(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.disconnect("nobody")
        clock.now += 100
        assert here.is_absent("anna", "run")

    def test_the_gone_are_forgotten(self, clock: Clock) -> None:
        here = Presence(60.0)
        for session in range(1000):
            here.connect(str(session), "anna", None)
            here.disconnect(str(session))
        clock.now += 1000
        assert here.is_absent("anna", "run")
        assert len(here._visits) == 0
