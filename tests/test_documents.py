"""Every command that a document names is run: README.md, docs/*.md, CHANGELOG.md, the Makefile.

They are taken out of the documents as they stand. Only one rule makes them short (`reduced`): each
number that says how much is computed (epochs, samples, images) becomes the least that is accepted;
they learn a twentieth of the images, the mixtures that they fit have few components, and the
quality of samples is measured beside few real images.
What cannot be run is in `NOT_RUN`, with the reason. A command that is neither fails a test.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from tests.conftest import PATIENCE_SECONDS, ROOT
from tests.data.test_own_pictures import write_pictures
from tests.documents import Command, blocks, commands, reduced
from tests.kinds import FEW_COMPONENTS
from tests.warm.programs import run_warm
from vae.cli.main import main
from vae.data.datasets import find_dataset
from vae.evaluation import sample_quality
from vae.evaluation.digit_classifier import classify
from vae.sampling import mixtures
from vae.shipped.train import SHIPPED_RUNS

DOCUMENTS = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
FEW_IMAGES = 200  # that the classifier is given at once
WRITES = "writes into the project, for minutes"
NOT_RUN = {
    r"git clone .*": "needs the repository's address and a network",
    r'pip install "git\+<this repository>"': "tests/test_installed.py installs the wheel",
    r"pip install --no-deps animal_mnist": "needs a network",
    r"python -m pip install -r requirements-bench\.txt": "needs a network",
    r"vae-lab app": "a server that runs until it is stopped: tests/test_installed.py starts it",
    r"\.venv/bin/python -m pytest .*": "runs tests",
    r"make|make (lint|format|help)|pip install|python -m vae|vae-lab": "names the program",
    r"\.venv/bin/python": "names the program",
    r"(py -3\.12|\.venv\\Scripts\\).*": "is for Windows",
    r"make app": "a server that runs until it is stopped: tests/browser drives it",
    r"make test": "runs this test",
    r"make test-backends": "installs 2 GB of other backends",
    r"python -m vae augment .*": "trains for minutes: tests/cli/test_augment.py has tiny studies",
    r"python -m vae augment": "names the command",
    r"python -m vae sweep .*": "trains for minutes: tests/cli/test_sweep.py has tiny networks",
    r"python -m vae\.shipped\.augmentation_page": (
        f"{WRITES}: tests/shipped/test_augmentation_page.py compares the page"
    ),
    r"python -m vae resume RUN .*": "names the command, with its option",
    r"python -m vae classify RUN --against CLASSIFIER": "names the command, with its option",
    r"python -m vae classify vae/pretrained/.*": (
        "measures for a minute: tests/cli/test_classify.py compares small runs"
    ),
    r"python -m benchmarks\.decoding": "measures memory, alone on a machine",
    r"python -m benchmarks\.run_table": "makes a thousand runs",
    r"\.venv/bin/python -m benchmarks\.cluster": "starts a cluster, and measures for minutes",
    r"pip install -r requirements\.txt -r requirements-cluster\.txt": "needs a network",
    r"docker compose .*": "needs Docker: tests/deploy tests what it starts",
    r"make bench": "measures for hours, alone on a machine",
    r"make pretrained": "trains all models that ship, in their place",
    r"(\.venv/bin/)?python -m benchmarks .*": "measures for minutes, alone on a machine",
    r"(\.venv/bin/)?python -m benchmarks\.time_to_quality --search .*": "searches for hours",
    r"python -m vae\.shipped\.train \S+": WRITES,
    r"python -m vae\.shipped\.train_beta_family": (
        f"{WRITES}: tests/shipped/test_beta_family.py compares the runs"
    ),
    r"python -m vae\.evaluation\.digit_classifier": (
        f"{WRITES}: tests/evaluation/test_digit_classifier.py trains one elsewhere"
    ),
    r"python -m vae\.evaluation\.references": (
        f"{WRITES}: tests/evaluation/test_references.py measures some"
    ),
    r"python -m vae\.shipped\.model_cards": (
        f"{WRITES}: tests/shipped/test_model_cards.py compares the page"
    ),
}
TARGETS_NOT_RUN = {
    "app": NOT_RUN["make app"],
    "test": NOT_RUN["make test"],
    "test-backends": NOT_RUN["make test-backends"],
    "test-cluster": "installs Ray",
    "lint": "make test checks the same",
    "format": "changes files",
    "bench": NOT_RUN["make bench"],
    "pretrained": NOT_RUN["make pretrained"],
    "screenshots": "replaces the pictures in docs/screenshots",
    "chromium": "installs a browser",
    "nginx": "installs a proxy",
}
PROGRAM_OURS = ["python", "-m", "vae"]


def reason(command: Command) -> str | None:
    """Say why a command is not run; None if it is."""
    return next(
        (why for pattern, why in NOT_RUN.items() if re.fullmatch(pattern, command.line)), None
    )


ALL = [
    command
    for path in DOCUMENTS
    for command in dict.fromkeys(commands(path.read_text(encoding="utf-8"), path.name))
]
TRAINING = [each for each in ALL if each.line.startswith("python -m vae train ")]
RUN = [each for each in ALL if not reason(each) and each not in TRAINING]
LEFT_OUT = [each for each in ALL if reason(each)]


def in_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as a shell does, in a folder that is not the project's."""
    assert line.startswith("python "), line
    line = line.replace("python", shlex.quote(sys.executable), 1)
    return subprocess.run(
        reduced(line),
        shell=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def in_process(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the program as `in_shell` does, in this process, which has TensorFlow already.

    That the program can be started from a shell is what tests/cli tests.
    """
    said, warned = io.StringIO(), io.StringIO()
    arguments = shlex.split(reduced(line), comments=True)
    assert arguments[:3] == PROGRAM_OURS, line
    with chdir(folder), redirect_stdout(said), redirect_stderr(warned):
        try:
            status = main(arguments[3:])
        except SystemExit as end:  # argparse, after --help
            status = end.code
    return subprocess.CompletedProcess(line, status or 0, said.getvalue(), warned.getvalue())


def succeeds(line: str, folder: Path) -> str:
    """Run a line, which must do what it says; return its output."""
    is_ours = shlex.split(line, comments=True)[:3] == PROGRAM_OURS
    found = (in_process if is_ours else in_shell)(line, folder)
    assert found.returncode == 0, found.stderr
    assert "Traceback" not in found.stderr
    if out := re.search(r"--out (\S+)", line):
        assert (folder / out[1]).exists()
    if "--json" in line:
        json.loads(found.stdout.splitlines()[-1])
    return found.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the runs that the documents train, runs/mine first."""
    if find_dataset("mnist") is None:
        pytest.skip("needs MNIST")
    path = tmp_path_factory.mktemp("documents")
    write_pictures(path / "shells")
    (path / "data").mkdir()
    (path / "data" / "mnist.npz").symlink_to(find_dataset("mnist"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAE_DATA_DIR", str(path / "data"))  # where pictures of one's own are kept
        patch.setattr(mixtures, "COMPONENTS", FEW_COMPONENTS)
        patch.setattr(sample_quality, "classify", lambda images: classify(images[:FEW_IMAGES]))
        for command in TRAINING:
            assert " --set " in command.line
            succeeds(command.line.replace(" --set ", " --set train_share=0.05 "), path)
        yield path


class TestBasics:
    def test_a_command_that_is_not_known_is_found(self) -> None:
        found = list(commands("Do `uv run vae` or\n\n    python -m vae fly --high\n\nnow.\n"))
        assert [each.line for each in found] == ["python -m vae fly --high", "uv run vae"]
        assert [reason(each) for each in found] == [None, None]
        with pytest.raises(AssertionError, match="neither a command nor known: ls -la"):
            list(commands("So:\n\n    ls -la\n"))

    def test_the_rule(self) -> None:
        line = "python -m vae train --set epochs=30 latent_dim=2 --count=50 --samples 5000 --seed 9"
        assert reduced(line) == (
            "python -m vae train --set epochs=1 latent_dim=2 --count=1 --samples 100 --seed 9"
        )
        assert reduced("vae.resume(run, more_epochs=5)") == "vae.resume(run, more_epochs=1)"

    def test_every_exception_is_met(self) -> None:
        for pattern in NOT_RUN:
            assert any(re.fullmatch(pattern, each.line) for each in ALL), pattern


class TestDocuments:
    def test_what_is_trained(self, folder: Path) -> None:
        assert {path.name for path in (folder / "runs").iterdir()} == {"mine", "conditional", "gan"}

    @pytest.mark.parametrize("command", RUN, ids=str)
    def test_runs(self, command: Command, folder: Path) -> None:
        assert command.line.startswith("python -m vae "), "neither runs nor is listed in NOT_RUN"
        arguments = shlex.split(command.line, comments=True)[4:]
        is_name = command.inline and all(each.startswith("--") for each in arguments)
        if is_name:  # it takes a run, and whatever it names is in its help
            helped = succeeds(f"{' '.join(command.line.split()[:4])} --help", folder)
            assert all(each in helped for each in arguments)
        else:
            succeeds(command.line.replace("RUN", "runs/mine"), folder)

    @pytest.mark.parametrize("command", LEFT_OUT, ids=str)
    def test_names_what_there_is(self, command: Command) -> None:
        if module := re.search(r"python -m (\S+)(?: (\S+))?", command.line):
            assert importlib.util.find_spec(module[1]), command
            names = {"benchmarks": (*BENCHMARKS, "NAME"), "vae.shipped.train": SHIPPED_RUNS}
            assert module[1] not in names or module[2] in names[module[1]], command
        if target := re.fullmatch(r"make (\S+)", command.line):
            assert target[1] in targets(), command

    def test_python(self, folder: Path) -> None:
        texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
        found = [block for text in texts for language, block in blocks(text) if language]
        assert found, "README.md has an example"
        for index, block in enumerate(found):
            short = reduced(block)
            if '"mnist"' in block:  # pictures of one's own are few enough
                assert ".replace(epochs=1" in short
                short = short.replace(".replace(", ".replace(train_share=0.05, ")
            # All of them go on from the first one's import.
            (folder / f"example_{index}.py").write_text(f"import vae\n{short}", encoding="utf-8")
            ran = run_warm("-m", f"example_{index}", cwd=folder, PYTHONPATH=str(ROOT))
            assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr


def targets() -> set[str]:
    """Return the targets that the Makefile declares."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())


def make(*arguments: str, folder: Path = ROOT) -> str:
    """Run make; return what it prints."""
    found = subprocess.run(
        ["make", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stderr + found.stdout
    return found.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
class TestMakefile:
    def test_every_target_is_run_or_listed(self) -> None:
        assert targets() == {"help", "clean", *TARGETS_NOT_RUN}

    def test_help_names_them(self) -> None:
        named = set(re.findall(r"^make ([\w-]+)", make("help"), re.MULTILINE))
        assert named == targets() - {"help", "chromium", "nginx"}

    def test_clean(self, tmp_path: Path) -> None:
        shutil.copy(ROOT / "Makefile", tmp_path)
        for name in (".venv", "vae/__pycache__", ".ruff_cache", "runs/mine"):
            (tmp_path / name).mkdir(parents=True)
        make("clean", folder=tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {"Makefile", "vae", "runs"}
        assert list((tmp_path / "vae").iterdir()) == []

    @pytest.mark.parametrize("target", TARGETS_NOT_RUN)
    def test_names_what_there_is(self, target: str) -> None:
        for module in re.findall(r"bin/python -m (\S+)", make("--dry-run", target)):
            assert importlib.util.find_spec(module), module
