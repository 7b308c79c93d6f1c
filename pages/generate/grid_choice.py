"""What a grid shows: how many images, from which sampler, with which seed; and the grids before."""

from __future__ import annotations

import math
from typing import NamedTuple

import streamlit as st

from pages._shared.glossary import help_of
from pages._shared.linked import linked_choice, linked_number
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages.generate.seed_field import seed_field
from pages.generate.temperature_slider import temperature_slider
from vae.runs.run import Run
from vae.sampling.fitted import Samplers
from vae.sampling.prior import MAX_ROWS
from vae.sampling.samplers import SAMPLER_NAMES, SAMPLERS, SamplerName, SampleSpec

__all__ = [
    "GridChoice",
    "choose_grid",
    "choose_label",
    "choose_sampler",
    "prior_text",
    "sampler_text",
]

SAMPLER_HELP = (
    "Prior: random codes from N(0, I). Mixture: random codes from Gaussians fitted to the codes of "
    "training images. Posteriors: codes near that of a random training image. Acts at once."
)
TRUNCATIONS = (0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, math.inf)
ALL = -1  # in the place of a class: what is None is no choice to Streamlit
MAX_GRIDS = 30  # in the history
GRIDS, INDEX = "generate_grids", "generate_grid_index"


class GridChoice(NamedTuple):
    """All that a grid of samples depends on."""

    rows: int
    columns: int
    spec: SampleSpec


def choose_grid(run: Run, samplers: Samplers | None) -> GridChoice:
    """Show the controls and return the choice, which is stored for Undo."""
    seed = _choose_seed()  # first: on a phone the button for new samples is next to the grid
    sampler = choose_sampler(run, _name("sampler"))
    label, temperature, truncation = None, 1.0, math.inf
    with stable_position():
        if sampler == "prior":
            temperature, truncation = _choose_limits()
        elif samplers is not None:
            label = choose_label(run, samplers, _name("label"))
    across, down = st.columns(2)
    rows, columns = (
        linked_number(side, _name(side), 1, MAX_ROWS, 10) for side in ("rows", "columns")
    )
    sides = {"min_value": 1, "max_value": MAX_ROWS}
    words = f"From 1 to {MAX_ROWS}: 900 images at most. Acts at once."
    across.slider("Rows", **sides, help=words, **persistent(_name("rows"), rows))
    down.slider("Columns", **sides, help=words, **persistent(_name("columns"), columns))
    choice = GridChoice(rows, columns, SampleSpec(sampler, label, temperature, truncation, seed))
    _record(choice)
    _offer_history()
    return choice


def choose_sampler(run: Run, name: str) -> SamplerName:
    """Show the samplers to choose from; name: of the choice in the session.

    Without an encoder there are no codes of images to fit any to: the prior is the only one.
    """
    if not run.config.has("encoder"):
        return "prior"
    sampler: SamplerName = linked_choice("sampler", name, SAMPLERS)
    st.segmented_control(
        "Sampler",
        SAMPLERS,
        required=True,
        format_func=SAMPLER_NAMES.__getitem__,
        help=SAMPLER_HELP,
        **persistent(name, sampler),
    )
    return sampler


def choose_label(run: Run, samplers: Samplers, name: str) -> int | None:
    """Show the classes that were fitted on their own, and return the one that is chosen or None.

    A conditional run gets a class with each code that it decodes: there is nothing more to choose.
    """
    if run.config.conditional:
        return None
    labels = [ALL, *samplers.class_mixtures]
    label = linked_choice("of", name, labels, ALL, lambda each: str(each) if each >= 0 else "all")
    st.selectbox(
        "Class",
        labels,
        format_func=lambda label: "All" if label == ALL else run.short_class_names[label],
        help="Sample codes of one class only. Acts at once.",
        **persistent(name, label),
    )
    return None if label == ALL else label


