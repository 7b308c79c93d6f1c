"""What a study says in plain words: where synthetic images help, and where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from vae.augmentation.methods import ALL_LABELS, METHODS, MethodName
from vae.augmentation.schema import Row
from vae.augmentation.summary import paired_difference
from vae.statistics import Interval

__all__ = ["Effect", "effect_of", "points", "verdicts"]


class Effect(StrEnum):
    """What the 95 % interval of a paired difference says."""

    HELPS = "helps"
    HURTS = "hurts"
    UNCLEAR = "no difference is shown"


def effect_of(difference: Interval) -> Effect:
    """Return what a difference says: unclear where its interval holds 0, or it has one seed."""
    if difference.low > 0.0:
        return Effect.HELPS
    if difference.high < 0.0:
        return Effect.HURTS
    return Effect.UNCLEAR


def points(difference: Interval) -> str:
    """Return a difference of accuracies in percentage points, with its interval."""
    text = f"{100 * difference.mean:+.1f} points"
    if difference.size < 2:
        return f"{text} (one seed)"
    return f"{text} ({100 * difference.low:+.1f} to {100 * difference.high:+.1f})"


def verdicts(rows: Iterable[Row]) -> dict[int, list[str]]:
    """Return sentences for each number of images a class: each method against its baseline.

    Methods are compared to the few images alone; what is combined with classical augmentation, to
    that as well.
    """
    rows = list(rows)
    found: dict[int, list[str]] = {}
    for per_class in sorted({row["per_class"] for row in rows} - {ALL_LABELS}):
        sentences = [
            sentence
            for method, baseline in _comparisons(rows, per_class)
            if (sentence := _sentence(rows, per_class, method, baseline))
        ]
        if sentences:
            found[per_class] = sentences
    return found


def _comparisons(rows: Sequence[Row], per_class: int) -> list[tuple[MethodName, MethodName]]:
    present = {row["method"] for row in rows if row["per_class"] == per_class}
    pairs: list[tuple[MethodName, MethodName]] = [
        (name, "real") for name in METHODS if name in present - {"real", "classical_vae"}
    ]
    return [*pairs, ("vae", "classical"), ("classical_vae", "classical")]


def _sentence(
    rows: Sequence[Row], per_class: int, method: MethodName, baseline: MethodName
) -> str | None:
    difference = paired_difference(rows, per_class, method, baseline)
    if difference is None:
        return None
    title, other = METHODS[method].title, METHODS[baseline].title.lower()
    effect = effect_of(difference)
    words = {
        Effect.HELPS: "better than",
        Effect.HURTS: "worse than",
        Effect.UNCLEAR: "no clear difference to",
    }[effect]
    return f"{title}: {points(difference)}, {words} {other}."
