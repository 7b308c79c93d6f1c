"""The columns of the table of runs, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from streamlit.column_config import (
    ButtonColumn,
    DatetimeColumn,
    LineChartColumn,
    ListColumn,
    NumberColumn,
    TextColumn,
)

from pages._shared.glossary import help_of
from vae.kinds import CONDITIONAL, KINDS
from vae.preset_notes import PRESET_NOTES
from vae.runs.table import as_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_csv", "columns_of", "kind_title", "recipe", "shown_table", "tags_of", "title_of"]

OF_TEST_IMAGES = "Of test images, measured when a run ends."
BUILT_IN = "built-in"
OPTIONAL = ("tags", "note", "accuracy")  # shown where a run has one


def columns_of(open_key: str) -> dict[str, Any]:
    """Return the columns by name; a click on a run's name is in the session under this key."""
    return {
        "run": ButtonColumn(
            "Run",
            pinned=True,
            width=230,
            alignment="left",
            type="tertiary",
            key=open_key,
            help="Click a name to open the run.",
        ),
        "tags": ListColumn("Tags", width=115),
        "dataset": TextColumn("Data set", width=85),
        "kind": TextColumn("Model", width=150),
        "recipe": TextColumn(
            "What differs", width=205, help="The preset, and the settings that differ from it."
        ),
        "state": TextColumn("State", width=92),
        "losses": LineChartColumn(
            "Loss",
            width=85,
            help="After each epoch: of validation, or of training where there is none.",
        ),
        "elbo": _figure("ELBO, nats", "ELBO"),
        "nll": _figure("NLL, nats", "log-likelihood"),
        "reconstruction": _figure("Reconstruction, nats", "reconstruction"),
        "kl": _figure("KL, nats", "KL"),
        "frechet_distance": _figure("Fréchet distance", "Fréchet distance"),
        "active_units": NumberColumn("Active units", help=_explained("active unit")),
        "accuracy": NumberColumn("Accuracy", format="percent", help=OF_TEST_IMAGES),
        "epochs": NumberColumn("Epochs"),
        "seconds": NumberColumn("Time, s", format="%.0f", help="Of training."),
        "created": DatetimeColumn("Created", format="YYYY-MM-DD HH:mm"),
        "note": TextColumn("Note", width=300),
    }


def shown_table(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return records as the table on the page.

    It is without ids, which open a run for who knows them, and without columns that would be empty.
    """
    table = as_table(records)
    table["run"] = [title_of(each) for each in records]
    table["tags"] = [tags_of(each) for each in records]
    table["kind"] = [kind_title(each["kind"]) for each in records]
    table["recipe"] = [recipe(each) for each in records]
    shown = [
        name
        for name in columns_of("")
        if name not in OPTIONAL or any(table[name].notna() & table[name].astype(bool))
    ]
    return table.loc[:, shown]


def as_csv(table: pd.DataFrame) -> bytes:
    """Return a shown table as CSV; a text that a spreadsheet would calculate has a quote ahead."""
    table = table.drop(columns="losses")
    if "tags" in table:
        table["tags"] = [", ".join(tags) for tags in table["tags"]]
    texts = table.select_dtypes(exclude=["number", "datetimetz"]).columns
    for name in texts:
        table[name] = [
            f"'{text}" if text[:1] in ("=", "+", "-", "@") else text for text in table[name]
        ]
    return table.to_csv(index=False).encode()


def title_of(record: dict[str, Any]) -> str:
    """Return what a run is called: its name, or what tells it apart."""
    return record["name"] or record["short_id"]


def tags_of(record: dict[str, Any]) -> list[str]:
    """Return a run's tags, and of a shipped one that it is."""
    return [*([BUILT_IN] if record["built_in"] else ()), *record["tags"]]


def kind_title(kind: str) -> str:
    """Return what a kind is called in a list, of a conditional one too."""
    name = kind.removeprefix(f"{CONDITIONAL} ")
    title = KINDS[name].title
    return title if name == kind else f"Conditional {title}"


def recipe(record: dict[str, Any]) -> str:
    """Return the preset and what differs from it, as "Recommended, beta 4"."""
    note = PRESET_NOTES.get(record["preset"])
    return ", ".join(filter(None, [note.title if note else "Custom", record["differs"]]))


def _figure(title: str, word: str) -> Any:
    return NumberColumn(title, format="%.2f", help=_explained(word))


def _explained(word: str) -> str:
    return f"{OF_TEST_IMAGES} {help_of(word)}"
