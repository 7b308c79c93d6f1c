"""What tests that start a server of their own need: a free port, and whether it answers."""

from __future__ import annotations

import socket
import ssl
import urllib.request

__all__ = ["free_port", "is_up"]


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_up(address: str) -> bool:
    """Whether a Streamlit server at an address answers."""
    try:
        anyone = ssl._create_unverified_context()  # a test's certificate is its own
        with urllib.request.urlopen(
            f"{address}/_stcore/health", timeout=1, context=anyone
        ) as answer:
            return answer.status == 200
    except OSError:
        return False
