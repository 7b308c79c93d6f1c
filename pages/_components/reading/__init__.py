"""What a reader of Learn has read, kept in the browser; each chapter begins at its top."""

from __future__ import annotations

from collections.abc import Iterable

from pages._components.mounting import mounted

__all__ = ["READ_COOKIE", "reading"]

READ_COOKIE = "vae_read"
_mount = mounted(__file__, "reading", "reading.js", html="<span></span>")


def reading(opened: str, read: Iterable[str]) -> None:
    """Store the names of the chapters that were read, without dots.

    opened: another text whenever another chapter is opened, which then is shown from its top.
    """
    _mount(key="reading", data={"opened": opened, "read": ".".join(read)}, height=0)
