"""The visitor of the benchmarks against a small app that has what it must cope with."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.visitor import GoneError, Visitor
from tests.conftest import PATIENCE_SECONDS, wait_until
from tests.servers import free_port, is_up

APP = """
import time
import numpy as np
import streamlit as st

def first():
    st.title("First")
    st.query_params["run"] = "abc"
    st.write(f"cookie {st.context.cookies.get('who')}")
    st.image(np.zeros((2, 2), np.uint8))
    choice = st.selectbox("Letter", ["a", "b"])
    st.write(f"letter {choice}")
    st.write(f"size {st.slider('Size', 0.0, 2.0)}")
    if st.button("Break"):
        raise ValueError("broken")
    if st.button("Complain"):
        st.error("not like this")
    if st.button("Wait"):
        time.sleep(0.5)

def second():
    st.title("Second")

def third():
    st.title("Third")
    st.session_state.drawings = st.session_state.get("drawings", 0) + 1
    clock()

@st.fragment(run_every=0.3)
def clock():
    turns = st.session_state.get("turns", 0)
    st.session_state.turns = turns + 1
    # First of all, and in each turn: on a busy machine the next one may stop it at any line.
    if turns >= 2 and st.session_state.drawings == 1:
        st.rerun()
    st.caption(f"turn {turns}")
    if st.button("Again"):
        st.session_state.pressed = True  # the next turn of the clock shows it as well
    if "pressed" in st.session_state:
        st.caption("pressed")

pages = [st.Page(page, url_path=page.__name__) for page in (second, third)]
st.navigation([st.Page(first, default=True), *pages]).run()
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Popen]]:
    """The address and the process of a running app."""
    script = tmp_path_factory.mktemp("app") / "app.py"
    script.write_text(APP, encoding="utf-8")
    yield from _serve(script)


def _serve(script: Path) -> Iterator[tuple[str, psutil.Popen]]:
    port = free_port()
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = psutil.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *arguments],
        cwd=script.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    try:
        wait_until(lambda: is_up(address), "the app starts")
        yield address, process
    finally:
        process.kill()
        process.wait()


async def _until(condition) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def test_walks_chooses_and_notes_the_times(app: tuple[str, psutil.Popen]) -> None:
    async def visit() -> None:
        async with Visitor(app[0], {"who": "me"}) as visitor:
            await visitor.open("/")
            assert visitor.shows("First")
            assert visitor.shows("cookie me")
            assert visitor.run_id == "abc"
            assert visitor.options("Letter") == ["a", "b"]
            await visitor.choose("Letter", "b")
            assert visitor.shows("letter b")
            assert not visitor.shows("letter a")
            await visitor.slide("Size", 1.5)
            assert visitor.shows("size 1.5")
            await visitor.rerun()
            assert visitor.shows("letter b")
            await visitor.click("Wait")
            assert visitor.updates[-1].kind == "page"
            assert visitor.updates[-1].seconds > 0.5
            await visitor.go("second")
            assert visitor.shows("Second")
            assert not visitor.shows("First")
            assert visitor.updates[-1].page == "second"
            assert visitor.failures == []

    asyncio.run(visit())


def test_keeps_asking_for_a_fragment_until_it_leaves(app: tuple[str, psutil.Popen]) -> None:
    async def visit() -> None:
        async with Visitor(app[0]) as visitor:
            await visitor.open("/second")
            await visitor.go("third")
            # The third drawing has the whole page run again, which counts as a page.
            kinds = Counter[str]()

            def observed(pages: int, fragments: int) -> bool:
                kinds.clear()
                kinds.update(update.kind for update in visitor.updates)
                return kinds["page"] >= pages and kinds["fragment"] >= fragments

            await _until(lambda: observed(3, 4))
            assert kinds["page"] == 3
            await visitor.click("Again")
            await _until(lambda: visitor.shows("pressed"))
            assert visitor.updates[-1].kind == "fragment"
            await visitor.go("second")
            count = len(visitor.updates)
            await asyncio.sleep(0.5)
            assert len(visitor.updates) == count
            assert visitor.failures == []

    asyncio.run(visit())


def test_notes_errors_on_the_page(app: tuple[str, psutil.Popen]) -> None:
    async def visit() -> None:
        async with Visitor(app[0]) as visitor:
            await visitor.open("/")
            await visitor.click("Complain")
            assert "not like this" in visitor.failures.pop()
            await visitor.click("Break")
            assert "broken" in visitor.failures.pop()
            with pytest.raises(GoneError, match="Nowhere"):
                await visitor.click("Nowhere")
            assert "Nowhere" in visitor.failures.pop()
            assert visitor.failures == []
            await visitor.open("/no-such-page")
            assert "page not found" in visitor.failures.pop()

    asyncio.run(visit())


def test_notes_a_lost_connection_and_a_missing_app(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(APP, encoding="utf-8")

    async def visit() -> None:
        serving = _serve(script)
        address, process = next(serving)
        async with Visitor(address) as visitor:
            await visitor.open("/second")
            process.kill()
            await _until(lambda: visitor.failures)
            assert "connection was lost" in visitor.failures[0]
            with pytest.raises(GoneError):
                await visitor.rerun()
        serving.close()
        visitor = Visitor(address)
        with pytest.raises(GoneError, match="did not answer"):
            await visitor.open("/")

    asyncio.run(visit())
