"""Where strangers share a server, the page says until when a run is kept."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.pages.crafted import craft
from tests.pages.doubles import Browser
from tests.pages.driving import open_page
from tests.pages.shown import words
from vae.data.datasets import Dataset
from vae.runs.run import Run
from vae.runs.storage import expiry_date

SENTENCE = "A run is kept for 7 days after it last trained, then until its space is needed."


@pytest.fixture
def made(digits: Dataset, runs: Path) -> Run:
    return craft(runs / "made", digits)


class TestOnAPublicServer:
    @pytest.mark.usefixtures("browser", "shipped")
    def test_before_one_is_trained(self) -> None:
        assert SENTENCE in words(open_page("train"))
        assert "kept" not in words(
            open_page("start")
        )  # which shows a run that came along: it stays

    def test_the_day(self, made: Run, browser: Browser) -> None:
        then = time.mktime((2026, 3, 1, 12, 0, 0, 0, 0, 0))
        os.utime(made.path / "status.json", (then, then))
        said = words(open_page("start", run="made"))
        assert "This run has no owner: it is deleted when its space is needed." in said
        assert expiry_date(made).isoformat() == "2026-03-08"

    def test_one_of_ones_own(self, digits: Dataset, runs: Path, browser: Browser) -> None:
        run = craft(runs / "made", digits, owner="anna")
        then = time.mktime((2026, 3, 1, 12, 0, 0, 0, 0, 0))
        os.utime(run.path / "status.json", (then, then))
        said = words(open_page("start", run="made"))
        assert "Kept until 8 March 2026, then until its space is needed. Download it" in said


class TestOnOnesOwnMachine:
    @pytest.mark.usefixtures("made")
    def test_nothing_is_said(self) -> None:
        for page in ("start", "train"):
            assert "needed" not in words(open_page(page))
