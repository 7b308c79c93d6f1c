"""A page with nothing but the film of one training step, on a server of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.browser.driving import ROOT, wait_until
from tests.pages.films import make_step
from tests.servers import free_port, is_up

__all__ = ["serve_films"]

SCRIPT = """
import numpy as np
import streamlit as st

from pages._components.slow_motion import slow_motion

state = st.session_state
state.setdefault("asked", 0)
state.setdefault("step", 0)


def ask():
    state.asked += 1


def deliver():
    state.step += 1


st.set_page_config(layout="wide")
st.header("A page")
with np.load(f"{state.step}.npz") as arrays:
    slow_motion(dict(arrays), key="slow", on_next=ask)
st.write(f"Asked {state.asked} times")
st.button("Deliver", on_click=deliver)
again = st.button("Again")
state.runs = state.get("runs", 0) + 1
st.write(f"Run {state.runs}")
st.text_input("Elsewhere")
st.container(height=2000)  # enough to scroll
"""


@contextmanager
def serve_films(folder: Path) -> Iterator[str]:
    """Start the page with the films of three steps; yield its address."""
    (folder / "page.py").write_text(SCRIPT, encoding="utf-8")
    for index in range(3):
        np.savez(folder / f"{index}.npz", **make_step(seed=index, step=41 + index))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", str(folder / "page.py"),
            "--server.port", str(port), "--server.address", "127.0.0.1",
            "--server.headless", "true", "--server.fileWatcherType", "none",
            "--browser.gatherUsageStats", "false",
        ],
        cwd=folder,
        env={"PATH": "", "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip

    try:
        wait_until(lambda: is_up(address), 60)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
