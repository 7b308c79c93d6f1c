"""The server around the pages: its queue begins and ends with it, and no error goes unexplained."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import app, lifespan
from pages._shared import server
from tests.conftest import run_python, wait_until
from tests.pages.driving import PAGES, open_page
from tests.pages.shown import words
from vae.errors import RunError

ROOT = Path(__file__).parents[2]


def live(act: Callable[[], object] = lambda: None) -> None:
    """Be a server from its start to its end; act: what is done meanwhile."""

    async def serve() -> None:
        async with lifespan(app):
            await asyncio.to_thread(act)

    asyncio.run(serve())


def test_the_queue_begins_and_ends_with_the_server() -> None:
    def led() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "vae-queue"]

    st.cache_resource.clear()
    before = led()  # those of other tests, should they still be there
    live(lambda: wait_until(lambda: led() != before, "the queue begins"))
    assert led() == before


def test_libraries_are_loaded_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[None] = []
    monkeypatch.setattr(server, "load_libraries", lambda: loaded.append(None))
    live()
    assert not loaded  # the first page comes first
    monkeypatch.setattr("app.PAUSE_SECONDS", 0.0)
    live(lambda: wait_until(lambda: len(loaded) == 1, "they are loaded"))


ON_START = """
import logging, sys
logging.disable(logging.CRITICAL)
from streamlit.testing.v1 import AppTest
from pages._shared import server
server.load_first_page()
known = {*sys.modules}
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert app.main.get("bidi_component") and not app.exception and not app.error
print(*({"pandas", "pyarrow"} & {*sys.modules}))
print(*(name for name in {*sys.modules} - known if name.startswith(("pages", "vae"))))
"""


def test_start_loads_no_library_for_tables_and_nothing_of_ours_for_its_first_visitor() -> None:
    """Tables would be half of the time until the first screen, and 60 MB of an idle server."""
    router = ROOT / "pages" / "router.py"
    done = run_python("-c", ON_START, router)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_server_that_cannot_have_a_queue_ends_in_order_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RunError("No folder for runs")

    monkeypatch.setattr(server, "Queue", fail)
    live()
    with pytest.raises(RunError):
        server.queue()


@pytest.mark.usefixtures("run")
def test_pages_have_a_queue_without_the_server_and_after_it_was_cleared() -> None:
    for _ in range(2):
        st.cache_resource.clear()
        open_page(PAGES[0])
        assert server.queue().tickets.list() == []


def failing(text: str, sentence: bool) -> None:
    from pages._shared.guard import show_unexpected
    from vae.errors import VAEError

    show_unexpected(VAEError(text) if sentence else ZeroDivisionError(text))


def test_what_no_page_explains_has_a_reference(caplog: pytest.LogCaptureFixture) -> None:
    app = AppTest.from_function(failing, args=("in /srv/place", False)).run()
    (message,) = (error.value for error in app.error)
    found = re.search(r"under the reference ([0-9a-f]{8})\.$", message)
    assert found
    assert "place" not in message
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.getMessage() == f"Reference {found[1]}"
    assert record.exc_info
    assert str(record.exc_info[1]) == "in /srv/place"
    assert not app.exception


def test_a_sentence_for_a_person_needs_no_reference(
    runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = AppTest.from_function(failing, args=(f"No *room* in {runs}/abc.", True)).run()
    assert words(app).endswith(r"No \*room\* in abc.")
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
