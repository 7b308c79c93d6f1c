"""Compare: two runs' latent spaces side by side, with the same axes and the same test images."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.condition import as_class, conditioned
from pages._shared.guard import explained
from pages._shared.linked import linked_choices
from pages._shared.maps.coverage_text import coverage_text
from pages._shared.maps.interactive_map import interactive_map
from pages._shared.maps.map_data import PlanePoints, points_on_plane, usual_plane
from pages._shared.maps.shown_parts import hidden_classes
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.run_picker import label
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from pages.latent.other_run import choose_other
from vae.errors import RunError, VAEError
from vae.evaluation.coverage import IMAGES, NEAR_FRACTION, Coverage, coverage
from vae.images import to_uint8
from vae.latent.planes import Extent
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same
from vae.sampling.prior import prior_codes

__all__ = ["compare_view"]

LAYER_NAMES = {
    "dots": "Test images",
    "prior": "Prior",
    "holes": "Holes",
    "density": "Posteriors",
    "regions": "Class regions",
    "images": "Decoded images",
}
AT_FIRST = ("dots", "prior", "holes")
# In the address, of either side: what is picked, which classes are hidden, the class it decodes and
# the part that is shown, which is the same on both.
NAMES = (
    ("picked", "hide", "class", "zoom"),
    ("picked-there", "hide-there", "class-there", "zoom-there"),
)
ROWS, COLUMNS = 4, 6  # of samples
MAX_REACH = 10.0  # from 0: zooming out shows more of a plane
MAX_BEYOND = 0.02  # of the dots


def compare_view(run: Run) -> None:
    """Show this run beside another."""
    with st.container(key="maps-and-choice"):
        which, maps, choice = st.container(), st.container(), st.container()
    with which:
        other = choose_other(run)
    if other is None:
        return
    with choice:
        shown = _choose_layers()
        titles = "Class to decode, this run", "Class to decode, other run"
        with stable_position():
            sides = [
                conditioned(each, title, parameter)
                for each, title, (_, _, parameter, _) in zip(
                    (run, other), titles, NAMES, strict=True
                )
            ]
        verdicts = st.container()
    with maps:
        _show_sides((sides[0], sides[1]), shown)
    with verdicts:  # last: to measure takes a second, the first time
        for side, each in zip(("Left", "Right"), sides, strict=True):
            with suppress(VAEError):  # its map says what is wrong
                st.markdown(f"**{side}.** {coverage_text(each, _coverage_of(each))}")


@st.fragment  # one for both: requests of both maps at the same moment are one rerun
@address_of_part("compare")
@explained()
def _show_sides(runs: tuple[Run, Run], layers: list[str]) -> None:
    note = stable_position()
    sides = []
    with st.container(key="two-maps"):
        columns = [st.container() for _ in runs]
    for column, run in zip(columns, runs, strict=True):
        with column, explained():  # if one cannot be shown the other still is
            with st.container(key=f"compared-name-{len(sides)}"):
                st.markdown(f"**{plain(label(run, visitor()))}**{_of_epoch(run)}")
            sides.append((column, run, _on_plane(run)))
    if not sides:
        return
    same_images = len(sides) == len(runs) and _are_same_images(*runs)
    with note:
        if len(sides) == len(runs) and not same_images:
            _show_difference(*runs)
    extent = _square_around([on_plane.extent for _, _, on_plane in sides])
    options = {
        "small": True,
        "layers": tuple(layers),
        "link": "compare",
        "same_images": same_images,
    }
    options["hover_key"] = "compare-hover" if same_images else ""
    errors = []
    for number, (column, run, on_plane) in enumerate(sides):
        key, (picked, hide, _, zoom) = f"compare-{number}-{run_key(run)}", NAMES[number]
        with column, explained():
            here = replace(on_plane, extent=extent)
            with st.container(key=f"compared-map-{number}"):
                hidden = hidden_classes(run, key, name=hide)
                where = f"{key}-picked"
                errors.append(
                    interactive_map(
                        run,
                        here,
                        key=key,
                        where=where,
                        name=picked,
                        hidden=hidden,
                        zoom=zoom,
                        **options,
                    )[1]
                )
            _show_what_is_beyond(here)
            z = prior_codes(ROWS * COLUMNS, run.config.latent_dim, seed=0)
            show_grid(
                to_uint8(run.decode(z)), ROWS, COLUMNS, alt=f"Samples of {label(run, visitor())}"
            )
            st.caption(f"{len(z)} samples: random codes of the prior, decoded{as_class(run)}.")
    if errors:
        _show_method(errors, same_images)


def _choose_layers() -> list[str]:
    shown = linked_choices("layers", "compare_layers", LAYER_NAMES, AT_FIRST)
    st.pills(
        "Show",
        list(LAYER_NAMES),
        selection_mode="multi",
        wrap=True,
        format_func=LAYER_NAMES.__getitem__,
        help="What both maps show. Holes: places that are likely under the prior, but that hardly "
        "any posterior reaches. Acts at once.",
        **persistent("compare_layers", shown),
    )
    return shown


def _show_what_is_beyond(on_plane: PlanePoints) -> None:
    x, y = on_plane.points.T
    left, right, bottom, top = on_plane.extent
    beyond = 1.0 - ((x >= left) & (x <= right) & (y >= bottom) & (y <= top)).mean()
    if beyond > MAX_BEYOND:
        st.caption(f"{beyond:.0%} of the dots lie beyond the edge: zoom out to see them.")


def _coverage_of(run: Run) -> Coverage:
    _raise_if_broken(run)
    return _coverage(run, model_fingerprint(run))


@st.cache_data(show_spinner=False, max_entries=64)
def _coverage(_run: Run, fingerprint: str) -> Coverage:
    mean, log_var, y = (_run.latents[name] for name in ("mean", "log_var", "y"))
    return coverage(mean, log_var, lambda z: _run.decode(z, y[: len(z)]))


def _on_plane(run: Run) -> PlanePoints:
    """Place a run's test images on a map; raises RunError for codes that are not finite."""
    _raise_if_broken(run)
    plane = usual_plane(run)
    # Through 0, the prior's mean: the plane of an autoencoder's codes may miss all that is likely.
    on_plane = points_on_plane(run, replace(plane, origin=np.zeros_like(plane.origin)))
    # Wide codes would make the prior a spot: zooming out shows them all.
    return replace(on_plane, extent=on_plane.extent.clipped(MAX_REACH))


