"""Training from the command line and from Python: it can be stopped, and it can be resumed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import last_json, refused
from tests.conftest import ROOT, change_status, copy_run, wait_until
from tests.warm.programs import Process, run_warm, start_warm
from tests.workshop import Workshop
from vae.cli.main import main
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.runs.run import Run, open_run
from vae.training import model_files
from vae.training.train import resume, train

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signals")
Output = pytest.CaptureFixture[str]
LONG = ("--dataset", "digits", "--set", "epochs=500", "hidden=16", "latent_dim=2")
# A process in which the thread that trains is caught for a minute, where `Loop.train` is called.
CAUGHT = """
import sys, time
from vae.training import loop
loop.Loop.train = lambda *_: print("caught", flush=True) or time.sleep(60)
from vae.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
# And one that is caught when it writes what the run learned.
CAUGHT_AT_THE_END = CAUGHT.replace(
    "from vae.training import loop\nloop.Loop.train",
    "from vae.training import model_files\nmodel_files.evaluate",
)
IN_PYTHON = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background have none
import sys, vae
try:
    vae.train(vae.Config(epochs=500, hidden=(16,)), vae.load_dataset("digits"), out=sys.argv[1])
except KeyboardInterrupt as stopped:
    print(stopped, flush=True)
    sys.exit(7)
