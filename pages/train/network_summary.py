"""The parameter summary, as `model.summary()` gives it, counted without TensorFlow."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from vae.architecture import Layer, Summary

__all__ = ["show_summary"]


def show_summary(summary: Summary) -> None:
    """Show both networks' layers and the totals."""
    st.markdown(
        f"Total parameters **{summary.total:,}** · trainable {summary.total:,} · non-trainable 0"
    )
    tables = {
        "Encoder": (summary.encoder, summary.encoder_parameters),
        "Decoder": (summary.decoder, summary.decoder_parameters),
    }
    for column, (name, (layers, parameters)) in zip(st.columns(2), tables.items(), strict=True):
        with column:
            st.markdown(f"**{name}** · {parameters:,} parameters")
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
