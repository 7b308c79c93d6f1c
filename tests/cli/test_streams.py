"""Streams that cannot show everything, that nobody reads, and libraries that talk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, ROOT, copy_run, run_python
from tests.warm import client
from tests.warm.programs import run_warm, start_server
from vae.cli.streams import CHATTER, _held_back, to_json, without_chatter
from vae.runs.run import Run

NO_UTF8 = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def in_shell(line: str, run: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell's line, where `vae` is the program and $RUN the run."""
    start_server()
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        f'vae() {{ "{sys.executable}" -S "{client.__file__}" -m vae "$@"; }}\n{line}',
        shell=True,
        executable="/bin/sh",
        cwd=run.parent,
        env=inherited | {"PYTHONPATH": str(ROOT), "RUN": str(run), **environment},
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture
def named(finished_run: Run, tmp_path: Path) -> Path:
    """A run in a folder whose name not every console can show."""
    return copy_run(finished_run, tmp_path / "größe 数字").path


@pytest.fixture(scope="module")
def evaluated(
    finished_run: Run, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    """What `evaluate` says on an ASCII console to whoever wants TensorFlow's logs."""
    named = copy_run(finished_run, tmp_path_factory.mktemp("evaluated") / "größe 数字")
    return run_python(
        *("-m", "vae", "evaluate", named.path),
        PYTHONIOENCODING="ascii",
        TF_CPP_MIN_LOG_LEVEL="0",
    )


@posix
class TestEncodings:
    @pytest.mark.parametrize(
        "environment",
        [{"PYTHONIOENCODING": name} for name in ("ascii", "cp1252", "utf-8")] + [NO_UTF8],
        ids=["ascii", "cp1252", "utf-8", "C"],
    )
    def test_every_path_is_shown_somehow(self, environment: dict[str, str], named: Path) -> None:
        found = in_shell('vae sample "$RUN" --out "$RUN.png"', named, **environment)
        assert (found.returncode, found.stderr) == (0, b"")
        assert found.stdout.startswith(b"Wrote ")
        assert named.with_name("größe 数字.png").is_file()
        refused = in_shell('vae sample "$RUN" --out "$RUN.txt"', named, **environment)
        assert refused.returncode == 2
        assert len(refused.stderr.splitlines()) == 1
        as_json = in_shell('vae sample "$RUN" --out "$RUN.png" --json', named, **environment)
        out = json.loads(as_json.stdout.splitlines()[-1])["out"]
        assert (
            os.fsencode(out).endswith(b".png")
            if environment == NO_UTF8
            else (out == f"{named}.png")
        )

    def test_figures_and_tables_in_ascii(self, evaluated: subprocess.CompletedProcess[str]) -> None:
        assert evaluated.returncode == 0
        assert " +/- " in evaluated.stdout
        assert "| Class | Reconstruction |" in evaluated.stdout

    def test_a_name_that_is_no_text(self, finished_run: Run, tmp_path: Path) -> None:
        try:
            (folder := Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xff"))).mkdir()
        except OSError:
            pytest.skip("this file system has no such names")
        run = copy_run(finished_run, folder / "run").path.rename(folder / os.fsdecode(b"r\xfe"))
        for ending in ("png", "svg", "npz", "csv"):
            found = in_shell(f'vae sample "$RUN" --out "$RUN.{ending}"', run)
            assert (found.returncode, found.stderr) == (0, b"")
        assert in_shell('vae interpolate "$RUN" --out "$RUN.gif"', run).returncode == 0
        assert in_shell('vae evaluate "$RUN" --json', run).returncode == 0


@posix
class TestReaders:
    @pytest.mark.parametrize(
        "line",
        [
            "{ vae summary; echo $? >status; } | true",
            "{ vae summary --json; echo $? >status; } | true",
            "{ vae summary --help; echo $? >status; } | true",
            "vae summary >&-; echo $? >status",
            "vae summary --json >&- 2>&- <&-; echo $? >status",
            '{ vae sample "$RUN" 2>&1; echo $? >status; } | true',
        ],
    )
    def test_a_closed_pipe_is_no_error(self, line: str, named: Path) -> None:
        found = in_shell(line, named)
        assert found.stderr == b""
        assert (named.parent / "status").read_text(encoding="utf-8") == "0\n"

    def test_training_continues_without_a_reader(self, tmp_path: Path) -> None:
        line = '{ vae train --dataset digits --set epochs=4 hidden=8 --out "$RUN" 2>&1; '
        found = in_shell(line + "echo $? >status; } | head -n 1", tmp_path / "run")
        assert found.stdout.startswith(b"epoch 1/4: loss ")
        assert (tmp_path / "status").read_text(encoding="utf-8") == "0\n"
        assert (tmp_path / "run" / "model.keras").is_file()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    @pytest.mark.parametrize("arguments", ["", "--json"])
    def test_a_full_disk_is_reported(self, arguments: str, named: Path) -> None:
        found = in_shell(f"vae summary {arguments} >/dev/full", named)
        assert found.returncode == 1
        assert found.stderr == b"vae: the results could not be printed (No space left on device)\n"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_progress_that_cannot_be_written_ends_nothing(self, tmp_path: Path) -> None:
        line = 'vae train --dataset digits --set epochs=2 hidden=8 --out "$RUN" 2>/dev/full'
        assert in_shell(line, tmp_path / "run").returncode == 0


class TestChatter:
    def test_training_and_measuring_say_nothing_of_libraries(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        trained = run_python(
            *("-m", "vae", "train", "--dataset", "digits"),
            *("--set", "epochs=1", "hidden=8", "--out", path),
        )
        assert trained.returncode == 0
        assert len(trained.stderr.splitlines()) == 1
        assert "Warning" not in trained.stdout
        for command in (["evaluate", path, "--importance-samples", "2"], ["demo", path]):
            out = ["--out", tmp_path / "a.html"] if command[0] == "demo" else []
            found = run_warm("-m", "vae", *command, *out)  # the import is as silent as before
            assert (found.returncode, found.stderr) == (0, "")

    def test_whoever_wants_them_reads_all_logs(
        self, evaluated: subprocess.CompletedProcess[str]
    ) -> None:
        assert "rebuild TensorFlow with the appropriate compiler flags" in evaluated.stderr

    def test_unknown_lines_are_passed_on(self, capfd) -> None:
        with _held_back():
            os.write(2, f"I0000 {CHATTER[1]}. More of it.\nE0000 the processor burns\n".encode())
            print("a word", file=sys.__stderr__, flush=True)
        assert capfd.readouterr().err == "E0000 the processor burns\na word\n"

    def test_a_last_word_is_not_held_back(self) -> None:
        code = (
            "import os, sys\n"
            "from vae.cli.streams import _held_back\n"
            "with _held_back():\n"
            "    print('how to go on', file=sys.stderr)\n"
            "    os._exit(3)"
        )
        found = run_python("-c", code)
        assert (found.returncode, found.stderr) == (3, "how to go on\n")

    def test_other_warnings_are_shown(self) -> None:
        with warnings.catch_warnings(record=True) as warned, without_chatter():
            warnings.simplefilter("always", UserWarning)
            warnings.warn("In the future `np.object` will be something", FutureWarning, 2)
            warnings.warn("this one matters", UserWarning, 2)
        assert [str(each.message) for each in warned] == ["this one matters"]


def test_json_has_no_nan() -> None:
    values = {"loss": float("nan"), "list": [1.0, float("-inf")], "deep": {"a": (2, None)}}
    assert to_json(values) == '{"loss": null, "list": [1.0, null], "deep": {"a": [2, null]}}'
