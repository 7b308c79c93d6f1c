"""The latent spaces of the compared runs, with the same axes and the same test images."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.condition import as_class, conditioned
from pages._shared.guard import explained
from pages._shared.linked import linked_choices
from pages._shared.maps.coverage_text import coverage_text
from pages._shared.maps.interactive_map import interactive_map
from pages._shared.maps.map_data import PlanePoints
from pages._shared.maps.shown_parts import hidden_classes
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages.runs.common_axes import coverage_of, on_plane_of, share_beyond, square_around
from vae.errors import VAEError
from vae.evaluation.coverage import IMAGES, NEAR_FRACTION
from vae.images import to_uint8
from vae.kinds import KINDS, with_article
from vae.runs.differences import run_labels
from vae.runs.layout import LATENTS
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same
from vae.sampling.prior import prior_codes

__all__ = ["maps_part"]

LAYER_NAMES = {
    "dots": "Test images",
    "prior": "Prior",
    "holes": "Holes",
    "density": "Posteriors",
    "regions": "Class regions",
    "images": "Decoded images",
}
AT_FIRST = ("dots", "prior", "holes")
ROWS, COLUMNS = 4, 6  # of samples
MAX_BEYOND = 0.02  # of the dots


class Side(NamedTuple):
    """One of the maps: its run, what it is called here, and its place among them, from 0."""

    run: Run
    label: str
    place: int

    def parameter(self, name: str) -> str:
        """Return what the address calls a setting of this map."""
        return f"{name}-{self.place + 1}" if self.place else name


def maps_part(runs: Sequence[Run]) -> None:
    """Show a map of each run that has codes of test images."""
    sides = []
    for run, label in zip(runs, run_labels(runs), strict=True):
        if run.config.has("encoder") and run.has_model and (run.path / LATENTS).is_file():
            sides.append(Side(run, label, len(sides)))
        else:
            st.caption(f"{plain(label)}: {_why_none(run)}")
    if not sides:
        return
    shown = _choose_layers()
    with stable_position():
        sides = [
            side._replace(
                run=conditioned(side.run, f"Class to decode, {side.label}", side.parameter("class"))
            )
            for side in sides
        ]
    _show_sides(sides, shown)
    for side in sides:  # last: to measure takes a second, the first time
        with suppress(VAEError):  # its map says what is wrong
            st.markdown(
                f"**{plain(side.label)}.** {coverage_text(side.run, coverage_of(side.run))}"
            )


def _why_none(run: Run) -> str:
    if run.config.has("encoder"):
        return "no map yet: it comes when the run has ended."
    return f"no map: {with_article(KINDS[run.config.kind].noun).lower()} has no codes of images."


@st.fragment  # one for all: requests of several maps at the same moment are one rerun
@address_of_part("compare")
@explained()
def _show_sides(sides: Sequence[Side], layers: list[str]) -> None:
    note = stable_position()
    with st.container(key="compared-maps"):
        columns = [st.container() for _ in sides]
    there: list[tuple[Side, PlanePoints]] = []
    for column, side in zip(columns, sides, strict=True):
        with column, explained():  # if one cannot be shown the others still are
            with st.container(key=f"compared-name-{side.place}"):
                st.markdown(f"**{plain(side.label)}**{_of_epoch(side.run)}")
            there.append((side, on_plane_of(side.run)))
    if not there:
        return
    same_images = len(there) == len(sides) and _are_same_images([side.run for side in sides])
    with note:
        if len(there) == len(sides) and not same_images:
            _show_difference([side.run for side in sides])
    extent = square_around([on_plane.extent for _, on_plane in there])
    errors = []
    for side, on_plane in there:
        with columns[side.place], explained():
            here = replace(on_plane, extent=extent)
            errors.append(_show_map(side, here, layers, same_images))
            beyond = share_beyond(here)
            if beyond > MAX_BEYOND:
                st.caption(f"{beyond:.0%} of the dots lie beyond the edge: zoom out to see them.")
            _show_samples(side)
    if errors:
        _show_method(errors, same_images)


def _show_map(side: Side, here: PlanePoints, layers: Sequence[str], same_images: bool) -> float:
    key = f"compare-{side.place}-{run_key(side.run)}"
    with st.container(key=f"compared-map-{side.place}"):
        return interactive_map(
            side.run,
            here,
            key=key,
            where=f"{key}-picked",
            name=side.parameter("picked"),
            hidden=hidden_classes(side.run, key, name=side.parameter("hide")),
            zoom=side.parameter("zoom"),
            hover_key="compare-hover" if same_images else "",
            small=True,
            layers=tuple(layers),
            link="compare",
            same_images=same_images,
        )[1]


def _show_samples(side: Side) -> None:
    z = prior_codes(ROWS * COLUMNS, side.run.config.latent_dim, seed=0)
    images = to_uint8(side.run.decode(z))
    show_grid(images, ROWS, COLUMNS, alt=f"Samples of {side.label}")
    st.caption(f"{len(z)} samples: random codes of the prior, decoded{as_class(side.run)}.")


def _choose_layers() -> list[str]:
    shown = linked_choices("layers", "compare_layers", LAYER_NAMES, AT_FIRST)
    st.pills(
        "Show",
        list(LAYER_NAMES),
        selection_mode="multi",
        wrap=True,
        format_func=LAYER_NAMES.__getitem__,
        help="What all maps show. Holes: places that are likely under the prior, but that hardly "
        "any posterior reaches. Acts at once.",
        **persistent("compare_layers", shown),
    )
    return shown


def _of_epoch(run: Run) -> str:
    epoch = run.status.get("model_epoch")
    return f" · its model of epoch {epoch}" if epoch and run.state != "finished" else ""


def _are_same_images(runs: Sequence[Run]) -> bool:
    first = runs[0]
    return all(
        learned_the_same(first, run) and np.array_equal(first.latents["y"], run.latents["y"])
        for run in runs[1:]
    )


def _show_difference(runs: Sequence[Run]) -> None:
    tested = {f"{len(run.latents['y']):,} images of {plain(dataset_title(run))}" for run in runs}
    st.info(
        f"The dots are not the same images: the runs were tested on {'; '.join(sorted(tested))}.",
        icon=":material/info:",
    )


def _show_method(errors: Sequence[float], same_images: bool) -> None:
    ringed = " The dot under the pointer is ringed on all maps." if same_images else ""
    st.caption(
        "All maps have the same axes and move together. Each plane goes through 0, the prior's "
        "mean, along the run's own PCA directions; in more than two dimensions codes are projected "
        f"onto it.{ringed} The image under the pointer is blended from the four nearest ones, on "
        f"average {' and '.join(f'{each:.2g}' for each in errors)} of 255 grey levels off; what is "
        "picked is shown exactly."
    )
    st.caption(
        f"The percentages compare {IMAGES:,} samples from the prior with the reconstructions of "
        f"{IMAGES:,} test images, each from a code sampled from its posterior (of an autoencoder, "
        "from the code itself). An image is like one of the others if it is as close to it, in "
        f"pixels, as {NEAR_FRACTION:.0%} of the others are to their own nearest neighbour. If both "
        "sets were alike, 1% would be like none."
    )
