"""Arrow keys that step the fields for numbers, and the keyboard of digits for them on a phone."""

from __future__ import annotations

from pages._components.mounting import mounted

__all__ = ["number_keys"]

_mount = mounted(__file__, "number_keys", "keys.js", html="<span></span>")


def number_keys() -> None:
    """Make all number fields of the app handle the arrow keys."""
    _mount(key="number_keys", height=0)
