"""Names of classes where there is little room: in legends, lists and sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["MAX_LETTERS", "shortened"]

MAX_LETTERS = 24


def shortened(names: Sequence[str], max_letters: int = MAX_LETTERS) -> tuple[str, ...]:
    """Return names of at most so many letters, which differ where the names do.

    What is cut ends in an ellipsis; of those that would be the same each has its number from 0 on.
    """
    cut = [_cut(name, max_letters) for name in names]
    return tuple(
        short if short == name or cut.count(short) == 1 else _cut(name, max_letters, f" {label}")
        for label, (name, short) in enumerate(zip(names, cut, strict=True))
    )


def _cut(name: str, max_letters: int, suffix: str = "") -> str:
    if len(name) <= max_letters and not suffix:
        return name
    return f"{name[: max_letters - 1 - len(suffix)].rstrip()}…{suffix}"
