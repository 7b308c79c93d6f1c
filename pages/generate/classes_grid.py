"""Classes: one style as every class, in a grid whose rows are classes and whose columns share z."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.persistent import persistent
from pages._shared.pictures import SHARP_PIXELS, apart
from pages._shared.wide_layout import wrapping_columns
from pages.generate.grid_choice import prior_text
from pages.generate.seed_field import seed_field
from pages.generate.temperature_slider import temperature_slider
from vae.images import tile, to_png, to_uint8
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["classes_grid"]

MAX_COLUMNS = 20
MANY_ROWS = 16
TABLE = (
    "display:grid;grid-template-columns:auto minmax(0,1fr);column-gap:10px;"
    "width:min(100%,{aspect_ratio:.3f} * max({least:.1f}rem,100dvh - 16rem))"
)
LEAST = 2.0  # rem of a row, below which its name and images could not be read
ROOM = "max-height:max(20rem,100dvh - 14rem);overflow-y:auto"  # of rows that need more
NAMES = (
    "display:grid;grid-auto-rows:1fr;align-items:center;text-align:right;font-size:0.9rem;"
    "line-height:1.2"
)
NAME = "max-width:7rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
PICTURE = "display:block;width:100%;image-rendering:pixelated;border-radius:6px"


@st.fragment
@explained()
@address_of_part("classes")
def classes_grid(run: Run) -> None:
    """Decode a few codes as each class of a conditional run."""
    # The picture first: on a phone one stands below the other.
    picture, controls = wrapping_columns([2.2, 1], key="classes", gap="large")
    with controls:
        st.markdown(
            "**One style, every class.** Each column is one code z, each row one class: the style "
            "stays, the class changes."
        )
        columns, temperature, seed = _choose()
        codes = prior_codes(columns, run.config.latent_dim, temperature=temperature, seed=seed)
        images = to_uint8(_every_class(run, codes))
        image = tile(images, run.classes, columns)
        notes = {"Temperature": f"{temperature:g}", "Rows": ", ".join(run.class_names)}
        scale = max(1, SHARP_PIXELS // image.shape[1])
        st.download_button(
            "PNG",
            lambda: to_png(image, scale, notes_of(run, seed) | notes),
            file_name=f"{run.dataset}-{run.classes}-classes-seed{seed}.png",
            mime="image/png",
            icon=":material/download:",
            on_click="ignore",
            help="The picture beside this, with run, seed and classes in its metadata.",
        )
    with picture:
        shown = tile(apart(images), run.classes, columns)
        _show(run, to_png(shown, scale), columns, aspect_ratio=image.shape[1] / image.shape[0])
        st.caption(f"{columns} codes from {prior_text(temperature)}, each decoded as every class.")


def _choose() -> tuple[int, float, int]:
    """Show what there is to choose; return columns, temperature and seed."""
    columns = linked_number("styles", "classes_columns", 1, MAX_COLUMNS, 10)
    st.slider(
        "Styles",
        1,
        MAX_COLUMNS,
        help="Columns: each is one code from the prior. Acts at once.",
        **persistent("classes_columns", columns),
    )
    temperature = temperature_slider("classes_temperature")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_field("classes_seed", "The same seed gives the same styles.")
    return columns, temperature, seed


def _every_class(run: Run, codes: np.ndarray) -> np.ndarray:
    """Decode codes (N, d) as the first class, then as the next: (classes * N, H, W, C)."""
    labels = np.repeat(np.arange(run.classes), len(codes))
    return run.decode(np.tile(codes, (run.classes, 1)), labels)


def _show(run: Run, png: bytes, columns: int, aspect_ratio: float) -> None:
    """Show the grid, of a width that is this fraction of its height, and the class of each row."""
    names = "".join(
        f'<span style="{NAME}" title="{html.escape(name)}">{html.escape(short)}</span>'
        for name, short in zip(run.class_names, run.short_class_names, strict=True)
    )
    alt = f"{columns} codes, each decoded as {run.classes} classes"
    # All rows are on the screen where each has as much room as it needs; else the grid scrolls.
    many = f' tabindex="0" style="{ROOM}"' if run.classes > MANY_ROWS else ""
    least = LEAST * run.classes if many else 0.0
    st.html(
        f"<style>.st-key-wrap-classes {{ --aspect: {aspect_ratio:.3f}; }}</style>"
        f'<div{many}><div style="{TABLE.format(aspect_ratio=aspect_ratio, least=least)}">'
        f'<div style="{NAMES}">{names}</div>'
        f'<img alt="{alt}" style="{PICTURE}" '
        f'src="{as_data_url(png)}"></div></div>'
    )
