"""Names of classes where there is little room: in legends, lists and sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["MAX_LETTERS", "shortened"]

MAX_LETTERS = 24


def shortened(names: Sequence[str], most: int = MAX_LETTERS) -> tuple[str, ...]:
    """Return names of at most so many letters, which differ where the names do.

    What is cut ends in an ellipsis; of those that would be the same each has its number from 0 on.
    """
    cut = [_cut(name, most) for name in names]
    return tuple(
        short if short == name or cut.count(short) == 1 else _cut(name, most, f" {label}")
        for label, (name, short) in enumerate(zip(names, cut, strict=True))
    )


def _cut(name: str, most: int, ending: str = "") -> str:
    if len(name) <= most and not ending:
        return name
    return f"{name[: most - 1 - len(ending)].rstrip()}…{ending}"
