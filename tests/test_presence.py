"""Who is there: a run goes on as long as somebody may come back to it."""

from __future__ import annotations

import pytest

from vae import presence
from vae.presence import Presence


class Clock:
    """Stands in for the module `time`, and goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 5000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(presence, "time", clock)
    return clock


class TestBasics:
    def test_who_is_connected_is_not_gone(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.arrive("session", "anna", None)
        clock.now += 1e6
        assert not here.is_gone("anna", "run")
        assert here.is_gone("ben", "run")

    def test_gone_only_after_the_grace_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.arrive("session", "anna", None)
        clock.now += 1000
        here.leave("session")
        clock.now += 59
        assert not here.is_gone("anna", "run")
        clock.now += 2
        assert here.is_gone("anna", "run")

    def test_without_a_grace_time_nobody_is_ever_gone(self, clock: Clock) -> None:
        here = Presence(0.0)
        here.arrive("session", "anna", None)
        here.leave("session")
        clock.now += 1e9
        assert not here.is_gone("anna", "run")


class TestCorrectness:
    def test_a_connection_that_comes_back_in_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.arrive("session", "anna", None)
        clock.now += 100
        here.leave("session")
        clock.now += 59
        here.arrive("session", "anna", None)
        clock.now += 1000
        assert not here.is_gone("anna", "run")

    def test_who_watches_keeps_a_run_too(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.arrive("session", "ben", "annas-run")
        clock.now += 1000
        assert not here.is_gone("anna", "annas-run")
        assert here.is_gone("anna", "annas-other-run")
        here.arrive("session", "ben", "another")  # and turns to another one
        assert here.is_gone("anna", "annas-run")

    def test_one_of_two_tabs_stays(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.arrive("first", "anna", None)
        here.arrive("second", "anna", None)
        here.leave("first")
        clock.now += 1000
        assert not here.is_gone("anna", "run")

    def test_after_a_restart_everyone_has_the_grace_time(self, clock: Clock) -> None:
        here = Presence(60.0)
        clock.now += 59
        assert not here.is_gone("anna", "run")
        clock.now += 2
        assert here.is_gone("anna", "run")

    def test_a_session_that_was_never_there_may_leave(self, clock: Clock) -> None:
        here = Presence(60.0)
        here.leave("nobody")
        clock.now += 100
        assert here.is_gone("anna", "run")

    def test_the_gone_are_forgotten(self, clock: Clock) -> None:
        here = Presence(60.0)
        for session in range(1000):
            here.arrive(str(session), "anna", None)
            here.leave(str(session))
        clock.now += 1000
        assert here.is_gone("anna", "run")
        assert len(here._visits) == 0
