"""What an augmentation study found, as a table: accuracies and paired differences."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import streamlit as st

from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.summary import Cell
from vae.figures.augmentation import METHOD_COLORS
from vae.statistics import Interval

__all__ = ["show_differences"]

STYLE = """<style>
.study { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
.study :is(th, td) { font-weight: 400; text-align: right; padding: 0.25rem 0.6rem;
  vertical-align: top; }
.study thead th { font-size: 0.9rem; line-height: 1.2; vertical-align: bottom; }
.study :is(th, td):first-child { text-align: left; padding-left: 0; }
.study tbody tr { border-top: 1px solid rgb(128 128 128 / 25%); }
.study tr.group th { font-weight: 600; padding-top: 0.7rem; text-align: left; }
.study small { font-size: 0.8rem; white-space: nowrap; margin-left: 0.6em; }
.study .sure { font-weight: 700; }
.study tbody tr:not(.group) th { position: relative; padding-left: 1.3em; }
.study i { position: absolute; left: 0; top: 0.7em; width: 0.75em; height: 0.75em;
  forced-color-adjust: none; }
.study-room { overflow-x: auto; }
@media (max-width: 1100px) { .study small { display: block; margin: 0; } }
/* On a phone a method is a block: its name, and a line a number, which says what it is. */
@media (max-width: 640px) {
  .study, .study :is(tbody, tr, th, td) { display: block; }
  .study thead { position: absolute; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .study tr { padding-block: 0.4rem; }
  .study tr.group { padding-block: 0.6rem 0; }
  .study tbody :is(th, td) { padding-block: 0.1rem; padding-right: 0; }
  .study tbody tr:not(.group) th { padding-top: 0.25rem; }
  .study td { display: grid; grid-template-columns: minmax(0, 1fr) 3.2rem 5.8rem;
    align-items: baseline; }
  .study td { font-size: 0.9rem; padding-left: 1.45em; }
  .study td::before { content: attr(data-head); content: attr(data-head) / ""; text-align: left; }
  .study td.none { display: none; }
}
</style>"""
HEADS = (
    "Method",
    "Accuracy, %",
    "Against real images alone, points",
    "Against classical augmentation, points",
    "Labels that agree, %",
    "Synthetic images",
)
LEGEND = (
    "95 % intervals over the seeds. Differences are paired by seed, in percentage points; bold "
    "ones are more than chance. Labels that agree: the share of synthetic images that a classifier "
    "trained on all labels takes for the class that they were made as."
)


def show_differences(cells: Sequence[Cell], *, name: str) -> None:
    """Show accuracies and paired differences as a table; name: of it, to who hears it."""
    head = "".join(
        f'<th scope="col" role="columnheader">{html.escape(each)}</th>' for each in HEADS
    )
    body = ""
    for per_class in sorted({cell.per_class for cell in cells} - {ALL_LABELS}):
        body += _group(f"{per_class:,} images a class")
        body += "".join(_row(cell) for cell in cells if cell.per_class == per_class)
    if upper := [cell for cell in cells if cell.per_class == ALL_LABELS]:
        body += _group(f"All {upper[0].real:,} training images")
        body += "".join(_row(cell) for cell in upper)
    # All roles are said: Safari forgets those of a table that is laid out as blocks.
    st.html(
        f'{STYLE}<div class="study-room" tabindex="0"><table class="study" role="table" '
        f'aria-label="{html.escape(name)}">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )
    st.caption(LEGEND)


def _group(words: str) -> str:
    return (
        f'<tr class="group" role="row"><th scope="rowgroup" role="rowheader" '
        f'colspan="{len(HEADS)}">{words}</th></tr>'
    )


def _row(cell: Cell) -> str:
    chip = f'<i style="background:{METHOD_COLORS[cell.method]}"></i>'
    title = html.escape(METHODS[cell.method].title)
    values = (
        _fraction(cell.accuracy),
        _difference(cell.over_real),
        _difference(cell.over_classical),
        _fraction(cell.agreement),
        f"{cell.synthetic:,}" if cell.synthetic else "",
    )
    kinds = ("", _sure(cell.over_real), _sure(cell.over_classical), "", "")
    return (
        f'<tr role="row"><th scope="row" role="rowheader">{chip}{title}</th>'
        + "".join(
            _value(words, head, kind)
            for words, head, kind in zip(values, HEADS[1:], kinds, strict=True)
        )
        + "</tr>"
    )


def _value(words: str, head: str, kind: str) -> str:
    kind = kind if words else "none"
    title = html.escape(head.removesuffix(", points"))  # which the legend says
    return f'<td role="cell" class="{kind}" data-head="{title}">{words or "–"}</td>'


def _sure(found: Interval | None) -> str:
    """Return the class of a difference that is more than chance."""
    return "sure" if found is not None and (found.low > 0.0 or found.high < 0.0) else ""


def _fraction(found: Interval | None) -> str:
    return "" if found is None else f"{100 * found.mean:.1f}{_ends(found, '.1f')}"


def _difference(found: Interval | None) -> str:
    return "" if found is None else f"{_signed(100 * found.mean)}{_ends(found, '+.1f')}"


def _ends(found: Interval, form: str) -> str:
    """Return an interval as a second line; a single seed has none."""
    if math.isnan(found.low):
        return "<small>one seed</small>"
    ends = (format(100 * end, form).replace("-", "−") for end in (found.low, found.high))
    return f"<small>{' to '.join(ends)}</small>"


def _signed(points: float) -> str:
    return f"{points:+z.1f}".replace("+0.0", "0.0").replace("-", "−")
