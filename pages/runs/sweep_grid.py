"""A sweep's heat map as a table: each cell a combination, its colour how good it is."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from pages._components.data_url import as_data_url
from vae.config.settings import setting
from vae.errors import RunError
from vae.images import tile, to_png
from vae.presets import setting_words
from vae.runs.run import Run, open_run
from vae.sweeps.heat_map import Cell, HeatMap
from vae.sweeps.study import Sweep
from vae.sweeps.values import value_text

__all__ = ["show_heat_map"]

SIDE = 3  # rows and columns of samples in a cell
STYLE = """<style>
.sweep-room { overflow-x: auto; }
.sweep { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.sweep-room p { margin: 0 0 0.4rem; }
.sweep th { font-weight: 400; text-align: right; padding: 0.2rem 0.6rem 0.2rem 0; }
.sweep thead th { text-align: center; padding: 0 0 0.2rem; }
.sweep td { min-width: 8rem; height: 4.4rem; text-align: center; border-radius: 4px;
    padding: 0.25rem 0.4rem; line-height: 1.25; position: relative;
    background: color-mix(in oklab, #14b8a6 calc(var(--good) * 42%), var(--ground));
    border: 1px solid color-mix(in oklab, currentcolor 18%, transparent); }
.sweep td.best { outline: 2px solid currentcolor; outline-offset: -2px; font-weight: 700; }
.sweep td.empty { background: none; border-style: dashed; }
.sweep td a { color: inherit; text-decoration: none; display: block; }
.sweep td a:hover, .sweep td a:focus-visible { text-decoration: underline; }
.sweep td small { display: block; font-size: 0.85em; font-weight: 400; }
.sweep td img { width: 7rem; image-rendering: pixelated; display: block; margin: 0 auto 0.2rem; }
</style>"""


def show_heat_map(sweep: Sweep, board: HeatMap, unit: str, *, samples: bool) -> None:
    """Show the table. samples: pictures of each combination's first run, beside its number."""
    head = "".join(
        f'<th scope="col">{html.escape(value_text(value))}</th>' for value in board.columns
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(_row_name(board, value))}</th>'
        + "".join(_cell(sweep, cell, samples=samples) for cell in cells)
        + "</tr>"
        for value, cells in zip(board.rows, board.cells, strict=True)
    )
    across = html.escape(setting(board.across).label)
    down = f"; rows: {html.escape(setting(board.down).label)}" if board.down else ""
    st.html(
        f'{STYLE}<div class="sweep-room" tabindex="0" role="region" aria-label="Heat map">'
        f'<p>{html.escape(unit)}; columns: {across}{down}</p><table class="sweep">'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row_name(board: HeatMap, value: Any) -> str:
    return setting_words(board.down, value) if board.down else ""


def _cell(sweep: Sweep, cell: Cell, *, samples: bool) -> str:
    if not cell.planned:
        return '<td class="empty">left out</td>'
    run = _run(sweep, cell)
    picture = _samples(run) if samples and run is not None else ""
    if not cell.values:
        return f'<td class="empty">{picture}<small>{_state(run)}</small></td>'
    is_partial = len(cell.values) < len(cell.planned)
    spread = f"± {cell.spread:.2f}" if len(cell.values) > 1 else ""
    counted = f"{len(cell.values)} of {len(cell.planned)} seeds" if is_partial else ""
    text = (
        f"{_signed(cell.mean)}<small>{spread}{' · ' if spread and counted else ''}{counted}</small>"
    )
    link = "" if run is None else f' href="latent?run={html.escape(run.id)}" target="_self"'
    best = ' class="best"' if cell.goodness == 1.0 else ""
    good = cell.goodness or 0.0
    return f'<td{best} style="--good:{good:.3f}"><a{link}>{picture}{text}</a></td>'


def _signed(value: float) -> str:
    return f"{value:,.2f}".replace("-", "−")


def _run(sweep: Sweep, cell: Cell) -> Run | None:
    for planned in cell.planned:
        try:
            run = open_run(sweep.run_path(planned))
        except RunError:
            continue
        if not run.metadata.deleted:
            return run
    return None


def _state(run: Run | None) -> str:
    if run is None:
        return "waits"
    if run.state == "training":
        epoch = run.status.get("epoch", 0)
        return f"epoch {epoch} of {run.epochs}"
    return html.escape(str(run.state))


def _samples(run: Run) -> str:
    """Return a picture of a run's samples from its fixed z; "" where it has none."""
    epochs = run.snapshot_epochs
    if not epochs or not run.config.has("decoder"):
        return ""
    return _picture(str(run.path), epochs[-1])


@st.cache_data(show_spinner=False, max_entries=500)
def _picture(path: str, epoch: int) -> str:
    images = open_run(path).snapshot(epoch)["samples"][: SIDE**2]
    if len(images) < SIDE**2:
        return ""
    png = to_png(tile(images, SIDE, SIDE))
    return f'<img alt="samples" src="{as_data_url(png)}">'
