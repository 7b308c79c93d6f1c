"""The seconds that a run has trained."""

from __future__ import annotations

import pytest

from vae.training import clock
from vae.training.clock import TrainingClock


def test_what_is_stopped_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(clock.time, "perf_counter", lambda: now[0])
    found = TrainingClock(seconds=7.0)
    now[0] += 2.0
    assert found.seconds == 9.0
    with found.stopped():
        now[0] += 50.0
        assert found.seconds == 9.0
    now[0] += 1.0
    assert found.seconds == 10.0
