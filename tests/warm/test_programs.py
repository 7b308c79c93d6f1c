"""A program of the server is what a Python that has just started would be."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT, run_python
from tests.warm import client
from tests.warm.client import STREAMLIT
from tests.warm.programs import POSSIBLE, run_warm, start_server, start_warm

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="here all of them start from the beginning")
# What a program finds when it starts.
TELL = """
import json, os, signal, sys
print(json.dumps({
    "argv": sys.argv, "folder": os.getcwd(), "path": sys.path, "name": __name__,
    "environment": {n: v for n, v in os.environ.items() if n != "WARM_PYTHON"},
    "input": sys.stdin.read(), "group": os.getpgrp(),
    "streams": [
        (s.encoding, s.errors, s.newlines, s.seekable(), s.line_buffering, s.write_through)
        for s in (sys.stdin, sys.stdout, sys.stderr)
    ],
    "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
    "handles": len(os.listdir("/proc/self/fd")),
}))
print("to whom it may concern", file=sys.stderr)
sys.exit(7)
"""
IS_WARM = "import sys; print('keras' in sys.modules)"
WAIT = "import time; print('ready', flush=True); time.sleep(60)"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_it_finds_what_any_program_finds(
    unbuffered: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    words = ["-c", TELL, "one", "--two", "größe 数字"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    positions = {"cwd": tmp_path, "env": os.environ | {"MINE": "x y", "PYTHONPATH": str(ROOT)}}
    other = subprocess.Popen([sys.executable, *words], text=True, **pipes, **positions)
    found = []
    for process in (start_warm(*words, **positions), other):
        out, error = process.communicate(timeout=60)
        assert (process.returncode, error) == (7, "to whom it may concern\n")
        found.append(json.loads(out))
    assert found[0] == found[1]


def test_a_module_in_another_folder(tmp_path: Path) -> None:
    path = {"cwd": tmp_path, "PYTHONPATH": str(ROOT)}
    warm, other = (run("-m", "vae", "summary", "--json", **path) for run in (run_warm, run_python))
    assert (warm.returncode, warm.stdout, warm.stderr) == (0, other.stdout, other.stderr)


def test_it_is_warm_where_nothing_speaks_against_it(tmp_path: Path) -> None:
    assert run_warm("-c", IS_WARM).stdout == "True\n"
    assert run_warm("-c", IS_WARM, TF_CPP_MIN_LOG_LEVEL="0").stdout == "False\n"
    assert run_warm("-c", IS_WARM, PYTHONUNBUFFERED="").stdout == "True\n"
    assert run_warm("-c", IS_WARM, PYTHONIOENCODING="ascii").stdout == "False\n"
    assert run_warm("-c", IS_WARM, cwd=tmp_path).stdout == "False\n"


def test_one_with_streamlit_has_neither_keras_nor_a_second_thread() -> None:
    known = {"keras", "onnxruntime", "pages", "pandas", "streamlit", "tensorflow"}
    code = (
        f"import os, sys; print(*({known} & {{*sys.modules}}), len(os.listdir('/proc/self/task')))"
    )
    process = start_warm("-c", code, server=STREAMLIT)
    assert process.communicate(60) == ("streamlit 1\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signals_reach_it(number: signal.Signals) -> None:
    process = start_warm("-c", WAIT)
    assert process.stdout.readline() == "ready\n"
    assert process.poll() is None
    process.send_signal(number)
    _, said = process.communicate(60)
    assert process.returncode == -number
    assert ("KeyboardInterrupt" in said) == (number == signal.SIGINT)
    assert not psutil.pid_exists(process.pid)


def test_a_fault_is_one_of_its_own() -> None:
    failed = run_warm("-c", "import nothing_of_this_name")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].endswith("No module named 'nothing_of_this_name'")
    assert run_warm("-c", "import os; os.abort()").returncode == -signal.SIGABRT
    assert run_warm("-c", IS_WARM).returncode == 0


def test_from_a_shell() -> None:
    start_server()
    program = shlex.join([sys.executable, "-S", client.__file__, "-c"])

    def shell(line: str) -> str:
        return subprocess.run(
            f'warm() {{ {program} "$1"; }}; {line}; echo $?',
            **{"shell": True, "cwd": ROOT, "capture_output": True, "text": True, "check": True},
        ).stdout

    code = "import sys; print(sys.stdin.read().upper(), end=str()); sys.exit(5)"
    assert shell(f'echo one | warm "{code}"') == "ONE\n5\n"
    assert shell(f'warm "{IS_WARM}"') == "True\n0\n"
    assert shell('warm "import sys; sys.exit(sys.stdout is None)" >&-') == "1\n"
    assert shell('warm "import os; os.kill(os.getpid(), 9)"') == "137\n"
