"""The posterior of one image, dimension by dimension."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from vae.figures.colors import HUES

__all__ = ["posterior"]

PRIOR = "rgba(128, 128, 128, 0.25)"


def posterior(mean: np.ndarray, log_var: np.ndarray) -> go.Figure:
    """Plot each dimension's mean and two standard deviations, before those of the prior.

    mean, log_var: (d,).
    """
    figure = go.Figure()
    figure.add_hrect(y0=-2, y1=2, fillcolor=PRIOR, line_width=0)
    figure.add_scatter(
        x=[f"z{index + 1}" for index in range(len(mean))],
        y=mean,
        mode="markers",
        marker={"size": 10, "color": HUES["mean"]},
        error_y={
            "type": "data",
            "array": 2 * np.exp(0.5 * log_var),
            "color": HUES["log_var"],
            "thickness": 3,
            "width": 6,
        },
        hovertemplate="%{x}: %{y:.2f} ± %{error_y.array:.2f}<extra></extra>",
    )
    figure.update_layout(
        yaxis_title="mean ± 2 σ",
        showlegend=False,
        height=260,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure
