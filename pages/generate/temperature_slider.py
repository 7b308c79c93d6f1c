"""The slider for the temperature of the prior."""

from __future__ import annotations

import streamlit as st

from pages._shared.glossary import help_of
from pages._shared.linked import linked_decimal
from pages._shared.persistent import persistent

__all__ = ["temperature_slider"]


def temperature_slider(name: str) -> float:
    """Show the slider; return the value, which st.session_state[name] and the address hold."""
    temperature = linked_decimal("temperature", name, 0.0, 2.0, 1.0)
    st.slider(
        "Temperature",
        0.0,
        2.0,
        step=0.05,
        help=f"{help_of('temperature')} Acts at once.",
        **persistent(name, temperature),
    )
    return temperature
