"""What the browser sends from the map."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.driving import calm
from tests.pages.shown import component
from vae.runs.run import Run


def send(app: AppTest, run: Run, **state: Any) -> AppTest:
    """Have the browser send something from the map."""
    key = f"map-{run.id}"
    app.session_state[key] = {"selection": None, **state}
    return calm(app.run())


def pick(app: AppTest, run: Run, kind: str, **what: Any) -> AppTest:
    plane = component(app, f"map-{run.id}")["plane"]
    return send(app, run, selection={"kind": kind, "plane": plane, **what})
