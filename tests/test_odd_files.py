"""A pipe, a device or a folder in the place of a run's file holds up no page and no command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, ROOT, copy_run, wait_until
from tests.odd_files import KINDS, odd
from tests.queueing import Servers
from vae.runs.metadata import write_metadata
from vae.runs.run import SHIPPED, Run
from vae.server.tickets import Tickets

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these")


def tour(module: str, *arguments: str | Path, cwd: Path = ROOT, **environment: str) -> list[str]:
    """Run a tour to its end and return what it said; one that waits for ever fails."""
    names = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"} | environment
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=cwd,
            env=names,
            capture_output=True,
            text=True,
            timeout=3 * PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        last = (error.stdout or b"").decode().splitlines()[-1:]
        pytest.fail(f"waits for ever: {last}")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run with all files, the only one of its folder."""
    return copy_run(Run(SHIPPED / "digits"), tmp_path / "runs" / "run")


class TestEverywhere:
    @pytest.mark.parametrize("kind", ["pipe", "endless"])
    def test_pages(self, run: Run, kind: str, tmp_path: Path) -> None:
        said = tour(
            *("tests.pages.odd_tour", kind),
            VAE_RUNS_DIR=str(run.path.parent),
            VAE_DATA_DIR=str(tmp_path / "data"),
            KERAS_HOME=str(tmp_path / "keras"),
        )
        assert len(said) > (150 if kind == "pipe" else 50)
        assert [line for line in said if not line.endswith("[]")] == []

    def test_commands_and_workers(self, run: Run, tmp_path: Path) -> None:
        said = tour("tests.odd_commands", run.path, "pipe", cwd=tmp_path)
        assert len(said) > 250
        failed = [line for line in said if line.split(": ", 2)[2] not in ("0", "1", "2")]
        assert {line.split(": ")[1] for line in failed} <= {"export as zip"}  # a sentence or a size


class TestQueue:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_ticket_that_is_no_file(self, servers: Servers, kind: str) -> None:
        folder = Tickets(servers.folder).folder
        folder.mkdir(parents=True)
        for name in ("one-train.json", "two-tsne.json", ".present-0.json"):
            KINDS[kind](folder / name)
        server = servers.open()
        run = servers.submit(server, "good")
        servers.until_begun("good")
        servers.finish(run)

    @pytest.mark.parametrize("name", ["status.json", "about.json"])
    def test_a_run_that_waits(self, servers: Servers, name: str) -> None:
        """Whatever becomes of that one, the next has its turn."""
        server = servers.open()
        busy = servers.submit(server, "busy")
        servers.until_begun("busy")
        waits = servers.submit(server, "waits", "another")
        with odd(waits.path / name):
            good = servers.submit(server, "good", "a third")
            servers.finish(busy)
            wait_until(lambda: "good" in servers.order or "waits" in servers.order, "one begins")
            if "waits" in servers.order:
                servers.instruct(waits, "finish")
            wait_until(lambda: "good" in servers.order, "the next one begins")
            servers.finish(good)

    def test_a_deleted_run_with_a_log_that_is_none(self, servers: Servers) -> None:
        server = servers.open()
        run = servers.submit(server, "run")
        servers.until_begun("run")
        servers.finish(run)
        (run.path / "worker.log").unlink(missing_ok=True)
        os.mkfifo(run.path / "worker.log")
        write_metadata(run.path, deleted=time.time() - 10_000)
        servers.store.purge()
        assert not run.path.exists()

    def test_a_log_that_is_a_pipe_fails_the_run_alone(self, servers: Servers) -> None:
        server = servers.open()
        busy = servers.submit(server, "busy")
        servers.until_begun("busy")
        bad = servers.submit(server, "bad", "another")
        os.mkfifo(bad.path / "worker.log")
        good = servers.submit(server, "good", "a third")
        servers.finish(busy)
        assert "could not start" in servers.until(bad, "failed").status["reason"]
        servers.until_begun("busy", "good")
        servers.finish(good)
