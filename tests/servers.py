"""What tests that start a server of their own need: a free port, and whether it answers."""

from __future__ import annotations

import secrets
import socket
import ssl
import urllib.request

__all__ = ["free_port", "is_up"]


def free_port() -> int:
    """Return the number of a port that nobody listens on.

    It lies below those that systems give to connections, of which another process might be given
    this one before a server listens there.
    """
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


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
