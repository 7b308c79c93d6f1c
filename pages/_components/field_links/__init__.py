"""Links to fields of a form: #field-NAME scrolls to that field and puts the cursor into it."""

from __future__ import annotations

from pages._components.mounting import mounted

__all__ = ["field_links"]

_mount = mounted(__file__, "field_links", "links.js", html="<span></span>")


def field_links() -> None:
    """Make links lead to the field in the container with the key field-NAME."""
    _mount(key="field_links", height=0)
