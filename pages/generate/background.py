"""Work of a page that takes seconds: done in a thread, one piece after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import streamlit as st

__all__ = ["Work"]


@st.cache_resource(show_spinner=False, on_release=lambda pool: pool.shutdown(cancel_futures=True))
def _pool() -> ThreadPoolExecutor:
    # One for all visitors: there are two cores, and the pages need one.
    return ThreadPoolExecutor(1, thread_name_prefix="making")


class Work:
    """A piece of work in progress.

    make: is called with a function that takes the fraction that is done. fraction: the last one.
    """

    def __init__(self, make: Callable[[Callable[[float], None]], bytes]) -> None:
        self.fraction = 0.0
        self._future = _pool().submit(make, self._report)

    def _report(self, fraction: float) -> None:
        self.fraction = fraction

    @property
    def is_over(self) -> bool:
        """Whether there is a result, or none will come."""
        return self._future.done()

    def result(self) -> bytes:
        """Return what was made; raises what went wrong."""
        return self._future.result()
