"""Small pictures with some lines of text below each, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from vae.images import to_png

__all__ = ["Captioned", "show_captioned"]

# What is shown of one: the image uint8 (H, W, C), or None without one; what it is, for those who
# cannot see it; and the text below it, as HTML.
Captioned = tuple[np.ndarray | None, str, str]

STYLE = """<style>
.captioned { display: grid; gap: 0.8rem; }
.captioned { grid-template-columns: repeat(auto-fill, minmax(6.9rem, 1fr)); }
.captioned.fitted { grid-template-columns: repeat(auto-fit, minmax(4.2rem, 1fr)); }
.captioned div { line-height: 1.3; font-size: 0.9rem; overflow-wrap: anywhere; }
.captioned img {
    width: 100%; image-rendering: pixelated; border-radius: 0.3rem; background: #000;
    display: block; margin-bottom: 0.2rem;
}
.captioned b { font-weight: 600; }
</style>"""


def show_captioned(
    pictures: Iterable[Captioned], *, fitted: bool = False, columns: int = 0
) -> None:
    """Show pictures; fitted: whether they share the width of their place, as small as they may get.

    columns: how many stand in a row; 0: as many as there is room for.
    """
    items = "".join(_item(*each) for each in pictures)
    name = "captioned fitted" if fitted else "captioned"
    tracks = f' style="grid-template-columns:repeat({columns},1fr)"' if columns else ""
    st.html(f'{STYLE}<div class="{name}" role="list"{tracks}>{items}</div>')


def _item(image: np.ndarray | None, alt: str, text: str) -> str:
    picture = "" if image is None else f'<img alt="{alt}" src="{as_data_url(to_png(image))}">'
    return f'<div role="listitem">{picture}{text}</div>'
