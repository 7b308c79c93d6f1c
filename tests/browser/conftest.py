"""One server and one browser for the tests that share them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import SCREEN, chromium, serve
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


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser") / "runs"


@pytest.fixture(scope="module")
def server(runs: Path) -> Iterator[tuple[str, int]]:
    """The address of a fresh server and its process id."""
    runs.mkdir(exist_ok=True)
    with serve(runs) as (address, process):
        yield address, process.pid


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, accept_downloads=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def run() -> Run:
    """The model that a new visitor sees."""
    return open_run(SHIPPED / "mnist-recommended")
