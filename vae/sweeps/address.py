"""Where a sweep runs: on this machine, or on a Ray cluster.

Ray is an extra of this package. Starting a cluster is Ray's own business: see docs/scale.md.
"""

from __future__ import annotations

import importlib
import logging
import re
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from vae.environment import ray_address
from vae.errors import StudyError

__all__ = ["LOCAL", "check_address", "connected"]

LOCAL, FOUND = "local", "ray"
CLIENT = "ray://"
ANSWER_SECONDS = 4.0  # what does not answer is named within five
HOST_AND_PORT = re.compile(r"(?:ray://)?(?P<server>(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5})")


def check_address(on: str) -> None:
    """Raise StudyError for a place where no sweep can run now: before anything is made.

    on: as `vae.sweep` takes it.
    """
    if on == LOCAL:
        return
    server = _server(on)
    _import_ray()
    if server is not None:
        _check_answer(server, on)


@contextmanager
def connected(on: str) -> Generator[Any]:
    """Connect to a cluster within, and yield the module `ray`; raises StudyError where none is.

    With "ray" a connection that this process has already is used, and stays.
    """
    check_address(on)
    ray = _import_ray()
    if on == FOUND and ray.is_initialized():
        yield ray
        return
    address = ray_address() if on == FOUND else on
    # A dashboard is for a cluster that starts here, and a client knows no such option.
    options = {} if (address or "").startswith(CLIENT) else {"include_dashboard": False}
    try:
        with _signals_kept():
            # Else Ray prints the log of a machine that dies to standard output, where results go;
            # its own debugger silences it so.
            ray._private.worker._worker_logs_enabled = False
            ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **options)
    except Exception as error:  # of Ray, gRPC or sockets, with no common base
        raise StudyError(
            f'A Ray cluster was expected, with Ray {ray.__version__}, at "{on}". A machine that is '
            f"none of the cluster's connects by {CLIENT}HOST:10001. "
            f"Received: {' '.join(str(error).split())[:400] or type(error).__name__}"
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()
        ray._private.worker._worker_logs_enabled = True


def _server(on: str) -> str | None:
    """Return the host and the port of a place; None where Ray finds it. Raises StudyError."""
    found = HOST_AND_PORT.fullmatch(ray_address() or "" if on == FOUND else on)
    if found is not None:
        return found["server"]
    if on == FOUND:
        return None
    raise StudyError(
        f'A sweep runs on "{LOCAL}", on "{FOUND}", which is the cluster that Ray finds, or on a '
        f'cluster at "{CLIENT}HOST:10001" or "HOST:6379". Received: {on!r:.80}'
    )


def _import_ray() -> Any:
    try:
        ray: Any = importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise StudyError(
            'A cluster needs Ray: pip install "vae-lab[cluster]" or pip install "ray[client]". '
            f"Received: {error}"
        ) from None
    return ray


def _check_answer(server: str, on: str) -> None:
    """Raise StudyError if nothing that speaks gRPC, as Ray does, answers there."""
    import grpc  # pyright: ignore[reportMissingTypeStubs] -- it has none

    with grpc.insecure_channel(server) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=ANSWER_SECONDS)
        except grpc.FutureTimeoutError:
            raise StudyError(
                f"A Ray cluster must answer within {ANSWER_SECONDS:.0f} s. Received: no answer "
                f"from {on}"
            ) from None


@contextmanager
def _signals_kept() -> Generator[None]:
    """Keep this process's own answer to SIGTERM, which Ray replaces by its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
