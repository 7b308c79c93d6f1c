"""Running commands in this process: what they print, and what they refuse."""

from __future__ import annotations

import json

import pytest

from vae.cli.main import main

__all__ = ["Output", "last_json", "refused", "status_of"]

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
