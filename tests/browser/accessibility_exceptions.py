"""What axe finds in Streamlit's own markup, which this app cannot change: rule, selector, reason.

Contrast is ours, whatever it is found in: no exception is made for it.
"""

from __future__ import annotations

__all__ = ["EXCEPTIONS"]

# A finding is excepted whose rule is this one and whose element matches the selector.
EXCEPTIONS: dict[str, tuple[str, str]] = {
    "scrollable-region-focusable": (
        '[data-testid="stMarkdownContainer"] table',
        "A wide Markdown table scrolls within itself on a phone. Browsers let the keyboard into "
        "what scrolls by themselves; Markdown has no tabindex.",
    ),
}
