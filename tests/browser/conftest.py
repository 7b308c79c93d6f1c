"""Servers, a browser and pages for the tests that share them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import SCREEN, chromium, serve
from tests.browser.mapping import Board, open_map
from tests.browser.visitors import Motion, Visitors
from vae.runs.run import SHIPPED, Run, open_run


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=60_000)


# Not for the whole session: while Playwright is open its event loop runs in this thread, and no
# other test could run one of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server for all tests that only look."""
    runs = tmp_path_factory.mktemp("looking") / "runs"
    runs.mkdir()
    with serve(runs) as (address, process):
        yield address, process.pid


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of this file's own server."""
    return tmp_path_factory.mktemp("browser") / "runs"


@pytest.fixture(scope="module")
def own_server(runs: Path) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server for this file alone, which makes runs."""
    runs.mkdir(exist_ok=True)
    with serve(runs) as (address, process):
        yield address, process.pid


@pytest.fixture(scope="package")
def _all_visitors(browser: Browser) -> Visitors:
    return Visitors(browser)


@pytest.fixture
def visitors(_all_visitors: Visitors) -> Iterator[Visitors]:
    """Opens pages as one visitor whom no server knows yet."""
    yield _all_visitors
    _all_visitors.leave()


@pytest.fixture(scope="module")
def motion() -> Motion:
    """What a visitor prefers; of this app's own parts some move, whose tests say otherwise."""
    return "reduce"


@pytest.fixture
def page(visitors: Visitors, motion: Motion) -> Page:
    """The page of a test that needs one, and none without a past: `visitors` opens such a one."""
    return visitors.keep_page(SCREEN, motion)


@pytest.fixture(scope="package")
def run() -> Run:
    """The model that a new visitor sees."""
    return open_run(SHIPPED / "mnist-recommended")


@pytest.fixture
def board(page: Page, server: tuple[str, int], run: Run) -> Board:
    """The latent map of that model."""
    return open_map(page, server[0], f"&run={run.id}")
