"""A sweep's board: how far it is, a metric over two settings, what mattered, more values."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.bars import show_bars
from pages._shared.guard import explained, show_error
from pages._shared.linked import linked_choice
from pages._shared.number_field import number_field
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import dataset as images_of
from pages._shared.server import queue
from pages._shared.study_announcement import announce_study
from pages._shared.study_progress import is_under_way, show_study_controls, show_study_progress
from pages.runs.sweep_form import MAX_SEEDS, values_field
from pages.runs.sweep_grid import show_heat_map
from vae.config.settings import setting
from vae.errors import VAEError
from vae.figures.bars import Bars, BarSeries
from vae.runs.layout import CONFIG
from vae.runs.run import open_run
from vae.runs.schema import RunState
from vae.server.durations import time_in_words
from vae.server.sweep_cost import sweep_cost
from vae.sweeps.heat_map import heat_map
from vae.sweeps.results import LARGER_IS_BETTER, METRICS, best_run, importances, is_ranked
from vae.sweeps.schema import Metric
from vae.sweeps.study import Sweep
from vae.sweeps.values import value_text

__all__ = ["METRIC_TITLES", "sweep_board"]

POLL_SECONDS = 1.0
METRIC_TITLES: dict[Metric, str] = {
    "elbo": "ELBO, nats per image",
    "loss": "Loss, nats per image",
    "reconstruction": "Reconstruction, nats per image",
    "kl": "KL, nats per image",
    "active_units": "Active units",
    "accuracy": "Accuracy",
    "discriminator_loss": "Discriminator loss, nats per image",
}
MAX_OPENED = 20  # runs that may train: the first that are left
NUMBER, PICTURES = "Numbers", "Numbers and samples"
HUE = "#0d9488"


def sweep_board(sweep: Sweep) -> None:
    """Show a sweep, also while it runs."""
    active = is_under_way(sweep)

    @st.fragment(run_every=POLL_SECONDS if active else None)
    @explained()
    @address_of_part("sweep")
    def watch() -> None:
        if is_under_way(sweep) != active:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            show_study_controls(sweep)
            with st.container(width="stretch"):
                show_study_progress(sweep, lambda: _now(sweep))
        _heat_map(sweep)
        announce_study(sweep)

    watch()
    if not active:
        _extend(sweep)


def _now(sweep: Sweep) -> str:
    """Say how long it still takes, and what trains."""
    left = [sweep.run_path(planned) for planned in sweep.left()]
    runs = [open_run(path) for path in left[:MAX_OPENED] if (path / CONFIG).exists()]
    training = [run for run in runs if run.state == RunState.TRAINING]
    names = ", ".join(run.metadata.name for run in training[:2])
    time_left = time_in_words(sweep_cost(sweep).seconds)
    return f"about {time_left} left{f' · {plain(names)}' * bool(names)}"


def _heat_map(sweep: Sweep) -> None:
    rows, names = sweep.rows, sweep.names
    known: list[Metric] = [name for name in METRICS if any(name in row["metrics"] for row in rows)]
    metric: Metric = "elbo"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if known:
            metric = linked_choice("metric", "sweep_metric", tuple(known))
            st.selectbox(
                "Metric of the test images", known, format_func=METRIC_TITLES.__getitem__,
                width=280, help="What the table shows. Acts at once.",
                **persistent("sweep_metric", metric),
            )  # fmt: skip
        across, down, fixed = _axes(sweep, names)
        shown = linked_choice("show", "sweep_show", (NUMBER, PICTURES))
        st.segmented_control(
            "Show", (NUMBER, PICTURES), required=True,
            help="Samples are from the same random codes in all runs of one latent dimension. "
            "Acts at once.",
            **persistent("sweep_show", shown),
        )  # fmt: skip
    ranked = is_ranked(metric, names)
    board = heat_map(sweep.plan.runs, rows, metric, across, down, fixed, ranked=ranked)
    show_heat_map(sweep, board, METRIC_TITLES[metric], samples=shown == PICTURES)
    if not known:
        return
    if not ranked:
        st.markdown(
            f"No best is marked: {METRIC_TITLES[metric].split(',')[0]} is not the same quantity "
            "over these settings, or neither more nor less of it is better."
        )
        _importances(sweep, metric)
        return
    better = "larger" if metric in LARGER_IS_BETTER else "smaller"
    best = best_run(rows, metric)
    words = ", ".join(f"{setting(n).label} {value_text(best['settings'][n])}" for n in names)
    seeds = sweep.settings["seeds"]
    of_seeds = f", by the means over {seeds} seeds" if seeds > 1 else ""
    st.markdown(f"Best so far: **{plain(words)}** ({better} is better{of_seeds}).")
    _importances(sweep, metric)


def _axes(sweep: Sweep, names: list[str]) -> tuple[str, str, dict[str, Any]]:
    """Return the settings of columns and rows, and the chosen values of the others."""
    if len(names) < 2:
        return names[0], "", {}
    across = linked_choice("across", "sweep_across", names)
    st.selectbox(
        "Columns", names, format_func=lambda name: setting(name).label, width=200,
        help="The setting whose values stand side by side. Acts at once.",
        **persistent("sweep_across", across),
    )  # fmt: skip
    others = [name for name in names if name != across]
    down = linked_choice("down", "sweep_down", others) if len(others) > 1 else others[0]
    if len(others) > 1:
        st.selectbox(
            "Rows", others, format_func=lambda name: setting(name).label, width=200,
            help="The setting whose values stand below one another. Acts at once.",
            **persistent("sweep_down", down),
        )  # fmt: skip
    fixed: dict[str, Any] = {}
    for name in others:
        if name == down:
            continue
        values = {value_text(value): value for value in sweep.grid[name]}
        text = linked_choice(name, f"sweep_fixed_{name}", tuple(values))
        st.selectbox(
            setting(name).label, list(values), width=160,
            help="The table is of runs with this value. Acts at once.",
            **persistent(f"sweep_fixed_{name}", text),
        )  # fmt: skip
        fixed[name] = values[text]
    return across, down, fixed


def _importances(sweep: Sweep, metric: Metric) -> None:
    """Show which setting explains how much of the metric's variance, where there are several."""
    fractions = importances(sweep.rows, sweep.grid, metric)
    if len(fractions) < 2:
        return
    st.subheader("Which setting mattered")
    names = tuple(setting(name).label for name in fractions)
    series = BarSeries("variance", tuple(100 * each for each in fractions.values()), HUE)
    show_bars(
        Bars("setting", "explained variance, %", names, (series,)), name="Which setting mattered"
    )
    together = 1.0 - sum(fractions.values())
    if together > 0.005:
        st.markdown(
            f"The other {together:.0%} are due to settings together: what one does depends on "
            "another."
        )


