"""The columns of the table of runs, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from streamlit.column_config import (
    DatetimeColumn,
    LineChartColumn,
    ListColumn,
    NumberColumn,
    TextColumn,
)

from vae.kinds import CONDITIONAL, KINDS
from vae.preset_notes import PRESET_NOTES
from vae.runs.table import as_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "kind_title", "shown_table"]

NATS = "%.2f"
COLUMNS: dict[str, Any] = {
    "run": TextColumn("Run", pinned=True),
    "tags": ListColumn("Tags"),
    "dataset": TextColumn("Data set"),
    "kind": TextColumn("Model"),
    "recipe": TextColumn("What differs"),
    "epochs": NumberColumn("Epochs"),
    "losses": LineChartColumn("Loss"),
    "reconstruction": NumberColumn("Reconstruction, nats", format=NATS),
    "kl": NumberColumn("KL, nats", format=NATS),
    "elbo": NumberColumn("ELBO, nats", format=NATS),
    "nll": NumberColumn("NLL, nats", format=NATS),
    "frechet_distance": NumberColumn("Fréchet distance", format="%.2f"),
    "active_units": NumberColumn("Active units"),
    "accuracy": NumberColumn("Accuracy", format="percent"),
    "seconds": NumberColumn("Time, s", format="%.0f"),
    "state": TextColumn("State"),
    "created": DatetimeColumn("Created", format="YYYY-MM-DD HH:mm"),
    "note": TextColumn("Note"),
}


def shown_table(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return records as the table on the page: without ids, which open a run for who knows them."""
    table = as_table(records)
    table["run"] = [each["name"] or each["short_id"] for each in records]
    table["kind"] = [kind_title(each["kind"]) for each in records]
    table["recipe"] = [_recipe(each) for each in records]
    return table.loc[:, list(COLUMNS)]


def kind_title(kind: str) -> str:
    """Return what a kind is called in a list, of a conditional one too."""
    name = kind.removeprefix(f"{CONDITIONAL} ")
    title = KINDS[name].title
    return title if name == kind else f"Conditional {title}"


def _recipe(record: dict[str, Any]) -> str:
    """Return the preset and what differs from it, as "Recommended, beta 4"."""
    note = PRESET_NOTES.get(record["preset"])
    return ", ".join(filter(None, [note.title if note else "Custom", record["differs"]]))