def sampler_text(spec: SampleSpec) -> str:
    """Return the distribution of the codes in words."""
    if spec.sampler == "mixture":
        return "the mixture fitted to training images' codes"
    if spec.sampler == "posterior":
        return "posteriors of training images"
    cut = "" if spec.truncation == math.inf else f", none beyond {spec.truncation:g} σ"
    return f"{prior_text(spec.temperature)}{cut}"


def prior_text(temperature: float) -> str:
    """Return the prior, scaled by a temperature, as it is written."""
    return "N(0, I)" if temperature == 1.0 else f"N(0, {temperature:g}² I)"


def _choose_limits() -> tuple[float, float]:
    across, down = st.columns(2)
    with across:
        temperature = temperature_slider(_name("temperature"))
    truncation = linked_choice(
        "truncation", _name("truncation"), TRUNCATIONS, math.inf, _truncation_text
    )
    down.select_slider(
        "Truncation (σ)",
        TRUNCATIONS,
        format_func=_truncation_text,
        help=f"{help_of('truncation σ')} Acts at once.",
        **persistent(_name("truncation"), truncation),
    )
    return temperature, truncation


def _truncation_text(limit: float) -> str:
    return "none" if limit == math.inf else f"{limit:g}"


def _choose_seed() -> int:
    locked = st.session_state.get(_name("locked"), False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_field(_name("seed"), "The same seed gives the same codes.", disabled=locked)
        st.toggle(
            "Lock",
            help="Keeps the seed as it is, so that no click changes the samples by mistake.",
            **persistent(_name("locked"), locked),
        )
    return seed


def _record(choice: GridChoice) -> None:
    """Append a new grid to the history; grids that were undone are removed."""
    state = st.session_state
    grids, index = state.get(GRIDS, []), state.get(INDEX, -1)
    if grids and grids[index] == choice:
        return
    state[GRIDS] = [*grids[: index + 1], choice][-MAX_GRIDS:]
    state[INDEX] = len(state[GRIDS]) - 1


def _offer_history() -> None:
    state = st.session_state
    grids, index = state[GRIDS], state[INDEX]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Undo",
            icon=":material/undo:",
            disabled=index == 0,
            on_click=_go_to,
            args=(index - 1,),
            help="Shows the grid before this one.",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            disabled=index == len(grids) - 1,
            on_click=_go_to,
            args=(index + 1,),
            help="Shows the grid that was undone.",
        )
        with st.popover(
            "History", icon=":material/history:", disabled=len(grids) < 2, help="The last grids."
        ):
            for each in reversed(range(len(grids))):
                st.button(
                    _title(grids[each]),
                    key=f"grid-{each}",
                    disabled=each == index,
                    type="tertiary",
                    help="Shows this grid again.",
                    on_click=_go_to,
                    args=(each,),
                )


def _go_to(index: int) -> None:
    """Set every control to what it was for a grid."""
    state = st.session_state
    choice: GridChoice = state[GRIDS][index]
    state[INDEX] = index
    spec = choice.spec
    values = {"rows": choice.rows, "columns": choice.columns, "sampler": spec.sampler}
    values |= {"label": ALL if spec.label is None else spec.label, "seed": spec.seed}
    if spec.sampler == "prior":
        values |= {"temperature": spec.temperature, "truncation": spec.truncation}
    state.update({_name(name): value for name, value in values.items()})


def _title(choice: GridChoice) -> str:
    rows, columns, spec = choice
    words = [f"{rows} × {columns}", SAMPLER_NAMES[spec.sampler]]
    if spec.label is not None:
        words.append(f"class {spec.label}")
    if spec.temperature != 1.0:
        words.append(f"temperature {spec.temperature:g}")
    if spec.truncation != math.inf:
        words.append(f"truncation {spec.truncation:g}")
    return ", ".join([*words, f"seed {spec.seed}"])


def _name(setting: str) -> str:
    return f"grid_{setting}"
