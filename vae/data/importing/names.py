"""Names of files as people's systems make them: which to skip, which class they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = [
    "LONGEST_CLASS",
    "NO_CLASS",
    "TESTING",
    "TRAINING",
    "clean",
    "escapes",
    "in_order",
    "is_clutter",
    "places_of",
]

NO_CLASS = "all"
LONGEST_NAME, LONGEST_CLASS = 120, 40
CLUTTER = {"thumbs.db", ".ds_store", "desktop.ini", "__macosx", "ehthumbs.db", "@eadir"}
TRAINING = {"train", "training"}
TESTING = {"test", "testing"}


def clean(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name as plain text on one line: no control or direction characters, not too long."""
    kept = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(kept.split())[-longest:].strip() or "?"


def is_clutter(name: str) -> bool:
    """Return whether a system put this file there, not a person."""
    parts = name.lower().split("/")
    return any(part in CLUTTER or part.startswith("._") for part in parts)


def escapes(name: str) -> bool:
    """Return whether a path leads out of its folder."""
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


def in_order(classes: Iterable[str]) -> tuple[str, ...]:
    """Return classes in the order in which they are numbered: 2 before 10, then by name."""
    return tuple(
        sorted(set(classes), key=lambda name: (len(name), name) if name.isdigit() else (9, name))
    )


def places_of(names: Sequence[str]) -> list[tuple[str, bool | None]]:
    """Return each path's class, and whether it is set aside for testing (None: no path says).

    The class is the first folder below those that all share; train and test folders are a split
    where both are there.
    """
    folders = [name.split("/")[:-1] for name in names]
    words = {part.lower() for parts in folders for part in parts}
    is_split = bool(words & TRAINING and words & TESTING)
    tests: list[bool | None] = [None] * len(names)
    if is_split:
        tests = [any(part.lower() in TESTING for part in parts) for parts in folders]
        either = TRAINING | TESTING
        folders = [[part for part in parts if part.lower() not in either] for parts in folders]
    shared = _shared(folders) if folders else 0
    classes = [
        clean(parts[shared], LONGEST_CLASS) if parts[shared:] else NO_CLASS for parts in folders
    ]
    return list(zip(classes, tests, strict=True))


def _shared(folders: list[list[str]]) -> int:
    """Return how many leading parts all have: what the first and the last in order share."""
    both = zip(min(folders), max(folders), strict=False)
    return next(
        (at for at, (one, other) in enumerate(both) if one != other),
        min(len(min(folders)), len(max(folders))),
    )
