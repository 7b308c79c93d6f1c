"""The Compare view, for its tests."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled
from tests.pages.shown import component

COMPARE = {"view": "compare"}


def chooser(app: AppTest) -> Any:
    return labelled(app.selectbox, "Compare with")


def boards(app: AppTest, *ids: str) -> list[dict[str, Any]]:
    """What the maps of these runs were given, left and right."""
    return [component(app, f"compare-{index}-{name}") for index, name in enumerate(ids)]


def to_view(app: AppTest, view: str) -> AppTest:
    return act(app.segmented_control(key="latent_view_control").set_value(view))
