"""The Compare view of the page Runs, for its tests."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled, open_page
from tests.pages.shown import component


def open_compare(*ids: str, part: str = "maps", **address: str) -> AppTest:
    """Open a part of the view by a link that names these runs; without any, by one without."""
    named = {"with": "/".join(ids)} if ids else {}
    return open_page("runs", view="compare", part=part, **named, **address)


def chooser(app: AppTest) -> Any:
    return labelled(app.multiselect, "Runs to compare")


def boards(app: AppTest, *ids: str) -> list[dict[str, Any]]:
    """What the maps of these runs were given, in their order."""
    return [component(app, f"compare-{index}-{name}") for index, name in enumerate(ids)]


def to_view(app: AppTest, view: str) -> AppTest:
    return act(app.segmented_control(key="runs_view_control").set_value(view))
