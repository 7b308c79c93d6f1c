"""Bars as a table: each number stands beside its bar, at the size of text, without a script.

A chart of Plotly says them under a mouse alone, and its bundle took more of a page's load than all
else on it together.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from vae.figures.bars import Bars

__all__ = ["show_bars"]

STYLE = """<style>
.bars { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
/* The names have the room that the longest of them needs, and the bars all the rest. */
.bars { table-layout: fixed; }
.bars thead th:first-child { width: calc(min(var(--names) * 1ch, 40cqw) + 0.6rem); }
.bars caption { text-align: left; padding-bottom: 0.3rem; font-size: 0.9rem; }
.bars caption i { width: 0.8em; height: 0.8em; display: inline-block; margin: 0 0.3em 0 0.8em; }
.bars th { font-weight: 400; text-align: right; padding: 0 0.6rem 0 0; line-height: 1.2; }
.bars thead th { text-align: left; font-size: 0.9rem; padding-bottom: 0.2rem; }
.bars thead th:first-child { text-align: right; }
.bars tbody th { overflow-wrap: anywhere; }
.bars tbody th, .bars td { height: 1.55rem; }
.bars td { padding: 0; }
.bars td:nth-child(3) { padding-left: 1rem; }
.bars td > div { display: flex; align-items: center; padding-right: 3.6rem; }
.bars td i { height: 1.05rem; flex: none; forced-color-adjust: none; }
.bars td b { font-weight: 400; margin: 0 -3.6rem 0 0.4rem; font-size: 0.9rem; }
.bars .other i { opacity: 0.55; }
.bars .own :is(th, b) { font-weight: 700; }
.bars-room { container-type: inline-size; }
/* Of many rows some are in sight, and the head stays. */
.bars-room.many { max-height: min(31rem, 80dvh); overflow-y: auto; }
.bars-room.many thead th { position: sticky; top: 0; background: var(--ground); }
@container (max-width: 15rem) { /* no room for bars: numbers alone */
    .bars td i { display: none; }
    .bars td > div { padding: 0; }
    .bars td b { margin: 0; }
}
</style>"""
MAX_LETTERS = 32
MANY_ROWS = 16
HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def show_bars(bars: Bars, *, name: str) -> None:
    """Show bars; name: what the table is called by who reads it aloud."""
    heads = [bars.along, bars.unit] if bars.is_stacked else [bars.along, *_titles(bars)]
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in heads)
    rows = "".join(_row(bars, index) for index in range(len(bars.names)))
    many = ' many" tabindex="0' * (len(bars.names) > MANY_ROWS)
    st.html(
        f'{STYLE}<div class="bars-room{many}" style="--names:{_letters(bars)}">'
        f'<table class="bars" aria-label="{html.escape(name)}">'
        f"{_legend(bars)}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _letters(bars: Bars) -> int:
    """Return the letters of a line of names; what stands above them may take two lines."""
    return min(MAX_LETTERS, max(*map(len, bars.names), len(bars.along) // 2 + 2, 1) + 1)


def _titles(bars: Bars) -> list[str]:
    """Return what stands above each series: its name where there are several, else the unit."""
    return [each.name for each in bars.series] if len(bars.series) > 1 else [bars.unit]


def _legend(bars: Bars) -> str:
    if not bars.is_stacked:
        return ""
    chips = "".join(
        f'<i style="background:{each.color};forced-color-adjust:none"></i>{html.escape(each.name)}'
        for each in bars.series
    )
    return f"<caption>{chips}</caption>"


def _row(bars: Bars, index: int) -> str:
    values = [series.values[index] for series in bars.series]
    colors = [bars.row_colors[index] if bars.row_colors else each.color for each in bars.series]
    groups = [range(len(values))] if bars.is_stacked else [[each] for each in range(len(values))]
    cells = "".join(
        _cell(bars, [values[each] for each in group], [colors[each] for each in group])
        for group in groups
    )
    kind = "" if bars.own is None else "own" if index == bars.own else "other"
    heading = html.escape(bars.names[index])
    return f'<tr class="{kind}"><th scope="row">{heading}</th>{cells}</tr>'


def _cell(bars: Bars, values: Sequence[float], colors: Sequence[str]) -> str:
    """Return bars one after the other, and their sum as a number."""
    parts = "".join(
        f'<i style="width:{100 * value / bars.longest:.2f}%;background:{color}"></i>'
        for value, color in zip(values, colors, strict=True)
    )
    said = ""
    if len(values) > 1:
        named = zip(bars.series, values, strict=True)
        words = ", ".join(f"{each.name} {value:{bars.form}}" for each, value in named)
        said = f'<span style="{HIDDEN}"> ({html.escape(words)})</span>'
    return f"<td><div>{parts}<b>{sum(values):{bars.form}}{said}</b></div></td>"
