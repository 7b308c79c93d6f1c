"""Texts that others wrote, shown to the letter where Streamlit would read Markdown."""

from __future__ import annotations

import re

__all__ = ["plain"]

MARKS = re.compile(r"[\\`*_\[\]<>$~|&]")
# Where a mark would be that a backslash does not take away: Streamlit searches for icons, emoji and
# addresses when Markdown is done with. Lists and headings begin at a line's beginning.
SEAMS = re.compile(r"(?<=:)(?=[\w/+-])|(?<=www)(?=\.)|(?=@)|^(?=[-+#=]|\d+[.)])", re.IGNORECASE)
INVISIBLE = "\u2060"  # WORD JOINER: takes no room and breaks no line


def plain(text: str) -> str:
    """Return Markdown that shows this text in one line, with no picture, link or formula."""
    return MARKS.sub(r"\\\g<0>", SEAMS.sub(INVISIBLE, " ".join(text.split())))
