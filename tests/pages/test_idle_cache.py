"""The cache: made once, kept while it is used, let go when nobody needs it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages._shared.idle_cache import IdleCache
from tests.conftest import wait_until


class Maker:
    def __init__(self) -> None:
        self.made: list[tuple[str, ...]] = []

    def __call__(self, *key: str) -> object:
        self.made.append(key)
        return object()


@pytest.fixture
def maker() -> Maker:
    return Maker()


class TestBasics:
    def test_made_once_for_all(self, maker: Maker) -> None:
        cache = IdleCache(maker, 60.0)
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: cache.get("mnist", "here"), range(8)))
        assert maker.made == [("mnist", "here")]
        assert len(set(map(id, found))) == 1
        assert ("mnist", "here") in cache
        cache.clear()

    def test_each_key_has_its_own(self, maker: Maker) -> None:
        cache = IdleCache(maker, 60.0)
        assert cache.get("a") is not cache.get("b")
        assert maker.made == [("a",), ("b",)]
        cache.clear()
        assert ("a",) not in cache

    def test_what_fails_is_not_cached(self) -> None:
        def fail(_: str) -> None:
            raise ValueError("damaged")

        cache = IdleCache(fail, 60.0)
        for _ in range(2):
            with pytest.raises(ValueError, match="damaged"):
                cache.get("a")
        assert ("a",) not in cache


class TestCorrectness:
    def test_what_nobody_uses_is_let_go(self, maker: Maker) -> None:
        cache = IdleCache(maker, 0.05)
        first = cache.get("a")
        wait_until(lambda: ("a",) not in cache, "it is let go")
        assert cache.get("a") is not first

    def test_what_is_used_remains(self, maker: Maker) -> None:
        cache = IdleCache(maker, 0.5)
        cache.get("unused")

        def one_is_gone() -> bool:
            cache.get("used")
            return ("unused",) not in cache

        wait_until(one_is_gone, "the other is let go")
        assert maker.made.count(("used",)) == 1
        cache.clear()

    def test_polls_no_more_often_than_needed(self, maker: Maker) -> None:
        cache = IdleCache(maker, 60.0)
        before = {*threading.enumerate()}
        for _ in range(50):
            cache.get("a")
        assert len({*threading.enumerate()} - before) == 1
        cache.clear()