def _raise_if_broken(run: Run) -> None:
    mean = run.latents["mean"]
    broken = int((~np.isfinite(mean)).any(axis=1).sum())
    if broken:
        raise RunError(
            "A map needs finite codes; this run has diverged. Received: "
            f"{broken:,} of {len(mean):,} codes that are not finite"
        )


def _square_around(extents: list[Extent]) -> Extent:
    """Return the smallest square that holds all these."""
    left, bottom = (min(each[side] for each in extents) for side in (0, 2))
    right, top = (max(each[side] for each in extents) for side in (1, 3))
    x, y, half = (left + right) / 2, (bottom + top) / 2, max(right - left, top - bottom) / 2
    return Extent(x - half, x + half, y - half, y + half)


def _of_epoch(run: Run) -> str:
    epoch = run.status.get("model_epoch")
    return f" · its model of epoch {epoch}" if epoch and run.state != "finished" else ""


def _are_same_images(run: Run, other: Run) -> bool:
    return learned_the_same(run, other) and np.array_equal(run.latents["y"], other.latents["y"])


def _show_difference(run: Run, other: Run) -> None:
    def of(each: Run) -> str:
        title = dataset_title(each)
        return f"{len(each.latents['y']):,} images of {plain(title)}"

    st.info(
        f"The dots are not the same images: one run was tested on {of(run)}, the other on "
        f"{of(other)}.",
        icon=":material/info:",
    )


def _show_method(errors: list[float], same_images: bool) -> None:
    ringed = " The dot under the pointer is ringed on both maps." if same_images else ""
    st.caption(
        "Both maps have the same axes and move together. Each plane goes through 0, the prior's "
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
