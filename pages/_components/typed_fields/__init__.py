"""What Streamlit's text fields do not do by themselves, for those of pages/_shared/typed_field.py.

Arrow keys step those for numbers, a phone offers its keyboard of digits for them, and what is being
typed survives a new value of the app's.
"""

from __future__ import annotations

from pages._components.mounting import mounted

__all__ = ["typed_fields"]

_mount = mounted(
    __file__, "typed_fields", "fields.js", "keys.js", "unsent.js", html="<span></span>"
)


def typed_fields() -> None:
    """Take care of all such fields of the app."""
    _mount(key="typed_fields", height=0)
