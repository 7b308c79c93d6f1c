"""The world that chaos is let loose on: a runs folder, its servers and their workers, its disk."""

from __future__ import annotations

import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from vae.errors import RunError
from vae.runs.run import Run
from vae.runs.store import RunStore

__all__ = ["World", "folder_on_small_disk"]

DISK_MEGABYTES = 48


class World:
    """A runs folder, the servers that look after it, and what can be done to them.

    owned: every run that was ever submitted. refused: what a server said no to, in its words.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.store = RunStore(folder, folder / "none")
        self.servers: list[subprocess.Popen[str]] = []
        self.owned: list[str] = []
        self.refused: collections.Counter[str] = collections.Counter()

    def ask(self, name: str, run: Run | str = "", **arguments: object) -> tuple[bool, str]:
        """Have the first living server do something; start one if there is none."""
        run_id = run.id if isinstance(run, Run) else run
        self.servers = [server for server in self.servers if server.poll() is None]
        if not self.servers:
            self.start_server()
        server = self.servers[0]
        try:
            server.stdin.write(json.dumps([name, run_id, arguments]) + "\n")
            server.stdin.flush()
            worked, text = json.loads(server.stdout.readline())
        except (OSError, ValueError):
            worked, text = False, "The server was gone"
        if not worked:
            self.refused[text.split(" Received")[0]] += 1
        return worked, text

    def start_server(self) -> None:
        """Start one more server on the folder."""
        self.servers.append(
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.chaos_server", str(self.folder)],
                cwd=Path(__file__).parents[1],
                # No room is left on purpose: a disk that is full is what is tried.
                env=os.environ | {"VAE_FREE_MEGABYTES": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )

    def kill_servers(self) -> None:
        """Kill all servers, as a power cut of the web process does; workers are left."""
        for server in self.servers:
            server.kill()
            server.wait()
            server.stdout.close()
            with suppress(OSError):
                server.stdin.close()
        self.servers = []

    def workers(self) -> list[psutil.Process]:
        """Return all living worker processes of this folder."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            command = process.info["cmdline"] or []
            mine = any(part.startswith(str(self.folder.resolve())) for part in command)
            if mine and "vae.server.worker" in command and process.info["status"] != "zombie":
                found.append(process)
        return found

    def signal_workers(
        self, number: signal.Signals, *, one: bool = False, of: Run | None = None
    ) -> None:
        """Send a signal to all workers, to any one of them, or to that of a run."""
        workers = sorted(self.workers(), key=lambda worker: worker.info["cmdline"])
        if of is not None:
            workers = [w for w in workers if str(of.path.resolve()) in w.info["cmdline"]]
        if one and workers:
            workers = [self.random.choice(workers)]
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.send_signal(number)

    def fill_disk(self) -> None:
        """Leave no room for some seconds."""
        ballast = self.folder / "ballast"
        with suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(2**16))
                file.flush()
        time.sleep(self.random.uniform(0.5, 3.0))
        ballast.unlink()

    def all_runs(self) -> list[Run]:
        """Return all runs that were submitted and are not deleted."""
        found = []
        for run_id in self.owned:
            with suppress(RunError):
                found.append(self.store.open(run_id))
        return found

    def unfinished(self) -> list[Run]:
        """Return the runs that have not come to their end."""
        return [run for run in self.all_runs() if run.state not in ("finished", "stopped")]


@contextmanager
def folder_on_small_disk() -> Iterator[tuple[Path, bool]]:
    """Yield a folder on a small disk of its own where that can be made, and whether it is one."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", folder]
        try:
            small = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except OSError:
            small = False
        try:
            yield Path(folder), small
        finally:
            if small:
                subprocess.run(["umount", "--lazy", folder], check=False)
