"""Says how a training goes to who does not see it: what a screen reader reads out by itself."""

from __future__ import annotations

from pages._components.mounting import mounted

__all__ = ["announce"]

_mount = mounted(__file__, "announcer", "announcer.js", html="<span></span>")


def announce(words: str, *, urgent: bool, problem: str = "") -> None:
    """Have these words read out, once; what is said in a moment replaces them.

    urgent: at once; else ten seconds after the last ones at the earliest. problem: read out before
    them and at once, when it is another one than before.
    """
    _mount(
        key="announcer",
        data={"words": words, "urgent": urgent, "problem": problem},
        height=0,
    )
