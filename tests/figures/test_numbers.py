"""The numbers of charts as columns."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from vae.figures.explained_variance import explained_variance
from vae.figures.numbers import chart_columns


def test_a_series_without_a_name_has_that_of_its_axis() -> None:
    figure = go.Figure(go.Bar(x=["cat &amp; dog", "fox"], y=[1, 0]))
    figure.update_layout(xaxis_title="class", yaxis_title="nats per image")
    columns = chart_columns(figure)
    assert columns == {"class": ["cat & dog", "fox"], "nats per image": [1, 0]}


def test_series_have_the_names_of_the_legend() -> None:
    assert chart_columns(explained_variance(np.array([0.75, 0.25])))["together"] == [75.0, 100.0]
