"""Work of a page that takes seconds: done beside it, one piece after the other."""

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
    """A piece of work under way.

    make: is called with a function that takes the share that is done. share: the last it was told.
    """

    def __init__(self, make: Callable[[Callable[[float], None]], bytes]) -> None:
        self.share = 0.0
        self._future = _pool().submit(make, self._tell)

    def _tell(self, share: float) -> None:
        self.share = share

    @property
    def is_over(self) -> bool:
        """Whether there is a result, or none will come."""
        return self._future.done()

    def result(self) -> bytes:
        """Return what was made; raises what went wrong."""
        return self._future.result()