def _extend(sweep: Sweep) -> None:
    """Offer more values and seeds; the runs that are there stay."""
    with st.popover("Extend", icon=":material/add:"):
        st.markdown("More values or seeds. The runs that are there stay as they are.")
        grid: dict[str, Any] = {}
        for name, values in sweep.grid.items():
            key = f"sweep_more-{sweep.path.name}"
            shown = st.session_state.get(f"{key}-{name}", list(values))
            grid[name] = values_field(name, shown, key, setting(name).label)
        at_first = sweep.settings["seeds"]
        key = f"sweep_more_seeds-{sweep.path.name}"
        seeds = number_field(
            "Seeds", st.session_state.get(key, at_first), at_first, MAX_SEEDS, name=key
        )
        is_readable = None not in (*grid.values(), seeds)
        if st.button("Extend and continue", type="primary", disabled=not is_readable):
            _extended(sweep, grid, seeds or at_first)


def _extended(sweep: Sweep, grid: dict[str, Any], seeds: int) -> None:
    data = images_of(sweep.dataset)
    try:
        if data is None:
            raise VAEError("A sweep needs its images: get them on the Data page. Received: none")
        queue().studies.extend_sweep(sweep, grid, data, seeds)
    except VAEError as error:
        show_error(error)
        return
    st.rerun()
