"""What a file that is made of a run says of where it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from vae.presets import preset_label
from vae.runs.run import Run

__all__ = ["notes_of", "notes_of_several", "one_line", "public_name"]


def public_name(run: Run) -> str:
    """Return what a file that is made of a run calls it: its name, or what tells it apart.

    Never all of its id: whoever knows that can open, change and stop the run.
    """
    if run.shipped:
        return run.id
    return run.metadata.name or f"{run.dataset} {preset_label(run.config)} {run.short_id}"


def notes_of(run: Run, seed: int | None = None) -> dict[str, str]:
    """Return what a file says of itself: its run's name and the seed of its codes.

    seed: none where nothing was sampled; then it is the run's own. And the class that a run is
    conditioned on.
    """
    notes = {"Run": public_name(run), "Seed": str(run.config.seed if seed is None else seed)}
    if run.label is not None:
        notes["Class"] = run.class_names[run.label]
    return _encodable(notes)


def notes_of_several(runs: Iterable[Run]) -> dict[str, str]:
    """Return what a file that is made of several runs says of itself: their names and seeds."""
    there = list(runs)
    names, seeds = map(public_name, there), (str(run.config.seed) for run in there)
    return _encodable({"Runs": "; ".join(names), "Seeds": "; ".join(seeds)})


def _encodable(notes: dict[str, str]) -> dict[str, str]:
    # A folder's name may have bytes that are no text, which no format takes.
    return {name: text.encode("utf-8", "replace").decode() for name, text in notes.items()}


def one_line(notes: dict[str, str]) -> str:
    """Return notes for a format whose metadata is one text."""
    return ", ".join(f"{name}: {value}" for name, value in notes.items())
