"""The manifold: a grid of images over the quantiles of two latent dimensions."""

from __future__ import annotations

import streamlit as st

from pages._components.data_url import as_data_url
from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.persistent import persistent
from pages._shared.pictures import SHARP_PIXELS
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from vae.figures.manifold import manifold_ticks
from vae.images import tile, to_png
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes

__all__ = ["manifold_view"]

SIDES = (5, 30)  # images a side: least and most
AROUND = 13  # rem of a screen that are not the picture
STYLE = """<style>
.manifold { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.3rem 0.5rem; }
.manifold { margin: 0; font-variant-numeric: tabular-nums; }
.manifold img { display: block; width: 100%; image-rendering: pixelated; border-radius: 6px; }
.manifold div { position: relative; font-size: 0.9rem; line-height: 1; }
.manifold .up { width: 3.4rem; }
.manifold .across { height: 2.4rem; grid-column: 2; }
.manifold span { position: absolute; }
.manifold .up span { right: 0; transform: translateY(-50%); }
.manifold .up b { position: absolute; left: 0; top: 50%; transform: translateY(-50%); }
.manifold .across span { transform: translateX(-50%); }
.manifold .across b { position: absolute; left: 50%; bottom: 0; transform: translateX(-50%); }
</style>"""


@st.fragment
@explained()
@address_of_part("manifold")
def manifold_view(run: Run) -> None:
    """Decode a grid over the quantiles of two dimensions."""
    dims = list(range(run.config.latent_dim))
    if len(dims) < 2:
        st.info(
            "A manifold needs two latent dimensions; this model has one.", icon=":material/info:"
        )
        return
    # The picture first: on a phone one stands below the other.
    picture, controls = wrapping_columns([1.4, 1], key="manifold", gap="large")
    with controls:
        across, up, side = _choose(dims)
        if len(dims) > 2:
            st.caption("The other dimensions stay at the prior's mean, 0.")
        st.caption("Tiles are spaced so that each holds the same probability under the prior.")
    with picture, fitted_picture(AROUND, key="manifold"):
        if across == up:
            st.info("Choose two different dimensions.", icon=":material/info:")
        else:
            _show(run, across, up, side)


def _show(run: Run, across: int, up: int, side: int) -> None:
    codes, values = manifold_codes(side, run.config.latent_dim, across, up)
    image = tile(run.decode(codes), side, side)
    png = to_png(image, max(1, SHARP_PIXELS // image.shape[1]), quick=True)
    ticks = manifold_ticks(values)
    right = "".join(
        f'<span style="left:{100 * position:.2f}%">{text}</span>' for position, text in ticks
    )
    upwards = "".join(
        f'<span style="top:{100 * (1 - position):.2f}%">{text}</span>' for position, text in ticks
    )
    alt = f"{side} by {side} images over z{across + 1}, to the right, and z{up + 1}, upwards"
    st.html(
        f'{STYLE}<figure class="manifold"><div class="up"><b>z{up + 1}</b>{upwards}</div>'
        f'<img alt="{alt}" src="{as_data_url(png)}">'
        f'<div class="across">{right}<b>z{across + 1}</b></div></figure>'
    )


def _choose(dims: list[int]) -> tuple[int, int, int]:
    """Show what there is to choose; return the dimensions across and up, and images a side."""
    across = linked_number("across", "manifold_x", 1, len(dims), 1)
    up = linked_number("up", "manifold_y", 1, len(dims), 2)
    side = linked_number("side", "manifold_side", *SIDES, 15)
    names = {"options": [each + 1 for each in dims], "format_func": lambda number: f"z{number}"}
    st.selectbox("Across", **names, help="Grows to the right.", **persistent("manifold_x", across))
    st.selectbox("Up", **names, help="Grows upwards.", **persistent("manifold_y", up))
    st.slider("Images a side", *SIDES, help="Acts at once.", **persistent("manifold_side", side))
    return across - 1, up - 1, side
