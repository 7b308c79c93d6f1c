"""What the theme in .streamlit/config.toml cannot say."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_look"]

STYLE = """
<style>
/* Pixels are the subject here: enlarge them, never blur them. */
[data-testid="stImage"] img, [data-testid="stImageContainer"] img {
    image-rendering: pixelated;
    border-radius: 6px;
}
/* Less air above the first line, so that a page starts on the screen it opens on. */
[data-testid="stMainBlockContainer"] { padding-top: 4.2rem; padding-bottom: 3rem; }
/* White on the light theme's teal, dark on the dark theme's brighter one. */
[data-testid="stBaseButton-primary"] { color: light-dark(#ffffff, #042f2a) !important; }
/* On a phone a wide table scrolls within itself: what is cut off could not be read. */
[data-testid="stMarkdownContainer"] table { display: block; overflow-x: auto; }
/* A word without an end, of a run from elsewhere, makes no page wider. */
[data-testid="stMarkdownContainer"] { overflow-wrap: anywhere; }
/* While a fragment runs again its old content stays as it was: no fading, no flicker. */
[data-stale="true"] { opacity: 1 !important; transition: none !important; }
</style>
"""


def apply_look() -> None:
    """Add the few rules that make grids crisp and live figures calm."""
    st.html(STYLE)
