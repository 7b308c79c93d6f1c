"""What an augmentation study found: a verdict in words, lines, and the table below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages._components.still_chart import still_chart
from pages._shared.study_table import show_differences
from pages._shared.wide_layout import wrapping_columns
from vae.augmentation.headline import headline
from vae.augmentation.study import Study
from vae.augmentation.summary import Cell
from vae.figures.augmentation import augmentation_chart
from vae.files import file_version
from vae.studies.layout import ROWS

__all__ = ["cells_of", "show_accuracy", "show_findings", "show_verdict"]


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


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]
