"""The picture that a Draw view speaks of, as the model gets it: beside the pad, or large."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.pictures import show_png
from pages._shared.plain import plain
from pages._shared.user_picture import Picture
from vae.images import to_png

__all__ = ["show_tiles"]

SHARP_TILE = 3 * 100  # for screens with three dots a pixel


def show_tiles(picture: Picture, *more: tuple[np.ndarray, str]) -> None:
    """Show the picture, before it what it was where it was treated, and what was made of it.

    more: images uint8 (H, W, C) and their names.
    """
    tiles = [(picture.image, picture.name), *more]
    if picture.before is not None:
        names = (picture.name, "Centred") if picture.is_own else ("Nothing yet", "Example")
        tiles[:1] = zip((picture.before, picture.image), names, strict=True)
    with st.container(key="draw-tiles" if picture.on_pad else "draw-pictures"):
        for image, name in tiles:
            with st.container(gap="xsmall"):
                show_png(to_png(image, max(1, SHARP_TILE // image.shape[1])), name)
                st.caption(plain(name))
