"""Becomes Python programs: python -m tests.warm.server SOCKET NAME, until its standard input ends.

It has imported what MODULES names, and has computed nothing with that. For each program it forks a
keeper, which forks the program itself and says how that ended. A program that would find other
settings, or this package elsewhere, is started from the beginning.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.warm.client import KERAS, STREAMLIT
from vae.model.lean_keras import import_lean

MODULES = {
    KERAS: (  # as a worker does
        *("vae.model.vae", "vae.cli.main", "vae.server.worker", "vae.training.train"),
        *("sklearn.datasets", "sklearn.linear_model", "sklearn.manifold", "sklearn.mixture"),
    ),
    # As the app does, but none of pages, of which a component is known to the server that imports
    # it alone, and none that starts a thread, as pandas and ONNX Runtime do: a fork has not got it.
    STREAMLIT: (
        *("streamlit.web.cli", "uvicorn", "plotly.graph_objects", "PIL.Image"),
        *("vae.server.queue", "vae.figures.curves", "vae.sampling.prior"),
    ),
}
MAX_BYTES = 100_000
# What Python and the libraries read when they start or are imported.
READ_EARLY = (
    *("PYTHON", "LC_", "LANG", "KERAS_", "TF_", "XLA_", "OMP_", "OPENBLAS_", "MKL_", "ONEDNN_"),
)
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Serve until nobody is there any more; come back as a program."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    import_lean()
    with nothing_said():
        for name in MODULES[sys.argv[2]]:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else each program would copy most of it
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            serve(caller)
            return
        caller.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # the keepers that have ended
                pass


@contextlib.contextmanager
def nothing_said() -> Iterator[None]:
    """Hold back what TensorFlow's C++ says of itself; an error comes out behind it.

    The command line's `import_tensorflow` leaves a file open, which each program would have then.
    """
    said = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(said, 2)
        os.close(said)


def serve(caller: socket.socket) -> None:
    """Fork a program, say its number and then how it ended; come back as the program alone."""
    message, streams, _, _ = socket.recv_fds(caller, MAX_BYTES, 3)
    process = os.fork()
    if process == 0:
        caller.close()
        set_up(streams, **json.loads(message))
        return
    for stream in streams:
        os.close(stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it stays to say what that did to the program
    with contextlib.suppress(OSError):  # nobody listens any more
        caller.send(b"%d\n" % process)
        _, status = os.waitpid(process, 0)
        caller.send(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def set_up(
    streams: list[int],
    arguments: list[str],
    folder: str,
    environment: dict[str, str],
    new_session: bool,
) -> None:
    """Run a program as a Python does that has just started."""
    if new_session:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    if not fits(environment):
        os.execve(sys.executable, [sys.executable, *arguments], environment)
    is_unbuffered = bool(environment.get("PYTHONUNBUFFERED"))
    sys.stdin, sys.stdout, sys.stderr = (reopened(number, is_unbuffered) for number in range(3))
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.environ.clear()
    os.environ.update(environment)
    np.random.seed()  # noqa: NPY002 - as at its import
    option, program, *rest = arguments
    sys.argv = [option, *rest]
    path = [str(Path.cwd()) if option == "-m" else "", *python_path(environment)]
    sys.path[:] = [*path, *(folder for folder in sys.path[1:] if folder not in path)]
    if option == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.modules["__main__"] = names = types.ModuleType("__main__")
        exec(compile(program, "<string>", "exec"), vars(names))


def reopened(number: int, is_unbuffered: bool) -> io.TextIOWrapper:
    """Open one of the three standard streams as Python does."""
    before: Any = (sys.stdin, sys.stdout, sys.stderr)[number]
    return io.TextIOWrapper(
        os.fdopen(number, "wb" if number else "rb", 0 if is_unbuffered else -1, closefd=False),
        encoding=before.encoding,
        errors=before.errors,
        line_buffering=not is_unbuffered and (number == 2 or os.isatty(number)),
        write_through=is_unbuffered,
    )


def fits(environment: dict[str, str]) -> bool:
    """Whether a program finds here what it would find if it started from the beginning."""
    has_package = str(ROOT) in (str(Path.cwd()), *python_path(environment))
    return has_package and read_early(environment) == read_early(dict(os.environ))


def python_path(environment: dict[str, str]) -> list[str]:
    return [folder for folder in environment.get("PYTHONPATH", "").split(os.pathsep) if folder]


def read_early(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables that count."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(READ_EARLY) and name not in ("PYTHONPATH", "PYTHONUNBUFFERED")
    }


if __name__ == "__main__":
    main()
