"""What a study says, in a sentence that is read off its numbers."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from vae.augmentation.methods import METHODS, MethodName
from vae.augmentation.summary import Cell
from vae.augmentation.verdict import Effect, effect_of
from vae.statistics import Interval

__all__ = ["Finding", "Findings", "find", "headline"]


class Finding(NamedTuple):
    """A difference of accuracies with a number of images a class, of a method to another one."""

    per_class: int
    method: MethodName
    difference: Interval


class Findings(NamedTuple):
    """What is more than chance at 95 %, for each number of images a class.

    helps: the method with synthetic images that adds most to the real images alone. hurts: all
    that take from them. classical_better, classical_worse: classical augmentation against the best
    of those methods, where it takes nothing from the real images alone; classical_hurts: where it
    does, against them. adds, takes: synthetic images on top of classical augmentation, against that
    alone. has_intervals: whether anything was repeated, without which nothing can be told from
    chance.
    """

    helps: list[Finding]
    hurts: list[Finding]
    classical_better: list[Finding]
    classical_worse: list[Finding]
    classical_hurts: list[Finding]
    adds: list[Finding]
    takes: list[Finding]
    has_intervals: bool


def find(cells: Iterable[Cell]) -> Findings:
    """Return what the cells of `summarize` say."""
    cells = [cell for cell in cells if cell.over_real or cell.over_classical]
    synthetic = [
        cell for cell in cells if METHODS[cell.method].generator and cell.method != "classical_vae"
    ]
    best: dict[int, Cell] = {}
    for cell in synthetic:
        if cell.per_class not in best or cell.accuracy.mean > best[cell.per_class].accuracy.mean:
            best[cell.per_class] = cell
    both = [cell for cell in cells if cell.method == "classical_vae"]
    over_real = [_finding(cell, cell.over_real) for cell in synthetic]
    classical_hurts = _strongest(
        [_finding(cell, cell.over_real) for cell in cells if cell.method == "classical"],
        Effect.HURTS,
    )
    hurting = {each.per_class for each in classical_hurts}
    beside = [cell for number, cell in best.items() if number not in hurting]
    over_classical = [_finding(cell, cell.over_classical) for cell in beside]
    on_top = [_finding(cell, cell.over_classical) for cell in both]
    known = [each for each in (*over_real, *over_classical, *on_top) if each is not None]
    return Findings(
        helps=_strongest(over_real, Effect.HELPS),
        hurts=[
            each
            for each in over_real
            if each is not None and effect_of(each.difference) is Effect.HURTS
        ],
        # From the side of classical augmentation.
        classical_better=_strongest(over_classical, Effect.HURTS),
        classical_worse=_strongest(over_classical, Effect.HELPS),
        classical_hurts=classical_hurts,
        adds=_strongest(on_top, Effect.HELPS),
        takes=_strongest(on_top, Effect.HURTS),
        has_intervals=any(not math.isnan(each.difference.low) for each in known),
    )


def headline(cells: Sequence[Cell]) -> tuple[str, str]:
    """Return where synthetic images help and where not, in a sentence, and a second one.

    The second one says what they do on top of classical augmentation; "" where that is not studied.
    """
    found = find(cells)
    if not found.has_intervals:
        if any(cell.accuracy.size == 1 for cell in cells):
            return "One seed cannot tell a difference from chance: two or more can.", ""
        return "Nothing can be compared yet.", ""
    numbers = {cell.per_class for cell in cells if METHODS[cell.method].generator}
    parts = (_help(found), _classical(found, cells, numbers), _hurt(found))
    return f"{'; '.join(part for part in parts if part)}.", _on_top(found, cells)


def _help(found: Findings) -> str:
    if not found.helps:
        return "Synthetic images add nothing measurable to real images alone"
    return (
        f"Synthetic images help at {_numbers(found.helps)} images a class: they add "
        f"{_points(found.helps, 'percentage points of accuracy', '95 % interval ')} to real images "
        "alone"
    )


def _classical(found: Findings, cells: Sequence[Cell], numbers: Collection[int]) -> str:
    if not any(cell.method == "classical" for cell in cells):
        return ""
    better, worse = found.classical_better, found.classical_worse
    said = []
    if better:
        everywhere = 1 < len(better) == len(numbers)
        where = "at every number" if everywhere else f"at {_numbers(better)}"
        said.append(f"adds more {where}, by {_points(better, 'points')}")
    if worse:
        said.append(f"adds less at {_numbers(worse)}, by {_points(worse, 'points')}")
    if hurts := found.classical_hurts:
        said.append(f"takes {_points(hurts, 'points')} from real images alone at {_numbers(hurts)}")
    words = " and ".join(said) or "makes no measurable difference to them"
    return f"classical augmentation {words}"


def _hurt(found: Findings) -> str:
    if not found.hurts:
        return ""
    names = {each.method for each in found.hurts}
    whose = _listed([_of_whom(name) for name in METHODS if name in names])
    points = _points(found.hurts, "points")
    return f"those of {whose} hurt at {_numbers(found.hurts)}, by {points}"


def _on_top(found: Findings, cells: Sequence[Cell]) -> str:
    if not any(cell.method == "classical_vae" and cell.over_classical for cell in cells):
        return ""
    said = []
    if found.adds:
        said.append(f"add {_points(found.adds, 'points')} at {_numbers(found.adds)}")
    if found.takes:
        said.append(f"take {_points(found.takes, 'points')} away at {_numbers(found.takes)}")
    words = " and ".join(said) or "change nothing measurable"
    return f"On top of classical augmentation they {words}."


def _of_whom(name: MethodName) -> str:
    title = METHODS[name].title[0].lower() + METHODS[name].title[1:]
    return title if title.startswith("one") else f"the {title}"


def _numbers(findings: Sequence[Finding]) -> str:
    """Return the numbers of images a class: "5, 10 and 50"."""
    return _listed([f"{number:,}" for number in sorted({each.per_class for each in findings})])


def _listed(texts: Sequence[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def _points(findings: Sequence[Finding], unit: str, before_interval: str = "") -> str:
    """Return how much it is where that is most, with its interval and where that is."""
    largest = max(findings, key=lambda each: abs(each.difference.mean))
    low, high = sorted(abs(100 * end) for end in (largest.difference.low, largest.difference.high))
    up_to, where = ("up to ", f", at {largest.per_class:,}") if len(findings) > 1 else ("", "")
    mean = abs(100 * largest.difference.mean)
    return f"{up_to}{mean:.1f} {unit} ({before_interval}{low:.1f} to {high:.1f}{where})"


def _finding(cell: Cell, difference: Interval | None) -> Finding | None:
    return None if difference is None else Finding(cell.per_class, cell.method, difference)


def _strongest(findings: Iterable[Finding | None], effect: Effect) -> list[Finding]:
    """Return those of an effect: for each number of images the one that differs largest."""
    found: dict[int, Finding] = {}
    for each in findings:
        if each is None or effect_of(each.difference) is not effect:
            continue
        known = found.get(each.per_class)
        if known is None or abs(each.difference.mean) > abs(known.difference.mean):
            found[each.per_class] = each
    return [found[number] for number in sorted(found)]
