"""The table of runs in the browser, wide or as narrow as a phone, and which rows are selected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.column_config import ButtonColumn, TextColumn

from pages.runs.columns import columns_of, recipe, shown_table, tags_of, title_of

__all__ = ["selected_ids", "show_grids"]

SELECTED = "runs_selected"  # in the session: ids
USED = "runs_table_used"  # in the session: the table where they were selected
ROW, NARROW_ROW = 35, 86  # pixels
OPEN = ":material/arrow_forward:"
STYLE = """
<style>
/* As high with buttons as without them. */
.st-key-runs-acts { min-height: 2.5rem; gap: 0.75rem; }
/* A phone has a table of its own, whose rows are as wide as the screen. */
.st-key-runs-narrow { display: none; }
@media (max-width: 40em) {
    .st-key-runs-narrow { display: flex; }
    .st-key-runs-wide { display: none; }
}
</style>
"""


def selected_ids(shown: Iterable[str]) -> list[str]:
    """Return the ids of the selected runs, of those that are shown."""
    there = {*shown}
    return [run_id for run_id in st.session_state.get(SELECTED, ()) if run_id in there]


def show_grids(records: Sequence[dict[str, Any]]) -> str | None:
    """Show the runs, a row each; return the id of one that was just clicked, to be opened."""
    st.html(STYLE)
    ids = [record["id"] for record in records]
    wide, narrow = _key("wide", ids), _key("narrow", ids)
    with st.container(key="runs-wide"):
        _grid("wide", wide, shown_table(records), columns_of(f"{wide}-open"), ids, ROW)
    with st.container(key="runs-narrow"):
        columns = {
            "run": TextColumn("Run", width=225),
            "open": ButtonColumn("Open", width=60, type="tertiary", key=f"{narrow}-open"),
        }
        rows = [{"run": _in_words(record), "open": OPEN} for record in records]
        _grid("narrow", narrow, rows, columns, ids, NARROW_ROW)
    clicks = (st.session_state.get(f"{key}-open") for key in (wide, narrow))
    return next((ids[click.row] for click in clicks if click is not None), None)


def _grid(
    name: str, key: str, data: Any, columns: dict[str, Any], ids: list[str], row_height: int
) -> None:
    st.dataframe(
        data,
        key=key,
        height=min(len(ids), 600 // row_height) * row_height + ROW + 2,
        column_config=columns,
        column_order=list(columns),
        row_height=row_height,
        hide_index=True,
        placeholder="",
        on_select=partial(_select, name, key, ids),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(each) for each in selected_ids(ids)]}},
        alt="Runs, a row each",
    )


def _key(name: str, ids: Sequence[str]) -> str:
    """Return the key of a table of these runs in this order.

    Others have another one: rows are known by their position, and a message that was sent before
    a run came or went must not select its neighbour. What is selected in one of the two tables is
    selected in the other by a new key as well: set from here, it would come back as a choice.
    """
    parts = [*ids, "", *selected_ids(ids)] if name != st.session_state.get(USED, name) else ids
    return f"runs-{name}-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:16]}"


def _select(name: str, key: str, ids: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[SELECTED] = [ids[row] for row in rows if row < len(ids)]
    st.session_state[USED] = name


def _in_words(record: dict[str, Any]) -> str:
    """Return in a few words what a run is and how good."""
    figures = {"ELBO": "elbo", "reconstruction": "reconstruction", "accuracy": "accuracy"}
    found = [
        f"{name} {record[key]:.2f}" for name, key in figures.items() if record[key] is not None
    ][:1]
    words = [
        title_of(record),
        f"{record['dataset']} · {recipe(record)}",
        *(record["state"], *found, *tags_of(record)),
    ]
    return " · ".join(words)
