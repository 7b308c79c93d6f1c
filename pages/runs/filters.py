"""Which runs the table shows, and in which order: the address holds what is chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import streamlit as st

from pages._shared.linked import linked, linked_choice
from pages._shared.persistent import persistent
from pages.runs.columns import kind_title, recipe, tags_of
from vae.kinds import KINDS
from vae.runs.schema import RunState

__all__ = ["Filters", "choose_filters", "clear_filters", "filtered"]

Record = dict[str, Any]
MAX_SEARCH = 100  # letters
SEARCH = "runs_search"  # in the session, as are those of `FIELDS`
# Their titles and names in the address, and the values that a run has of each.
FIELDS: dict[str, tuple[str, str, Callable[[Record], list[str]]]] = {
    "runs_datasets": ("Data set", "data", lambda record: [record["dataset"]]),
    "runs_kinds": ("Model", "kind", lambda record: [kind_title(record["kind"])]),
    "runs_states": ("State", "state", lambda record: [record["state"]]),
    "runs_tags": ("Tags", "tag", lambda record: tags_of(record)),
}
# What is sorted by, and whether the largest comes first; runs without it come last.
ORDERS: dict[str, tuple[str, bool]] = {
    "Newest first": ("", False),  # as they are listed
    "Name": ("name", False),
    "Lowest reconstruction": ("reconstruction", False),
    "Lowest KL": ("kl", False),
    "Highest ELBO": ("elbo", True),
    "Lowest NLL": ("nll", False),
    "Lowest Fréchet distance": ("frechet_distance", False),
    "Highest accuracy": ("accuracy", True),
    "Longest training": ("seconds", True),
}


class Filters(NamedTuple):
    """What is searched for, the values that are chosen of each field (none: all), the order."""

    search: str
    chosen: dict[str, list[str]]
    order: str

    @property
    def is_active(self) -> bool:
        """Whether any run is left out."""
        return bool(self.search or any(self.chosen.values()))


def choose_filters(records: Sequence[Record]) -> Filters:
    """Show the fields and return what is chosen."""
    filters = Filters(
        linked("q", SEARCH, "", lambda text: text[:MAX_SEARCH].strip()),
        {where: _several(where, records) for where in FIELDS},
        linked_choice("sort", "runs_order", ORDERS),
    )
    st.text_input(
        "Search",
        placeholder="Search",
        icon=":material/search:",
        max_chars=MAX_SEARCH,
        label_visibility="collapsed",
        help="In names, tags, notes, data sets and settings. All of the words have to be there.",
        **persistent(SEARCH, filters.search),
    )
    count = sum(map(bool, filters.chosen.values()))
    with st.popover(
        f"Filter · {count}" if count else "Filter", icon=":material/filter_list:", key="runs-filter"
    ):
        for where, (title, _, _) in FIELDS.items():
            st.multiselect(
                title,
                _options(where, records),
                placeholder="All",
                **persistent(where, filters.chosen[where]),
            )
    st.selectbox(
        "Order",
        list(ORDERS),
        label_visibility="collapsed",
        width=240,
        help="The order of the rows, which the link remembers. A click on a column sorts by that.",
        **persistent("runs_order", filters.order),
    )
    return filters


def clear_filters() -> None:
    """Choose nothing of each, from the next script run on."""
    for where in (SEARCH, *FIELDS):
        st.session_state.pop(where, None)


def filtered(records: Iterable[Record], filters: Filters) -> list[Record]:
    """Return the records that fit, in the order that is chosen."""
    words = filters.search.casefold().split()
    found = [
        record
        for record in records
        if all(
            not chosen or {*chosen} & {*FIELDS[where][2](record)}
            for where, chosen in filters.chosen.items()
        )
        and all(word in _text(record) for word in words)
    ]
    column, largest_first = ORDERS[filters.order]
    if not column:
        return found
    if column == "name":
        return sorted(found, key=lambda record: (record["name"] or record["short_id"]).casefold())
    sign = -1.0 if largest_first else 1.0
    return sorted(
        found,
        key=lambda record: math.inf if record[column] is None else sign * record[column],
    )


def _text(record: Record) -> str:
    """Return what is searched in."""
    parts = (record["name"], record["short_id"], record["note"], recipe(record), *tags_of(record))
    others = (record["dataset"], kind_title(record["kind"]), record["state"])
    return "\n".join((*parts, *others)).casefold()


def _options(where: str, records: Sequence[Record]) -> list[str]:
    """Return the values that there are to choose from."""
    if where == "runs_states":  # all of them: a run that ends must not take a choice away
        return [str(state) for state in RunState]
    if where == "runs_kinds":
        there = {record["kind"] for record in records}
        return [kind_title(kind) for kind in (*KINDS, *sorted(there - KINDS.keys()))]
    return sorted({value for record in records for value in FIELDS[where][2](record)})


def _several(where: str, records: Sequence[Record]) -> list[str]:
    """Return the chosen values of a field; the address has them with commas between."""
    options = {*_options(where, records)}

    def read(text: str) -> list[str]:
        return [value for value in map(unquote, text.split(",")) if value in options]

    def write(chosen: list[str]) -> str:
        return ",".join(quote(value, safe=" /") for value in chosen)

    return linked(FIELDS[where][1], where, [], read, write)
