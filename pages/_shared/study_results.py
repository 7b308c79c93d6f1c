"""What an augmentation study found: a verdict in words, lines, and a table of differences."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages._components.still_chart import still_chart
from pages._shared.wide_layout import wrapping_columns
from vae.augmentation.headline import headline
from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.study import Study
from vae.augmentation.summary import Cell
from vae.figures.augmentation import METHOD_COLORS, augmentation_chart
from vae.files import file_version
from vae.statistics import Interval
from vae.studies.layout import ROWS

__all__ = ["cells_of", "show_accuracy", "show_differences", "show_findings", "show_verdict"]

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
@media (max-width: 640px) {
  .study { font-size: 0.85rem; }
  .study :is(th, td) { padding-inline: 0.3rem; }
  .study thead th { font-size: 0.72rem; }
  .study small { font-size: 0.7rem; }
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


def cells_of(study: Study) -> list[Cell]:
    """Return a study's summary, computed anew only when there are new rows."""
    return _summary(study, str(study.path), file_version(study.path / ROWS))


@st.cache_data(show_spinner=False, max_entries=50)
def _summary(_study: Study, path: str, version: tuple[int, int]) -> list[Cell]:
    return _study.summary()


def show_findings(
    cells: Sequence[Cell], data_title: str, test_images: int, *, key: str, name: str
) -> None:
    """Show verdict and accuracies side by side, and the table below.

    data_title: Markdown. key: of the figure. name: of the table, to who hears it.
    """
    left, right = wrapping_columns([1, 2], key=key, gap="large")
    with left:
        show_verdict(cells, data_title)
    with right:
        show_accuracy(cells, test_images, key=key)
    show_differences(cells, name=name)


def show_verdict(cells: Sequence[Cell], data_title: str) -> None:
    """Say in a sentence or two where synthetic images help, and where they do not."""
    verdict, on_top = headline(cells)
    st.markdown(f"**{data_title}: {_lowered(verdict)}**")
    if on_top:
        st.markdown(on_top)


def show_accuracy(cells: Sequence[Cell], test_images: int, *, key: str) -> None:
    """Draw the accuracies of all methods over the number of images a class."""
    chart = augmentation_chart(cells)
    chart.update_yaxes(title_text=f"accuracy on {test_images:,} test images, %")
    lines: Any = chart.data  # whose type is not known to checkers
    for line in lines:
        if line.customdata is not None:  # the number of images, beside which a point may lie
            line.hovertext = [
                f"{number:,} a class: {y:.1f} %"
                + (f" ({low:.1f} to {high:.1f})" if high > low else "")  # one seed has none
                for (number, low, high), y in zip(line.customdata, line.y, strict=True)
            ]
    still_chart(
        chart,
        name="Accuracy of each method over the number of labelled images a class",
        key=key,
        numbers=False,
    )


def show_differences(cells: Sequence[Cell], *, name: str) -> None:
    """Show accuracies and paired differences as a table; name: of it, to who hears it."""
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in HEADS)
    body = ""
    for per_class in sorted({cell.per_class for cell in cells} - {ALL_LABELS}):
        body += _group(f"{per_class:,} images a class")
        body += "".join(_row(cell) for cell in cells if cell.per_class == per_class)
    if upper := [cell for cell in cells if cell.per_class == ALL_LABELS]:
        body += _group(f"All {upper[0].real:,} training images")
        body += "".join(_row(cell) for cell in upper)
    st.html(
        f'{STYLE}<div class="study-room" tabindex="0"><table class="study" '
        f'aria-label="{html.escape(name)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    st.caption(LEGEND)


def _group(words: str) -> str:
    return f'<tr class="group"><th scope="rowgroup" colspan="{len(HEADS)}">{words}</th></tr>'


def _row(cell: Cell) -> str:
    chip = f'<i style="background:{METHOD_COLORS[cell.method]}"></i>'
    title = html.escape(METHODS[cell.method].title)
    synthetic = f"{cell.synthetic:,}" if cell.synthetic else "–"
    return (
        f'<tr><th scope="row">{chip}{title}</th>'
        f"{_share(cell.accuracy)}{_difference(cell.over_real)}"
        f"{_difference(cell.over_classical)}{_share(cell.agreement)}<td>{synthetic}</td></tr>"
    )


def _share(found: Interval | None) -> str:
    if found is None:
        return "<td>–</td>"
    return f"<td>{100 * found.mean:.1f}{_ends(found, '.1f')}</td>"


def _difference(found: Interval | None) -> str:
    if found is None:
        return "<td>–</td>"
    is_sure = found.low > 0.0 or found.high < 0.0
    kind = ' class="sure"' if is_sure else ""
    return f"<td{kind}>{_signed(100 * found.mean)}{_ends(found, '+.1f')}</td>"


def _ends(found: Interval, form: str) -> str:
    """Return an interval as a second line; a single seed has none."""
    if math.isnan(found.low):
        return "<small>one seed</small>"
    ends = (format(100 * end, form).replace("-", "−") for end in (found.low, found.high))
    return f"<small>{' to '.join(ends)}</small>"


def _signed(points: float) -> str:
    return f"{points:+z.1f}".replace("+0.0", "0.0").replace("-", "−")


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]
