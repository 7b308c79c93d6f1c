"""Figures and settings of the compared runs in one table: the best marked, differences too."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_switch
from pages._shared.persistent import persistent
from vae.evaluation.metric_table import Metric, MetricRow, Value, metric_rows
from vae.figures.overlay_plot import group_style
from vae.runs.differences import SettingRow, setting_rows
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup, seed_groups

__all__ = ["numbers_part"]

HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
ARROWS = {"higher": "↑", "lower": "↓", "": ""}
BETTER = {"higher": "higher is better", "lower": "lower is better", "": ""}


@st.fragment
@address_of_part("numbers")
@explained()
def numbers_part(runs: Sequence[Run]) -> None:
    """Show the figures that were measured, and below them the settings."""
    groups = seed_groups(runs)
    rows = metric_rows(groups)
    table = st.container()
    shows_all = linked_switch("settings", "compare_settings")
    st.toggle(
        "Show all settings",
        help="Also those that are the same for all. Acts at once.",
        **persistent("compare_settings", shows_all),
    )
    settings = [row for row in _settings(groups) if row.differs or shows_all]
    with table:
        _show(groups, rows, settings)
        st.caption(_caption(groups, rows))


def _settings(groups: Sequence[RunGroup]) -> list[SettingRow]:
    """Return the settings of each group: all its runs have the same, but for the seed."""
    rows = setting_rows([group.runs[0] for group in groups])
    seeds = tuple(", ".join(str(run.config.seed) for run in group.runs) for group in groups)
    return [
        row._replace(texts=seeds, differs=len({*seeds}) > 1) if row.name == "seed" else row
        for row in rows
    ]


def _show(
    groups: Sequence[RunGroup], rows: Sequence[MetricRow], settings: Sequence[SettingRow]
) -> None:
    heads = "".join(_head(index, group) for index, group in enumerate(groups))
    span = len(groups) + 1
    body = _section("Test images", span) if rows else ""
    body += "".join(_figures(row) for row in rows)
    body += _section("Settings", span)
    body += "".join(_setting(row) for row in settings)
    if not settings:
        body += f'<tr><td colspan="{span}">All settings are the same.</td></tr>'
    # Its name, role and tab stop: a region that scrolls sideways must be reachable by keys.
    st.html(
        '<div class="beside-room" tabindex="0" role="region" aria-label="Runs beside each other">'
        '<table class="beside"><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(index: int, group: RunGroup) -> str:
    color = group_style(index)["color"]
    return f'<th scope="col"><i style="background:{color}"></i>{html.escape(group.label)}</th>'


def _section(title: str, span: int) -> str:
    return f'<tr class="section"><th scope="rowgroup" colspan="{span}">{title}</th></tr>'


def _figures(row: MetricRow) -> str:
    metric = row.metric
    cells = "".join(_value(metric, value) for value in row.values)
    unit = f"<small>{html.escape(metric.unit)}</small>" if metric.unit else ""
    arrow = ""
    if metric.better:
        said = f'<span style="{HIDDEN}">, {BETTER[metric.better]}</span>'
        arrow = f' <span aria-hidden="true">{ARROWS[metric.better]}</span>{said}'
    return f'<tr><th scope="row">{html.escape(metric.title)}{arrow}{unit}</th>{cells}</tr>'


def _value(metric: Metric, value: Value | None) -> str:
    if value is None:
        return "<td></td>"
    text = format(value.mean, metric.form).replace("-", "−")
    spread = "" if math.isnan(value.spread) else f"<small>± {value.spread:{metric.form}}</small>"
    if not value.is_best:
        return f"<td>{text}{spread}</td>"
    return f'<td class="best">{text}<span style="{HIDDEN}"> (best)</span>{spread}</td>'


def _setting(row: SettingRow) -> str:
    kind = ' class="differs"' if row.differs else ""
    cells = "".join(f"<td>{html.escape(text) or '–'}</td>" for text in row.texts)
    return f'<tr{kind}><th scope="row">{html.escape(row.label)}</th>{cells}</tr>'


def _caption(groups: Sequence[RunGroup], rows: Sequence[MetricRow]) -> str:
    notes = ["↑ higher is better, ↓ lower is better; the best is bold."]
    unfair = [row.metric.title for row in rows if not row.compares and row.metric.better]
    if unfair:
        notes.append(f"No best is marked where figures do not compare: {', '.join(unfair)}.")
    if any(len(group.runs) > 1 for group in groups):
        notes.append("Of several seeds: mean ± standard deviation.")
    if not rows:
        notes = ["Nothing was measured yet: that happens when a run has ended."]
    return " ".join(notes)
