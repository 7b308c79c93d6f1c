"""A cookie that tells one browser from another, where strangers share the server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

__all__ = ["COOKIE", "Kept", "keep_cookie"]

COOKIE = "vae_visitor"
_mount = st.components.v2.component(
    "visitor_cookie",
    html="<span></span>",
    js=(Path(__file__).parent / "cookie.js").read_text(encoding="utf-8"),
)


class Kept(NamedTuple):
    """The secret that a browser has, and whether it refuses to keep one."""

    secret: str
    is_refused: bool


def keep_cookie(secret: str) -> Kept:
    """Have the browser keep this secret, unless it has had one before."""
    found = _mount(
        key="visitor_cookie",
        data={"secret": secret},
        height=0,
        on_secret_change=_pass,
        on_refused_change=_pass,
    )
    return Kept(str(found.get("secret") or secret), bool(found.get("refused")))


def _pass() -> None:
    """Component state needs a listener to come back; the rerun itself does the rest."""
