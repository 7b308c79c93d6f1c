"""An act that is done once, by whichever run of the script comes first."""

from __future__ import annotations

import threading

import pytest

from pages._shared import once
from pages._shared.once import Once


def test_two_at_the_same_moment_get_the_same() -> None:
    act, made, begun, may_end = Once[int](), [], threading.Event(), threading.Event()

    def make() -> int:
        made.append(len(made))
        begun.set()
        assert may_end.wait(60)
        return made[-1]

    found: list[int] = []
    first = threading.Thread(target=lambda: found.append(act(make)))
    first.start()
    assert begun.wait(60)
    second = threading.Thread(target=lambda: found.append(act(make)))
    second.start()
    may_end.set()
    first.join()
    second.join()
    assert found == [0, 0]
    assert made == [0]


def test_what_was_refused_may_be_tried_again() -> None:
    act = Once[str]()

    def refuse() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        act(refuse)
    assert act(lambda: "made") == "made"


def test_nobody_waits_for_a_click_of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr(once.time, "monotonic", lambda: now[0])
    begun, done = Once[str](), Once[str]()
    done(lambda: "made")
    assert begun.is_due
    now[0] += once.PATIENCE_SECONDS
    assert not begun.is_due
    assert done.is_due  # what was made is followed, however late
