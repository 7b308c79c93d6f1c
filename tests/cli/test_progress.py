"""Progress: a bar on a terminal, lines in a log file, nothing that ends the work."""

from __future__ import annotations

import os
import sys

import pytest

from tests.conftest import PATIENCE_SECONDS, ROOT
from vae.cli import progress
from vae.cli.progress import progress_fraction, training_progress

ROW = {"loss": 10.0, "reconstruction": 7.5, "kl": 2.5}
SHOW = """
from vae.cli.progress import progress_fraction, training_progress
with progress_fraction("Measuring") as on_progress:
    on_progress(0.25)
with progress_fraction("Nothing to show"):
    pass
with training_progress(2) as on_event:
    for epoch in (1, 2):
        for _ in range(10):
            on_event({"kind": "step", "epoch": epoch})
        on_event({"kind": "epoch", "epoch": epoch, "loss": 10.0, "reconstruction": 7.5, "kl": 2.5})
    on_event({"kind": "change"})
"""


class TestLog:
    def test_a_line_an_epoch(self, capsys: pytest.CaptureFixture[str]) -> None:
        with training_progress(2) as on_event:
            for epoch in (1, 2):
                on_event({"kind": "step", "epoch": epoch, **ROW})
                on_event({"kind": "epoch", "epoch": epoch, **ROW})
        words = "loss 10.00, reconstruction 7.50, KL 2.50 nats per image"
        output = capsys.readouterr()
        assert output.err == f"epoch 1/2: {words}\nepoch 2/2: {words}\n"
        assert output.out == ""

    def test_an_autoencoder_has_no_kl(self, capsys: pytest.CaptureFixture[str]) -> None:
        with training_progress(1, with_kl=False) as on_event:
            on_event({"kind": "epoch", "epoch": 1, **ROW, "kl": 0.0})
        assert capsys.readouterr().err == "epoch 1/1: loss 10.00 nats per image\n"

    def test_a_short_job_is_silent_and_a_long_one_is_not(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with progress_fraction("Measuring") as on_progress:
            on_progress(0.5)
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(progress, "LOG_SECONDS", 0.0)
        with progress_fraction("Measuring") as on_progress:
            on_progress(0.5)
        assert capsys.readouterr().err == "Measuring: 50%\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_bar_on_a_terminal() -> None:
    import pty
    import select
    import subprocess

    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": "80", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SHOW], stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], PATIENCE_SECONDS)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(PATIENCE_SECONDS) == 0
    text = shown.decode()
    assert "Measuring" in text
    assert " 25 %" in text
    assert "Nothing to show" not in text
    assert "Epoch 2/2  loss 10.00, reconstruction 7.50, KL 2.50" in text
    assert "100 %" in text
    assert "epoch 1/2:" not in text  # that is the log's
