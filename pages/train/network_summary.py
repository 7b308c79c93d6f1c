"""The parameter summary, as `model.summary()` gives it, counted without TensorFlow."""

from __future__ import annotations

import streamlit as st

from pages._shared.plain import plain
from vae.architecture import Summary
from vae.layers import Layer

__all__ = ["show_summary"]

HEAD = "| Layer | Output shape | Parameters |\n|---|---|---:|"


def show_summary(summary: Summary) -> None:
    """Show the layers of each network and the totals."""
    st.markdown(
        f"Total parameters **{summary.total:,}** · trainable {summary.total:,} · non-trainable 0"
    )
    networks = summary.networks
    columns = st.columns(max(2, len(networks)))  # a single one is as wide as one of two
    for column, (name, layers) in zip(columns, networks.items(), strict=False):
        title = f"**{name.capitalize()}** · {summary.parameters[name]:,} parameters"
        # Markdown, since Streamlit's own table loads a megabyte of JavaScript for data frames.
        column.markdown("\n".join((title, "", HEAD, *map(_row, layers))))


def _row(layer: Layer) -> str:
    name = plain(f"{layer.name} ({layer.class_name})")
    shape = ", ".join(map(str, (None, *layer.output_shape)))
    return f"| {name} | ({shape}) | {layer.parameters:,} |"
