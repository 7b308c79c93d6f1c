"""A chart that stands still, drawn as SVG: bars, lines, dots with their spread, bands.

Plotly's bundle takes more of a page's load than all else on it together, its charts take a finger's
scroll, and their text does not grow with the window.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages._components.mounting import mounted
from vae.figures.svg import SVG_SCRIPT

__all__ = ["still_chart"]

PIXELS_PER_REM = 16

_mount = mounted(
    __file__,
    "still_chart",
    str(SVG_SCRIPT),
    "chart.js",
    html="<figure><figcaption></figcaption><svg></svg><details><summary>Numbers of this chart"
    "</summary><table></table></details></figure>",
    css="chart.css",
)


def still_chart(figure: go.Figure, *, name: str, key: str, numbers: bool = True) -> None:
    """Show a Plotly figure of bars, lines and dots; what else Plotly knows is left out.

    name: what the chart is called by who cannot see it. numbers: whether a table of them is there
    for who asks.
    """
    plain = _plain(figure.to_plotly_json())
    layout = plain["layout"]
    layout.pop("template", None)
    _mount(
        key=key,
        data={
            "data": plain["data"],
            "layout": layout,
            "height": layout.get("height", 260) / PIXELS_PER_REM,
            "name": name,
            "hasNumbers": numbers,
        },
    )


def _plain(value: Any) -> Any:
    """Return a part of a figure as JSON has it."""
    if isinstance(value, dict) and "bdata" in value:  # Plotly's own way with an array
        return _plain(np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
