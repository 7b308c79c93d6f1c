"""A cookie that tells one browser from another, where strangers share the server."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

__all__ = ["COOKIE", "keep_cookie"]

COOKIE = "vae_visitor"
_mount = st.components.v2.component(
    "visitor_cookie",
    html="<span></span>",
    js=(Path(__file__).parent / "cookie.js").read_text(encoding="utf-8"),
)


def keep_cookie(secret: str) -> str:
    """Have the browser keep this secret; return the one that it has had before, if any."""
    found = _mount(key="visitor_cookie", data={"secret": secret}, height=0, on_secret_change=_pass)
    return str(found.get("secret") or secret)


def _pass() -> None:
    """Component state needs a listener to come back; the rerun itself does the rest."""
