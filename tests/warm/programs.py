"""Starts Python programs that need Keras or Streamlit, where not their start is tested."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from tests.warm.client import KERAS, WarmProcess

__all__ = ["Process", "run_warm", "start_server", "start_warm"]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180  # for a busy machine
POSSIBLE = sys.platform == "linux"  # elsewhere a fork is no safe copy of a process
Process = WarmProcess | subprocess.Popen[str]


def start_server(name: str = KERAS) -> None:
    """Start a server, unless there is one; it ends with the pytest that has started it."""
    if not POSSIBLE or name in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="warm-")
    os.environ[name] = f"{folder}/socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(os.environ[name])
        listener.listen(100)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.warm.server", str(listener.fileno()), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )

    def end() -> None:
        server.stdin.close()
        server.wait()
        shutil.rmtree(folder)

    atexit.register(end)


def start_warm(
    *arguments: str | Path,
    cwd: Path = ROOT,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.PIPE,
    stderr: IO[bytes] | int = subprocess.PIPE,
    env: Mapping[str, str] = os.environ,
    start_new_session: bool = False,
    server: str = KERAS,
) -> Process:
    """Start `python -m MODULE ...` or `python -c CODE ...`, as `subprocess.Popen` does.

    What it writes is text; what is written to it, as to a worker, are bytes. server: whose program
    it becomes.
    """
    words = list(map(str, arguments))
    if not POSSIBLE:
        return subprocess.Popen(
            [sys.executable, *words],
            **{"cwd": cwd, "env": env, "stdin": stdin, "stdout": stdout, "stderr": stderr},
            **{"text": True, "start_new_session": start_new_session},
        )
    start_server(server)
    with contextlib.ExitStack() as closing:
        streams = enumerate((stdin, stdout, stderr))
        ends = [_ends(stream, number, closing) for number, stream in streams]
        theirs, ours = zip(*ends, strict=True)
        process = WarmProcess(words, cwd, dict(env), theirs, start_new_session, server)
    process.stdin, process.stdout, process.stderr = ours
    return process


def _ends(
    stream: IO[bytes] | int, number: int, closing: contextlib.ExitStack
) -> tuple[int, IO[Any] | None]:
    """Return the program's end of one of its standard streams, and ours of a pipe."""
    if not isinstance(stream, int):
        return stream.fileno(), None
    if stream == subprocess.DEVNULL:
        theirs = os.open(os.devnull, os.O_RDWR)
        closing.callback(os.close, theirs)
        return theirs, None
    if stream != subprocess.PIPE:
        return stream, None
    reader, writer = os.pipe()
    theirs, ours = (writer, reader) if number else (reader, writer)
    closing.callback(os.close, theirs)
    return theirs, os.fdopen(ours, encoding="utf-8") if number else os.fdopen(ours, "wb")


def run_warm(
    *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a Python to its end as `run_python` does."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        process = start_warm(
            *arguments, cwd=cwd, stdout=out, stderr=error, env=inherited | environment
        )
        try:
            status = process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()
        for stream in (out, error):
            stream.seek(0)
        said, warned = (stream.read().decode() for stream in (out, error))
    return subprocess.CompletedProcess(arguments, status, said, warned)
