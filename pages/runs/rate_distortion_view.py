"""Rate and distortion: every run a dot, lines of equal ELBO, and which runs no other one beats."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.rate_board import RatedDot, rate_board
from pages._shared.address import address_of_part
from pages._shared.figure_files import offer_files
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_switch
from pages._shared.persistent import persistent
from pages._shared.pictures import apart
from pages._shared.run_picker import choose_run, label, listed_runs
from pages._shared.server import store
from pages._shared.visitors import visitor
from vae.errors import VAEError
from vae.figures.rate_distortion import (
    Comparable,
    RatedRun,
    comparable_runs,
    rate_distortion_figure,
    steps_of,
)
from vae.figures.setting_colors import coloring_settings, setting_colors
from vae.images import tile, to_png
from vae.runs.provenance import notes_of_several
from vae.runs.run import Run

__all__ = ["rate_distortion_view"]

SIDE = 5  # samples across and down
OPENED = "latent/page.py"  # where a click leads
HOVERED = "rate_board_hovered"
ONE_COLOR = "nothing"


@st.fragment
@address_of_part("rates")
@explained()
def rate_distortion_view() -> None:
    """Show the runs that this visitor may list and that compare with each other."""
    groups = comparable_runs(listed_runs(store().list(), visitor()).values())
    if not groups:
        st.info(
            "No VAE was measured yet: a run's rate and distortion are known when it has ended.",
            icon=":material/info:",
        )
        return
    choices = st.container(horizontal=True, vertical_alignment="bottom")
    chart, files = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with choices:
        group = _choose_group(groups)
        runs = [each.run for each in group.runs]
        setting, title = _choose_color(runs)
        is_log = linked_switch("log", "rate_board_log")
        st.toggle(
            "Logarithmic rate",
            help="Spreads the runs of a low rate. Lines of equal ELBO are bent then.",
            **persistent("rate_board_log", is_log),
        )
    colors, legend = setting_colors(runs, setting)
    with chart:
        _show_board(group.runs, colors, legend, title, is_log)
    with files:
        st.markdown("Figure for a paper", width="content")
        offer_files(
            "Rate and distortion",
            lambda: rate_distortion_figure(group.runs, colors, legend, title),
            notes_of_several(runs),
            key="rates",
        )


def _choose_group(groups: Sequence[Comparable]) -> Comparable:
    by_title = {_unique(group, groups): group for group in groups}
    title = linked_choice("images", "rate_board_images", by_title)
    st.selectbox(
        "Test images",
        list(by_title),
        width=340,
        help="Nats of other images, or of other pixels, do not compare: one kind at a time.",
        **persistent("rate_board_images", title),
    )
    return by_title[title]


def _unique(group: Comparable, groups: Sequence[Comparable]) -> str:
    """Return a group's title; of two data sets with one name the second has its number."""
    same = [each for each in groups if each.title == group.title]
    return group.title if same[0] is group else f"{group.title} ({same.index(group) + 1})"


def _choose_color(runs: Sequence[Run]) -> tuple[str, str]:
    """Return the name of the setting that colors the dots, and its label; "" for none."""
    there = {ONE_COLOR: "Nothing"} | coloring_settings(runs)
    first = "beta" if "beta" in there else next(iter([*there][1:]), ONE_COLOR)
    name = linked_choice("color", "rate_board_color", there, first)
    st.selectbox(
        "Color",
        list(there),
        format_func=there.__getitem__,
        width=230,
        help="Any setting that differs among these runs.",
        **persistent("rate_board_color", name),
    )
    return ("", "") if name == ONE_COLOR else (name, there[name])


def _show_board(
    runs: Sequence[RatedRun],
    colors: Sequence[str],
    legend: dict[str, str],
    title: str,
    is_log: bool,
) -> None:
    owner = visitor()
    values = {color: value for value, color in legend.items()}
    dots: list[RatedDot] = [
        {
            "label": label(each.run, owner),
            "rate": each.rate,
            "distortion": each.distortion,
            "color": color,
            "value": values.get(color, ""),
        }
        for each, color in zip(runs, colors, strict=True)
    ]
    ids = hashlib.sha256("/".join(each.run.id for each in runs).encode()).hexdigest()[:12]
    key = f"rates-{ids}"
    rate_board(
        dots,
        front=steps_of([each.rate for each in runs], [each.distortion for each in runs]),
        legend=legend,
        setting=title,
        is_log=is_log,
        answer=_answer(runs, key),
        key=key,
        on_hover=lambda: _store_hover(key),
        on_open=lambda: _choose_opened(runs, key),
    )
    if st.session_state.pop(f"{key}-open", False):
        st.switch_page(OPENED)
    st.caption(
        "Each dot is a run, measured on its test images. Rate is the KL: the nats that a code "
        "says about its image. Distortion is the reconstruction: the nats that the image still "
        "costs. On a dashed line both add up to the same, the negative ELBO. The solid line is "
        "the Pareto front: to its right and above it, another run has less of one and no more of "
        "the other (Alemi et al. 2018)."
    )


def _answer(runs: Sequence[RatedRun], key: str) -> dict[str, Any] | None:
    """Return the samples of the dot that was under the pointer."""
    sent = st.session_state.get(HOVERED)
    if not isinstance(sent, tuple) or sent[0] != key:
        return None
    index = sent[1]
    if not isinstance(index, int) or not 0 <= index < len(runs):
        return None
    return {"index": index, "png": _samples(runs[index].run)}


def _samples(run: Run) -> str:
    """Return what the run's fixed codes became at its end as a picture; "" where there is none."""
    epochs = run.snapshot_epochs
    try:
        images = run.snapshot(epochs[-1])["samples"][: SIDE * SIDE] if epochs else None
        if images is None or len(images) < SIDE * SIDE:
            return ""
        return as_data_url(to_png(tile(apart(images), SIDE, SIDE), quick=True))
    except (VAEError, KeyError):
        return ""


def _store_hover(key: str) -> None:
    sent = st.session_state.get(key)
    if sent is not None:
        st.session_state[HOVERED] = key, sent["hover"]


def _choose_opened(runs: Sequence[RatedRun], key: str) -> None:
    """Choose the run whose dot was clicked; the page turns when the script runs next."""
    sent = st.session_state.get(key)
    index = None if sent is None else sent["open"]
    if isinstance(index, int) and 0 <= index < len(runs):
        choose_run(runs[index].run)
        st.session_state[f"{key}-open"] = True
