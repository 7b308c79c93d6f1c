"""Dimensions: what each latent dimension changes, the busiest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.still_chart import still_chart
from pages._shared.address import address_of_part
from pages._shared.available_images import image_and_reconstruction
from pages._shared.condition import as_class
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_number, linked_switch
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages.latent.traversal_rows import Row, show_rows
from vae.figures.dimensions import kl_bars, variance_bars
from vae.latent.traversals import (
    Dimension,
    ranked_dimensions,
    traverse_all,
)
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE

__all__ = ["dimensions_view"]

STEPS = 13
AT_ONCE = 16  # rows; the others on demand
PRIOR, IMAGE = "mean", "image"
COLLAPSED = (
    "**The model ignores its code.** No dimension is active, and all images decode to much the "
    "same: posterior collapse. Train again with a smaller beta or a KL warm-up."
)


@st.fragment
@address_of_part("dimensions")
@explained()
def dimensions_view(run: Run) -> None:
    """Show a strip of decodings for each dimension, ordered by KL, unused ones grey."""
    ranked = ranked_dimensions(run)
    is_vae = run.config.has("posterior")
    with st.container(key="rows-and-words"):
        left, right = st.container(), st.container()
    with right:
        around, index = _choose_centre(run, is_vae)
        shown = _choose_count(ranked)
    with left:
        codes = run.latents["mean"]
        center = np.zeros(codes.shape[1], np.float32) if index is None else codes[index]
        # A test image keeps its own class too.
        conditioned = run if index is None else run.conditioned_on(int(run.latents["y"][index]))
        strips = traverse_all(conditioned, [each.index for each in shown], center, STEPS)
        rows = [
            Row(
                f"z{each.index + 1}",
                f"{each.kl:,.2f} nats" if is_vae else f"variance {each.variance:,.2f}",
                each.is_active,
                strip,
                None if index is None else float(center[each.index]),
            )
            for each, strip in zip(shown, strips, strict=True)
        ]
        show_rows(rows)
        st.markdown(_caption(around, as_class(conditioned), is_vae, len(ranked)))
    with right:
        _show_activity(run, ranked, is_vae)
        if index is not None:
            _show_centre(run, index)


def _choose_centre(run: Run, is_vae: bool) -> tuple[str, int | None]:
    """Let the person choose where the other dimensions stay; return it in words and as an index."""
    last = len(run.latents["y"]) - 1
    names = {PRIOR: "The prior's mean" if is_vae else "Zero", IMAGE: "A test image"}
    kind = linked_choice("around", "dimensions_around", names)
    index = linked_number("image", "dimensions_image", 0, last, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Around",
            list(names),
            format_func=names.__getitem__,
            required=True,
            help="The code at which the other dimensions stay while one moves. Acts at once.",
            **persistent("dimensions_around", kind),
        )
        # Always there, so that the rows below stay where they are.
        persistent_number(
            "Test image",
            index,
            0,
            last,
            name="dimensions_image",
            disabled=kind == PRIOR,
            help="Number of the test image whose code the others keep, from 0.",
            width=150,
        )
    if kind == PRIOR:
        return "the prior's mean" if is_vae else "zero", None
    return f"the code of test image {index}", index


def _choose_count(ranked: list[Dimension]) -> list[Dimension]:
    """Return the dimensions to decode: those that carry most, or all of them."""
    if len(ranked) <= AT_ONCE:
        return ranked
    is_all = linked_switch("all", "dimensions_all")
    st.toggle(
        f"All {len(ranked)} dimensions",
        help=f"Off: only the {AT_ONCE} that carry most. Acts at once.",
        **persistent("dimensions_all", is_all),
    )
    return ranked if is_all else ranked[:AT_ONCE]


def _caption(around: str, conditioned: str, is_vae: bool, dims: int) -> str:
    unit = " standard deviations of the prior" if is_vae else ""
    text = f"Each row moves one dimension from −3 to 3{unit}; the others stay at {around}."
    if dims == 1:
        text = f"The only dimension goes from −3 to 3{unit}."
    if conditioned:
        text += f" All are decoded{conditioned}."
    if around.startswith("the code"):
        text += " The line in each row marks the image itself."
    if not is_vae:
        text += " An autoencoder has no prior: its codes may lie far beyond −3 and 3."
    return text


def _show_activity(run: Run, ranked: Sequence[Dimension], is_vae: bool) -> None:
    """Say and show how many dimensions are in use, and what each carries."""
    active = sum(each.is_active for each in ranked)
    noun = "dimension is" if len(ranked) == 1 else "dimensions are"
    terms = ("active unit", "KL") if is_vae else ("active unit",)
    st.markdown(f"**{active} of {len(ranked)} {noun} active**", help=help_of(*terms))
    if not active:
        st.info(COLLAPSED, icon=":material/info:")
    figure = kl_bars(ranked) if is_vae else variance_bars(ranked)
    still_chart(figure, name="What each dimension carries", key=f"dimensions-{run_key(run)}")
    if is_vae:
        total = sum(each.kl for each in ranked)
        text = f"Rows and bars are ordered by KL from the prior, together {total:,.2f} nats."
    else:
        text = "Ordered by variance: an autoencoder has no KL. Dotted: the threshold."
    st.caption(
        f"{text} A dimension is active where the variance of its posterior means over the test "
        f"images is above {ACTIVE_VARIANCE} (Burda et al. 2016); the others are unused, and grey."
    )


def _show_centre(run: Run, index: int) -> None:
    pair = image_and_reconstruction(run, index)
    with st.container(key="centre-picture"):
        show_grid(pair, 1, len(pair), alt=f"Test image {index} and its reconstruction")
    name = plain(run.short_class_names[run.latents["y"][index]])
    decoded = "and decoded" if len(pair) == 2 else "decoded"
    st.caption(f"Test image {index}, class {name}, {decoded} from its own code.")
