"""A cookie that tells one browser from another, where strangers share the server."""

from __future__ import annotations

from typing import NamedTuple

from pages._components.mounting import mounted

__all__ = ["COOKIE", "StoredCookie", "store_cookie"]

COOKIE = "vae_visitor"
_mount = mounted(__file__, "visitor_cookie", "cookie.js", html="<span></span>")


class StoredCookie(NamedTuple):
    """The secret that a browser has, and whether it refuses cookies."""

    secret: str
    is_refused: bool


def store_cookie(secret: str) -> StoredCookie:
    """Store this secret in the browser, unless it has one already."""
    found = _mount(
        key="visitor_cookie",
        data={"secret": secret},
        height=0,
        on_secret_change=_pass,
        on_refused_change=_pass,
    )
    return StoredCookie(str(found.get("secret") or secret), bool(found.get("refused")))


def _pass() -> None:
    """Component state needs a listener to come back; the rerun itself does the rest."""
