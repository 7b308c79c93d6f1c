"""The curves of a run over the epochs, in one figure that lives through a training.

Streamlit's own charts lose their zoom whenever their data change: `st.plotly_chart` is built
anew, and Altair's and ECharts' are reset. This one keeps its nodes and its zoom.
"""

from __future__ import annotations

from typing import Any

from pages._components.mounting import mounted
from pages._components.run_key import run_key
from vae.figures.colors import HUES
from vae.figures.curves import curve_marks, curve_points
from vae.figures.svg import SVG_SCRIPT
from vae.kinds import KINDS
from vae.runs.run import Run

__all__ = ["curve_data", "learning_curves"]

_mount = mounted(
    __file__,
    "learning_curves",
    str(SVG_SCRIPT),
    "chart.js",
    "curves.js",
    html='<div class="curves"></div>',
    css="curves.css",
)


def learning_curves(run: Run, *, small: bool = False) -> None:
    """Show the curves of a run, side by side where there is room; small: low and stacked."""
    _mount(key=f"curves-{run_key(run)}-{small}", data={**curve_data(run), "small": small})


def curve_data(run: Run) -> dict[str, Any]:
    """Return what the panels show: points of training and validation, marks of changes."""
    curves = KINDS[run.config.kind].curves
    return {
        "panels": [
            {"quantity": name, "title": curve.title, "unit": curve.unit, "color": HUES[name]}
            for name, curve in curves.items()
        ],
        "points": curve_points(run.rows, run.steps_per_epoch, curves),
        "marks": curve_marks(run.rows, run.steps_per_epoch),
        "epochs": run.config.epochs,
    }
