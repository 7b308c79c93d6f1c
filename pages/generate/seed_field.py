"""The seed of random samples, and the button that takes the next one."""

from __future__ import annotations

import streamlit as st

from pages._shared.linked import linked_number
from pages._shared.number_field import persistent_number

__all__ = ["MAX_SEED", "seed_field"]

MAX_SEED = 2**31 - 1


def seed_field(name: str, help: str, *, disabled: bool = False) -> int:
    """Show the seed in st.session_state[name] and a button for the next one, in an open row."""
    seed = linked_number("seed", name, 0, MAX_SEED, 0)
    persistent_number(
        "Seed", seed, 0, MAX_SEED, name=name, width=140, disabled=disabled,
        help=f"{help} Acts at once.",
    )  # fmt: skip
    st.button(
        "New samples",
        icon=":material/casino:",
        type="primary",
        disabled=disabled,
        on_click=_next_seed,
        args=(name,),
        help="Takes the next seed.",
    )
    return seed


def _next_seed(name: str) -> None:
    """Take the seed after the one that is typed by now: the very click may have left its field."""
    seed = st.session_state.get(name) or 0  # None after a link that names none
    st.session_state[name] = 0 if seed == MAX_SEED else seed + 1
