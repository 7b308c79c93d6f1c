"""The stored study, read off: what helps at one number of images a class, and what on the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from pages._shared.guard import explained
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.stored_studies import choose_stored_study
from pages._shared.study_results import cells_of, show_accuracy, show_verdict
from pages._shared.study_title import data_title
from pages.learn.parts import question
from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.study import Study
from vae.augmentation.summary import Cell
from vae.augmentation.verdict import Effect, effect_of, points
from vae.statistics import Interval

__all__ = ["ask_what_helps", "honest_answer", "read_off"]

NONE = (
    "No study comes with this version yet. Start a small one below, or `python -m vae augment` "
    "computes a large one."
)
ASKED = 10  # images a class, of the question
# In the session.
DATASET, NUMBER, ANSWER = "learn_study_dataset", "learn_study_number", "learn_study_answer"
EFFECTS = {
    Effect.HELPS: ":material/trending_up: helps",
    Effect.HURTS: ":material/trending_down: hurts",
    Effect.UNCLEAR: ":material/trending_flat: no difference is shown",
}


def ask_what_helps(studies: Mapping[str, Study]) -> None:
    """Ask what helps more with ten images a class; the first stored study has the answer."""
    for study in studies.values():
        cells = cells_of(study)
        numbers = _numbers(cells)
        number = ASKED if ASKED in numbers else numbers[0] if numbers else 0
        by_method = {cell.method: cell for cell in cells if cell.per_class == number}
        made, classical = by_method.get("vae"), by_method.get("classical")
        if made is None or classical is None or made.over_classical is None:
            continue
        options = {
            Effect.HELPS: "Images of a conditional VAE",
            Effect.HURTS: "Classical augmentation",
            Effect.UNCLEAR: "No difference is shown",
        }
        question(
            f"A classifier gets {number:,} labelled images a class of {data_title(study)}. What "
            "helps it more?",
            list(options.values()),
            list(options).index(effect_of(made.over_classical)),
            f"With images of the VAE {_percent(made.accuracy)} of the test images are right, with "
            f"classical augmentation {_percent(classical.accuracy)}. From the second to the first "
            f"that is {points(made.over_classical)}, paired by seed.",
            key="augmentation",
        )
        return


@st.fragment
@explained()
def read_off(studies: Mapping[str, Study]) -> None:
    """Choose data set and images a class; show the answer in words, and the figure."""
    if not studies:
        st.info(NONE, icon=":material/info:")
        return
    state = st.session_state
    name = next((each for each in studies if each == state.get(DATASET)), next(iter(studies)))
    study = choose_stored_study(studies, name, DATASET)
    cells = cells_of(study)
    numbers = _numbers(cells)
    if not numbers:
        st.info("This study has found nothing yet.", icon=":material/info:")
        return
    number = state.get(NUMBER)
    number = number if number in numbers else ASKED if ASKED in numbers else numbers[0]
    if len(numbers) > 1:
        st.select_slider(
            "Labelled images a class",
            numbers,
            help="How many the classifier may learn from. Acts at once.",
            **persistent(NUMBER, number),
        )
    st.markdown(_answer(cells, number, study.settings["test_images"]))
    show_accuracy(cells, study.settings["test_images"], key=f"learn-study-{name}")


@st.fragment
@explained()
def honest_answer(studies: Mapping[str, Study]) -> None:
    """Say of one of the stored studies where synthetic images help and where not."""
    if not studies:
        st.info(NONE, icon=":material/info:")
        return
    chosen = st.session_state.get(ANSWER)
    name = next((each for each in studies if each == chosen), next(iter(studies)))
    study = choose_stored_study(studies, name, ANSWER)
    show_verdict(cells_of(study), plain(data_title(study)))
    settings = study.settings
    st.caption(
        f"{study.seeds_in_words}, {', '.join(map(str, settings['per_class']))} images a "
        f"class, measured on {settings['test_images']:,} test images."
    )


def _numbers(cells: Sequence[Cell]) -> list[int]:
    """Return the numbers of images a class that a study has."""
    return sorted({cell.per_class for cell in cells} - {ALL_LABELS})


def _answer(cells: Sequence[Cell], number: int, test_images: int) -> str:
    """Return what each method does with so many images a class, as Markdown."""
    here = {cell.method: cell for cell in cells if cell.per_class == number}
    lines = []
    if (real := here.pop("real", None)) is not None:
        lines.append(
            f"With **{number:,}** labelled images a class and nothing else, a classifier gets "
            f"**{_percent(real.accuracy)}** of the {test_images:,} test images right"
            f"{_interval(real.accuracy)}."
        )
    for cell in here.values():
        difference = cell.over_real
        if difference is not None:
            title, effect = METHODS[cell.method].title, EFFECTS[effect_of(difference)]
            lines.append(
                f"- **{title}**: {_percent(cell.accuracy)}, {points(difference)}. {effect}"
            )
    for cell in cells:
        if cell.per_class == ALL_LABELS:
            lines.append(f"- With all labels: {_percent(cell.accuracy)}.")
    return "\n".join([lines[0], "", *lines[1:]]).replace("-0.0 ", "0.0 ") if lines else ""


def _percent(found: Interval) -> str:
    return f"{100 * found.mean:.1f} %"


def _interval(found: Interval) -> str:
    if math.isnan(found.low):
        return " (one seed)"
    return f" (95 % interval {100 * found.low:.1f} to {100 * found.high:.1f})"
