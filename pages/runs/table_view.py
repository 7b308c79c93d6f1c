"""Table: all runs, a row each."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained
from pages._shared.run_picker import listed_runs
from pages._shared.server import store
from pages._shared.visitors import visitor
from pages.runs.columns import COLUMNS, shown_table

__all__ = ["table_view"]


@st.fragment
@explained()
def table_view() -> None:
    """Show the runs that this visitor may list."""
    runs = listed_runs(store().list(), visitor())
    if not runs:
        st.info("No runs yet: train one on the Train page.", icon=":material/info:")
        return
    records = store().records(runs.values())
    st.dataframe(
        shown_table(records),
        column_config=COLUMNS,
        hide_index=True,
        placeholder="",
        alt="All runs, a row each",
    )
