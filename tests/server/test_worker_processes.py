"""Worker processes: started where this package is found, kept warm, requested to exit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import Servers
from vae import environment
from vae.runs.run import Run, open_run
from vae.server import worker_processes
from vae.server.worker_processes import WORKER_ENVIRONMENT, WarmWorker, request_exit, start_worker

# Says how it was started, and waits for a line if it is to be warm.
WITNESS = """
import json, os, sys
with open(os.environ["WITNESS"], "w") as file:
    seen = {"arguments": sys.argv[1:], "session": os.getsid(0), "cwd": os.getcwd()}
    seen |= {name: os.environ.get(name) for name in ("MALLOC_ARENA_MAX", "TF_CPP_MIN_LOG_LEVEL")}
    json.dump(seen, file)
print("printed")
"""


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    return copy_run(finished_run, tmp_path / "run")


class TestStart:
    @pytest.fixture
    def recorded(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
        """What a worker sees that is started from another folder than the project's."""
        (tmp_path / "package" / "vae" / "server").mkdir(parents=True)
        for package in (tmp_path / "package" / "vae", tmp_path / "package" / "vae" / "server"):
            (package / "__init__.py").touch()
        (tmp_path / "package" / "vae" / "server" / "worker.py").write_text(WITNESS)
        package = str(tmp_path / "package" / "vae" / "environment.py")
        monkeypatch.setattr(environment, "__file__", package)
        monkeypatch.setenv("WITNESS", str(tmp_path / "recorded.json"))
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
        monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        relative = Run(Path("..") / "run")
        assert start_worker(relative, "tsne").wait() == 0
        return json.loads((tmp_path / "recorded.json").read_text())

    def test_gets_its_job_as_arguments(self, recorded: dict, run: Run) -> None:
        assert recorded["arguments"] == [str(run.path), "tsne"]

    def test_its_output_is_logged(self, recorded: dict, run: Run) -> None:
        assert (run.path / "worker.log").read_text() == "printed\n"

    def test_a_ctrl_c_at_the_server_does_not_reach_it(self, recorded: dict) -> None:
        assert recorded["session"] != os.getsid(0)

    def test_its_environment(self, recorded: dict) -> None:
        # Ours, where nobody wants another.
        assert recorded["MALLOC_ARENA_MAX"] == WORKER_ENVIRONMENT["MALLOC_ARENA_MAX"]
        assert recorded["TF_CPP_MIN_LOG_LEVEL"] == "0"

    def test_a_full_disk_where_it_prints(self, run: Run) -> None:
        (run.path / "worker.log").mkdir()
        with pytest.raises(OSError, match=r"worker\.log"):
            start_worker(run, "train")


class TestRequestExit:
    def test_a_process_of_ours(self, servers: Servers, run: Run) -> None:
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        request_exit(run, sleeper)
        assert sleeper.wait() == -signal.SIGTERM

    def test_that_of_another_server(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        request_exit(open_run(run.path))
        servers.until(run, "paused")

    def test_once(self, run: Run) -> None:
        for _ in range(3):
            request_exit(open_run(run.path))
        assert (run.control.action, run.control.serial) == ("leave", 1)

    def test_never_by_a_number_that_may_be_anybodys(self, run: Run) -> None:
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        change_status(run, pid=sleeper.pid)
        with run.lock():
            request_exit(open_run(run.path))
        assert sleeper.poll() is None
        sleeper.kill()
        sleeper.wait()


class TestWarmWorker:
    def test_gets_its_run(self, servers: Servers, run: Run) -> None:
        change_status(run, state="queued")
        warm = WarmWorker()
        assert warm.usable
        process = warm.start(run, "train")
        servers.until(run, "training")
        assert open_run(run.path).status["pid"] == process.pid == warm.process.pid

    def test_is_usable_for_a_while(self, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 0.0)
        warm = WarmWorker()
        assert not warm.usable
        monkeypatch.setattr(worker_processes, "WARM_SECONDS", 1000.0)
        warm.extend()
        assert warm.usable
        warm.end()
        assert not warm.usable
        assert warm.process.returncode == -signal.SIGKILL

    def test_ends_with_its_server(self, servers: Servers) -> None:
        warm = WarmWorker()
        warm.process.stdin.close()  # as the system does for a server that is killed
        assert warm.process.wait() == 0

    def test_one_that_has_gone_takes_no_run(self, servers: Servers, run: Run) -> None:
        warm = WarmWorker()
        warm.process.kill()
        warm.process.wait()
        with pytest.raises(OSError, match="Broken pipe"):
            warm.start(run, "train")
        warm.end()

    def test_loads_what_takes_long_before_it_is_needed(self) -> None:
        warm = WarmWorker()
        maps = Path(f"/proc/{warm.process.pid}/maps")
        if not maps.exists():
            warm.end()
            pytest.skip("needs /proc")
        wait_until(lambda: "_pywrap_tensorflow" in maps.read_text(), "TensorFlow is there")
        warm.end()
