"""Table: all runs, a row each, found by words and filters, named, tagged and deleted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.plain import plain
from pages._shared.run_menu import offer_undo, show_menu_error
from pages._shared.run_picker import choose_run, listed_runs
from pages._shared.server import queue, store
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from pages.runs.acts import show_acts
from pages.runs.columns import as_csv, shown_table
from pages.runs.filters import Filters, choose_filters, clear_filters, filtered
from pages.runs.grid import selected_ids, show_grids
from vae.environment import is_public

__all__ = ["table_view"]

POLL_SECONDS = 5.0
MAX_NAMED = 5  # folders that cannot be read


def table_view() -> None:
    """Show the runs that this visitor may list, again and again while a worker is busy."""
    st.fragment(_table, run_every=POLL_SECONDS if queue().tickets.list() else None)()


@explained()
@address_of_part("runs")
def _table() -> None:
    owner, contents = visitor(), store().read()
    show_menu_error()
    offer_undo(contents.deleted, owner, choose_run)
    runs = listed_runs(contents.runs, owner)
    with stable_position():
        if not runs:
            st.info("No runs yet: train one on the Train page.", icon=":material/info:")
            st.page_link("train/page.py", label="Train", icon=":material/model_training:")
    if not runs:
        return
    records = store().records(runs.values())
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs-filters"):
        filters = choose_filters(records)
        shown = filtered(records, filters)
        st.download_button(
            "CSV",
            data=lambda: as_csv(shown_table(shown)),
            file_name="runs.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            disabled=not shown,
            help="The rows that are shown, for a spreadsheet.",
        )
    selected = [runs[run_id] for run_id in selected_ids([each["id"] for each in shown])]
    with st.container(horizontal=True, vertical_alignment="center", key="runs-acts"):
        if selected:
            show_acts(selected, owner, _every_tag(records))
        else:
            _show_count(len(shown), len(records), filters)
    with stable_position():
        if shown:
            opened = show_grids(shown)
            if opened is not None:
                st.switch_page("train/page.py", query_params={"run": opened, "view": "watch"})
    _show_left_out(contents.left_out)


def _show_count(shown: int, count: int, filters: Filters) -> None:
    if not filters.is_active:
        st.markdown(
            f"**{count:,}** run{'s' * (count != 1)}. Select some to compare or change them."
        )
        return
    st.markdown(f"**{shown:,}** of {count:,} runs")
    st.button("Clear filters", icon=":material/close:", type="tertiary", on_click=clear_filters)


def _every_tag(records: list[dict[str, Any]]) -> list[str]:
    return sorted({tag for record in records for tag in record["tags"]})


def _show_left_out(left_out: dict[str, str]) -> None:
    """Name folders that hold a run and are not in the table, on one's own machine."""
    if not left_out or is_public():  # whoever knows a name can open that run
        return
    count, names = len(left_out), [name.encode(errors="replace").decode() for name in left_out]
    more = f" and {count - MAX_NAMED} more" if count > MAX_NAMED else ""
    folders = "1 folder is" if count == 1 else f"{count:,} folders are"
    st.caption(
        f"{folders} not in the table: {', '.join(map(plain, names[:MAX_NAMED]))}{more}.",
        help="\n\n".join(map(plain, [*left_out.values()][:MAX_NAMED])),
    )
