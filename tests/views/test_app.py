"""The router, and what holds for every page: empty, with a run, with damaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_run
from tests.views.conftest import PAGES, go, open_page, words
from vae.runs import Run


@pytest.mark.parametrize("page", PAGES)
def test_empty(page: str) -> None:
    app = open_page(page)
    print(app.main)
    print(words(app))
    assert 0


@pytest.mark.parametrize("page", PAGES)
def test_run(page: str, run) -> None:
    app = open_page(page)
    print(app.main)
    print(words(app))
    assert 0