"""


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start another Python."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def is_training(path: Path) -> bool:
    """Whether a run has trained for an epoch, and is still training."""
    return (path / "history.jsonl").exists() and len(Run(path).history) > 1


def is_there(path: Path) -> bool:
    return (path / "config.json").exists()


def stopped(
    process: Process, when: Callable[[], object], *signals: signal.Signals
) -> tuple[str, str]:
    """Send signals, the second when the first is heard; return what the process said."""
    try:
        wait_until(lambda: when() or process.poll() is not None, "it is as far as that")
        heard = ""
        for number in signals:
            process.send_signal(number)
            if len(signals) > 1:
                while "Stopping" not in heard:
                    line = process.stderr.readline()
                    assert line, heard
                    heard += line
        out, rest = process.communicate(timeout=60)
        return out, heard + rest
    finally:
        process.kill()


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_run_that_trains(self, number: signal.Signals, tmp_path: Path) -> None:
        path = tmp_path / "a run"
        command = ("-m", "vae", "train", *LONG, "--out", path, "--json")
        process = start_warm(*command)
        out, said = stopped(process, lambda: is_training(path), number)
        assert process.returncode == 128 + number
        run = open_run(path)
        assert run.state == "stopped"
        assert run.has_model
        assert (path / "model.keras").is_file()
        assert last_json(out) | {"metrics": 0, "last_epoch": 0} == {
            "run": str(path),
            "state": "stopped",
            "reason": run.status["reason"],
            "metrics": 0,
            "last_epoch": 0,
        }
        (line,) = [line for line in said.splitlines() if "To continue" in line]
        assert line.startswith("Stopped by hand in epoch ")
        assert f"python -m vae resume '{path}' (in Python: vae.resume)" in line
        assert "Traceback" not in said
        # The same command again resumes nothing by itself, and names what does.
        again = run_warm(*command)
        assert again.returncode == 2
        assert f"python -m vae resume '{path}'" in again.stderr

    def test_while_tensorflow_is_imported(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        process = start("-m", "vae", "train", *LONG, "--out", path, "--json")
        out, said = stopped(process, lambda: is_there(path), signal.SIGINT)
        assert process.returncode == 130
        assert "Traceback" not in said
        run = open_run(path)
        assert (run.state, run.can_resume, run.has_model) == ("stopped", True, False)
        assert last_json(out)["reason"] == run.status["reason"]
        assert "To continue: python -m vae resume" in said

    def test_while_the_package_is_imported(self) -> None:
        process = start("-X", "importtime", "-m", "vae", "summary")
        while not process.stderr.readline().endswith(" vae.cli\n"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode in (130, -signal.SIGINT)
        assert "Traceback" not in said

    def test_before_the_first_step_it_waits_for_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        process = start("-c", CAUGHT, "train", *LONG, "--out", path)
        _, said = stopped(process, lambda: process.stdout.readline() == "caught\n", signal.SIGTERM)
        assert process.returncode == 143
        run = open_run(path)
        assert (run.state, run.can_resume) == ("stopped", True)
        assert "Nothing is trained yet" in said

    def test_a_second_one_ends_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        process = start_warm("-c", CAUGHT_AT_THE_END, "train", *LONG, "--out", path)
        signals = [signal.SIGINT] * 2
        _, said = stopped(process, lambda: is_training(path), *signals)
        assert process.returncode == 130
        run = open_run(path)
        assert (run.state, run.can_resume, run.is_alive()) == ("interrupted", True, False)
        assert f"Kept: epoch {run.status['kept'][0]}" in run.status["reason"]
        assert "To continue" in said

    def test_from_python(self, tmp_path: Path, digits: Dataset) -> None:
        path = tmp_path / "run"
        process = start_warm("-c", IN_PYTHON, path)
        out, said = stopped(process, lambda: is_training(path), signal.SIGINT)
        assert process.returncode == 7, said
        run = open_run(path)
        assert (run.state, run.has_model) == ("stopped", True)
        assert out.startswith("Stopped by hand in epoch ")
        assert "vae.resume" in out

    def test_an_interrupt_from_elsewhere(self, workshop: Workshop, tmp_path: Path) -> None:
        def interrupt(row: dict) -> None:
            if row["epoch"] == 2:
                raise KeyboardInterrupt

        path = tmp_path / "run"
        with pytest.raises(KeyboardInterrupt) as caught:
            train(workshop.config, workshop.dataset, interrupt, out=path)
        assert "vae.resume" in caught.value.__notes__[0]
        run = open_run(path)
        assert run.state == "interrupted"
        assert run.status["reason"].endswith("Kept: epoch 1, up to step 25.")
        assert resume(run, workshop.dataset).state == "finished"


class TestResume:
    def test_more_epochs(self, workshop: Workshop, tmp_path: Path, capsys: Output) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run"))
        assert main(["resume", str(run.path), "--more-epochs", "2", "--json"]) == 0
        output = capsys.readouterr()
        said, run = last_json(output.out), open_run(run.path)
        assert (said["state"], len(run.history)) == ("finished", 5)
        assert said["last_epoch"]["epoch"] == 5
        assert "epoch 5/5" in output.err

    def test_one_that_was_stopped(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path, capsys: Output
    ) -> None:
        run = workshop.stop_at(workshop.new(tmp_path / "run"), (2, 6))
        assert main(["resume", str(run.path)]) == 0
        history = run.path / "history.jsonl"
        assert history.read_bytes() == (undisturbed.path / "history.jsonl").read_bytes()

    def test_one_that_was_stopped_on_its_way_to_more_epochs(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run"))
        run.requests.resume(1)  # and the process was ended before it saw that
        assert main(["resume", str(run.path)]) == 0
        assert open_run(run.path).status["epoch"] == 4

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "To continue a finished run, say for how many more epochs. Received: 0"),
            (["--more-epochs", "0"], "Received: 0"),
            (["--more-epochs", "-1"], "Received: -1"),
            (["--more-epochs", "499"], "epochs must be a whole number from 1 to 500"),
            (["--more-epochs", "1.5"], "invalid int value"),
            (["--more-epochs"], "expected one argument"),
            (["--nothing"], "unrecognized arguments"),
        ],
    )
    def test_refused(
        self, arguments: list[str], words: str, finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        before = {path: path.read_bytes() for path in run.path.rglob("*.json*")}
        assert words in refused(["resume", str(run.path), *arguments], capsys)
        assert {path: path.read_bytes() for path in run.path.rglob("*.json*")} == before

    def test_no_run(self, tmp_path: Path, capsys: Output) -> None:
        assert "A run folder holds" in refused(["resume", str(tmp_path)], capsys)
        assert "the following arguments are required: run" in refused(["resume"], capsys)

    def test_one_that_trains(self, workshop: Workshop, tmp_path: Path, capsys: Output) -> None:
        run = workshop.stop_at(workshop.new(tmp_path / "run"), (2, 6))
        with run.lock():
            said = refused(["resume", str(run.path)], capsys)
        assert "A run in training cannot be continued" in said
        assert not (run.path / "control.json").exists()

    def test_other_images(self, workshop: Workshop, tmp_path: Path, digits: Dataset) -> None:
        run = workshop.stop_at(workshop.new(tmp_path / "run"), (2, 6))
        other = Dataset("digits", "Digits", 255 - digits.x_train, digits.y_train, digits.x_test,
                        digits.y_test, digits.class_names, "inverted")  # fmt: skip
        with pytest.raises(RunError, match=r"that it began with\. Received: digits"):
            resume(run, other)
        assert open_run(run.path).state == "stopped"


class TestExitStatus:
    def test_diverged(self, workshop: Workshop, tmp_path: Path, capsys: Output) -> None:
        run = workshop.new(tmp_path / "run", learning_rate=10.0, epochs=20)
        assert main(["resume", str(run.path), "--json"]) == 1
        output = capsys.readouterr()
        assert last_json(output.out)["state"] == "diverged"
        assert output.err.splitlines()[-1].startswith("The loss was no longer a finite number")

    def test_failed(
        self, workshop: Workshop, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise KeyError("a bug")

        monkeypatch.setattr(model_files, "evaluate", fail)
        run = workshop.new(tmp_path / "run")
        assert main(["resume", str(run.path), "--json"]) == 1
        output = capsys.readouterr()
        assert last_json(output.out)["state"] == "failed"
        assert "Training failed: KeyError: 'a bug'" in output.err
        assert "Traceback" not in output.err
        assert "Traceback" in (run.path / "worker.log").read_text()

    def test_stopped_from_the_app(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("stop")
        change_status(run, serial=0)
        assert main(["resume", str(run.path), "--json"]) == 0

    def test_it_is_in_the_help(self, capsys: Output) -> None:
        for command in ("train", "resume"):
            with pytest.raises(SystemExit):
                main([command, "--help"])
            said = " ".join(capsys.readouterr().out.split())
            assert "1 if the run diverged or failed" in said

    def test_ctrl_c_in_another_command(
        self, finished_run: Run, capsys: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Run, "load_model", interrupt)
        assert main(["evaluate", str(finished_run.path)]) == 130
        assert capsys.readouterr().err.strip() == "vae evaluate: stopped by Ctrl-C"
