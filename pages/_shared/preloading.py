"""Parts of Streamlit's own script, which the browser fetches while it connects to the server."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st

__all__ = ["preload_links"]

SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"
# Of the elements that every page has, or nearly every one: else they are asked for one after the
# other, once the first of them has arrived.
ELEMENTS = ("Selectbox", "ButtonGroup", "Button", "Html", "ImageList", "BidiComponent")
IMPORTS = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


@cache
def preload_links(html: str) -> str:
    """Return links to the scripts of `ELEMENTS`, and what they import, but for those in html."""
    found: dict[str, None] = {}
    wanted = [path.name for name in ELEMENTS for path in SCRIPTS.glob(f"{name}.*.js")]
    while wanted:
        name = wanted.pop()
        if name not in found and name not in html:
            found[name] = None
            wanted += IMPORTS.findall((SCRIPTS / name).read_text(encoding="utf-8"))
    return "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found
    )
