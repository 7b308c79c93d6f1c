"""Running commands in this process: what they print, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vae.cli.main import main
from vae.cli.report import Report, print_report
from vae.runs.run import Run

__all__ = ["Output", "has", "last_json", "made", "printed", "refused", "status_of"]

Output = pytest.CaptureFixture[str]


def last_json(text: str) -> dict:
    return json.loads(text.splitlines()[-1])


def status_of(arguments: list[str]) -> int:
    """Run a command; return its exit status, also where argparse ends it."""
    try:
        return main(arguments)
    except SystemExit as exit_:
        return exit_.code


def refused(arguments: list[str], capsys: Output) -> str:
    """Run what must be refused; return the one line that says why."""
    status = status_of(arguments)
    output = capsys.readouterr()
    assert status == 2
    assert output.out == ""
    assert output.err.endswith("\n")
    assert len(output.err.splitlines()) == 1
    return output.err


def made(command: str, run: Run, path: Path, *arguments: str) -> bytes:
    """Run a command that makes one file; return what is in it."""
    assert main([command, str(run.path), "--out", str(path), *arguments]) == 0
    return path.read_bytes()


def printed(shown, capsys: Output) -> list[str]:
    """Print what is for people; return its lines."""
    assert print_report(Report({}, shown), as_json=False) == 0
    return capsys.readouterr().out.splitlines()


def has(lines: list[str], text: str) -> bool:
    """Whether a line says this, however it is laid out."""
    return any(text in " ".join(line.split()) for line in lines)
