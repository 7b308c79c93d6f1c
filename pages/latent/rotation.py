"""How a 3-D cloud is turned: by the user in the browser, held by the address."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting

__all__ = ["linked_camera", "store_camera"]

Camera = dict[str, dict[str, float]]  # as Plotly has it

PARTS = ("eye", "center", "up")
AXES = ("x", "y", "z")
FARTHEST = 100.0  # of an eye: the cloud is about 1 wide
TURNED = "projection_turned"  # a chart, and the camera to which the user or a link has turned it
RENDERED = "projection_rendered"  # of which figure the chart was rendered last, and its camera


def store_camera(chart: str, sent: Any) -> None:
    """Store how the user has turned a chart."""
    st.session_state[TURNED] = chart, _valid(sent)


def linked_camera(name: str, chart: str, *figure: object) -> Camera | None:
    """Return the camera with which a chart is rendered, which the address holds; None: as at first.

    figure: all else that it depends on. As long as that stays, so does the camera: Streamlit makes
    a chart anew that gets another one, and the browser knows where the user has turned it.
    """
    state = st.session_state
    if takes_setting(name):
        state[TURNED] = chart, _read(take_parameter(name) or "")
        state[RENDERED] = None
    turned, camera = state.get(TURNED, (chart, None))
    if turned != chart:
        camera = None
    if camera is not None:
        set_parameter(name, _text(camera))
    rendered = state.get(RENDERED)
    if rendered is None or rendered[0] != (chart, *figure):
        rendered = state[RENDERED] = (chart, *figure), camera
    return rendered[1]


def _text(camera: Camera) -> str:
    return "_".join(f"{camera[part][axis]:.4g}" for part in PARTS for axis in AXES)


def _read(text: str) -> Camera | None:
    try:
        rows = np.array([float(word) for word in text.split("_")]).reshape(len(PARTS), len(AXES))
    except ValueError:
        return None
    return _valid({
        part: dict(zip(AXES, row.tolist(), strict=True))
        for part, row in zip(PARTS, rows, strict=True)
    })  # fmt: skip


def _valid(sent: Any) -> Camera | None:
    """Return the camera that the browser or a link names; None for one that shows nothing."""
    try:
        camera = {part: {axis: float(sent[part][axis]) for axis in AXES} for part in PARTS}
    except (KeyError, TypeError, ValueError):
        return None
    rows = np.array([list(each.values()) for each in camera.values()])
    is_visible = (np.abs(rows) <= FARTHEST).all() and rows[0].any() and rows[2].any()
    return camera if is_visible else None
