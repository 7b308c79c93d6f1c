"""How a classifier confuses classes, as a table: rows are classes, columns what it says."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from vae.figures.class_looks import MANY
from vae.figures.colors import HUES
from vae.runs.run import Run

__all__ = ["OF_TEST_IMAGES", "confusion_of", "show_confusion"]

STYLE = """<style>
/* As wide as its place, so that nothing lies empty beside it. */
.confusion { width: 100%; border-collapse: collapse; font-size: 0.85rem; }
.confusion { font-variant-numeric: tabular-nums; }
.confusion caption { text-align: left; padding-bottom: 0.3rem; font-size: 0.9rem; }
.confusion :is(th, td) { text-align: right; padding: 0.15rem 0.25rem; font-weight: 400; }
.confusion td { min-width: 1.7rem; }
.confusion .none { opacity: 0.65; }
/* Long names stand upright, so that all columns have room. */
.confusion thead .upright { vertical-align: bottom; }
.confusion thead .upright span { writing-mode: vertical-rl; transform: rotate(180deg); }
.confusion-room { overflow-x: auto; container-type: inline-size; }
/* All columns alike, where the numbers have room in them. */
@container (min-width: 25rem) {
    .confusion:not(:has(.upright)) { table-layout: fixed; }
    .confusion:not(:has(.upright)) thead th:first-child { width: 1.6rem; }
}
/* Of many classes the heads stay in sight, and what never happens leaves its place empty. */
.confusion-room.many { max-height: 85dvh; overflow: auto; }
.confusion-room.many .confusion {
    table-layout: auto !important;
    width: auto;
    border-collapse: separate;
    border-spacing: 0;
    td { min-width: 2rem; border: 0 solid rgb(128 128 128 / 15%); border-width: 0 1px 1px 0; }
    .none { color: transparent; }
    th { background: var(--ground); position: sticky; }
    thead th { top: 0; z-index: 1; }
    tbody th, thead th:first-child { left: 0; }
    thead th:first-child { z-index: 2; }
}
@media (forced-colors: active) {
    .confusion td { forced-color-adjust: none; color: CanvasText; }
}
</style>"""
OF_TEST_IMAGES = "Test images: each row a class, each column what the classifier says"
LONG_NAME = 3  # letters that stand above a column of numbers
RIGHT, WRONG = HUES["accuracy"], HUES["reconstruction"]


def confusion_of(run: Run) -> np.ndarray | None:
    """Return the counts of the test images (classes, classes); None while there are none."""
    rows = run.classifier_metrics.get("confusion", [])
    if [len(row) for row in rows] != [run.classes] * run.classes:
        return None
    return np.array(rows)


def show_confusion(counts: np.ndarray, names: Sequence[str], caption: str) -> None:
    """Show counts (classes, classes); the deeper a color, the larger a part of its row."""
    upright = ' class="upright"' * any(len(name) > LONG_NAME for name in names)
    head = "".join(
        f'<th scope="col"{upright}><span>{html.escape(name)}</span></th>' for name in names
    )
    many = " many" * (len(names) > MANY)
    rows = "".join(_row(label, counts[label], name) for label, name in enumerate(names))
    st.html(
        f'{STYLE}<div class="confusion-room{many}" tabindex="0"><table class="confusion">'
        f"<caption>{html.escape(caption)}</caption>"
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(label: int, counts: np.ndarray, name: str) -> str:
    total = max(int(counts.sum()), 1)
    cells = "".join(
        _cell(int(count), int(count) / total, RIGHT if said == label else WRONG)
        for said, count in enumerate(counts)
    )
    return f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>'


def _cell(count: int, fraction: float, hue: str) -> str:
    if not count:
        return '<td class="none">0</td>'
    # Rare confusions are what one looks for: the root makes them visible.
    percent = 100 * 0.6 * fraction**0.5
    color = f"color-mix(in srgb, {hue} {percent:.0f}%, transparent)"
    return f'<td style="background:{color}">{count:,}</td>'
