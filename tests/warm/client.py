"""Asks the server for a program.

From a shell it stands in the program's place, with its arguments, folder, environment, streams and
exit status: python client.py -m vae summary. It imports little, for it is started often.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

__all__ = ["KERAS", "STREAMLIT", "WarmProcess"]

# The variable that names the socket of a server, by what its programs have imported.
KERAS, STREAMLIT = "WARM_PYTHON", "WARM_STREAMLIT"


class WarmProcess:
    """A program of the server, to be asked as a `subprocess.Popen` is."""

    def __init__(
        self,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        streams: Sequence[int],
        new_session: bool = False,
        server: str = KERAS,
    ) -> None:
        self.args, self.returncode = arguments, None
        self.stdin: IO[bytes] | None = None  # these, where they are pipes
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self._keeper = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._keeper.connect(os.environ[server])
        request = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "new_session": new_session,
        }
        socket.send_fds(self._keeper, [json.dumps(request).encode()], streams)
        self.pid = int(self._keeper.recv(100))

    def poll(self) -> int | None:
        """Return the exit status, if it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status when it has ended; that of a signal is negative."""
        if self.returncode is None:
            self._keeper.settimeout(timeout)
            try:
                self.returncode = int(self._keeper.recv(100))
            except (BlockingIOError, TimeoutError):
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0) from None
            self._keeper.close()
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Return what it says until it ends: no more than a pipe holds, 64 KiB."""
        self.wait(timeout)
        assert self.stdout is not None and self.stderr is not None  # noqa: PT018
        with self.stdout, self.stderr:
            return self.stdout.read(), self.stderr.read()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def main() -> int:
    """Be the program that the arguments name."""
    try:
        for stream in range(3):
            os.fstat(stream)
    except OSError:  # one is closed, and only who begins without it is without it
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    status = WarmProcess(sys.argv[1:], Path.cwd(), dict(os.environ), range(3)).wait()
    if status < 0:
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main())
