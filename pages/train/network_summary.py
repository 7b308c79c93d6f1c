"""The parameter summary, as `model.summary()` gives it, counted without TensorFlow."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from vae.architecture import Summary
from vae.layers import Layer

__all__ = ["show_summary"]


def show_summary(summary: Summary) -> None:
    """Show the layers of each network and the totals."""
    st.markdown(
        f"Total parameters **{summary.total:,}** · trainable {summary.total:,} · non-trainable 0"
    )
    networks = summary.networks
    columns = st.columns(max(2, len(networks)))  # a single one is as wide as one of two
    for column, (name, layers) in zip(columns, networks.items(), strict=False):
        with column:
            st.markdown(f"**{name.capitalize()}** · {summary.parameters[name]:,} parameters")
            st.table(_table(layers), hide_index=True, border="horizontal")


def _table(layers: tuple[Layer, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Layer": [f"{layer.name} ({layer.class_name})" for layer in layers],
            "Output shape": [
                f"({', '.join(map(str, (None, *layer.output_shape)))})" for layer in layers
            ],
            "Parameters": [f"{layer.parameters:,}" for layer in layers],
        }
    )
