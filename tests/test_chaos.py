"""A short chaos, so that what the long one guards cannot break unnoticed; its seed is fixed."""

from __future__ import annotations

import pytest

from benchmarks import chaos as long
from benchmarks.chaos import chaos

FAULTS = 8
SEED = 3  # kills of worker and server, a pause, a deletion, a full disk


def test_faults_lose_double_and_orphan_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "RUNS", 2)
    story = chaos(FAULTS, SEED)  # raises with what is wrong
    assert sum(story.survived.values()) == FAULTS
    assert story.owned
