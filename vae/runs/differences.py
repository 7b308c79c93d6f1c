"""What tells runs apart: their settings beside each other, and a short name for each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from vae.config.number_text import number_text
from vae.config.settings import SETTINGS, setting
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS, preset_label, setting_words
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same

__all__ = ["DATASET", "SettingRow", "run_labels", "setting_rows", "setting_values"]

DATASET = "dataset"  # the row that is no setting
MAX_NAMED = 3  # settings that a label names; where more differ it says the preset
NAMES = ("preset", "seed")  # they say where a run comes from, not what it is


class SettingRow(NamedTuple):
    """A setting of several runs: its name and label, a text for each run, whether they differ.

    A run whose kind of model has no such setting has an empty text, and differs in its kind alone.
    """

    name: str
    label: str
    texts: tuple[str, ...]
    differs: bool


def setting_values(run: Run) -> dict[str, Any]:
    """Return the settings that mean something for a run, as they were at the end of its training.

    Those that were changed while it trained have their last value, and epochs counts those added.
    """
    config = run.settings
    values = {name: getattr(config, name) for name in SETTINGS if config.uses(name)}
    return values | {"epochs": run.epochs}


def setting_rows(runs: Sequence[Run]) -> list[SettingRow]:
    """Return the data set and every setting that one of these runs has, in the settings' order."""
    values = [setting_values(run) for run in runs]
    rows = [_dataset_row(runs)]
    for name in SETTINGS:
        if not any(name in each for each in values):
            continue
        texts = tuple(_text(name, each[name]) if name in each else "" for each in values)
        rows.append(SettingRow(name, setting(name).label, texts, _differs(name, values)))
    return rows


def run_labels(runs: Sequence[Run], seeds: Sequence[str] | None = None) -> list[str]:
    """Return a short name for each run that says what it has and the others have not: "beta 4".

    Of up to three settings that differ it names each; where more do, it is the run's own name or
    its preset with what was changed. The seed comes where nothing else tells runs apart, and of
    runs that are the same the beginning of their ids. seeds: what to say of them instead of
    "seed 0".
    """
    values = [setting_values(run) for run in runs]
    names = [name for name in SETTINGS if name not in NAMES and _differs(name, values)]
    labels = [
        _named(run, each, names) if len(names) <= MAX_NAMED else run.metadata.name or _recipe(run)
        for run, each in zip(runs, values, strict=True)
    ]
    if _dataset_row(runs).differs:
        labels = [
            _joined(dataset_title(run), label) for run, label in zip(runs, labels, strict=True)
        ]
    own_seeds = [setting_words("seed", run.config.seed) for run in runs]
    labels = _told_apart(labels, own_seeds if seeds is None else seeds)
    labels = _told_apart(labels, [run.short_id for run in runs])
    return [label or _recipe(run) for run, label in zip(runs, labels, strict=True)]


def _text(name: str, value: Any) -> str:
    """Return a setting's value as a table shows it."""
    if name == "kind":
        return KINDS[value].title
    if name == "preset":
        return PRESET_NOTES[value].title if value in PRESET_NOTES else "Custom"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("_", " ")
    if isinstance(value, tuple):
        return "-".join(map(str, cast("tuple[int, ...]", value))) or "none"
    return number_text(value)


def _dataset_row(runs: Sequence[Run]) -> SettingRow:
    titles = [dataset_title(run) for run in runs]
    differs = not all(learned_the_same(runs[0], run) for run in runs)
    if differs:  # of two sets with one name the contents tell which is which
        told = _told_apart(titles, [run.fingerprint[:6] for run in runs])
        same = len({*titles}) == 1
        titles = told if same else titles
    return SettingRow(DATASET, "Data set", tuple(titles), differs)


def _named(run: Run, values: dict[str, Any], names: Sequence[str]) -> str:
    return _joined(*(_words(name, values[name]) for name in names if name in values))


def _words(name: str, value: Any) -> str:
    return KINDS[value].title if name == "kind" else setting_words(name, value)


def _recipe(run: Run) -> str:
    """Return the preset with what was changed; without one what the model is."""
    config = run.config
    if config.preset in PRESETS:
        return preset_label(config)
    dims = setting_words("latent_dim", config.latent_dim) if config.has("decoder") else ""
    return _joined(KINDS[config.kind].title, dims)


def _differs(name: str, values: Sequence[dict[str, Any]]) -> bool:
    return len({each[name] for each in values if name in each}) > 1


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _told_apart(labels: Sequence[str], marks: Sequence[str]) -> list[str]:
    """Add its mark to each label that another run has too, where the marks of these differ."""
    counts = Counter(labels)
    marks_of: dict[str, set[str]] = {}
    for label, mark in zip(labels, marks, strict=True):
        marks_of.setdefault(label, set()).add(mark)
    return [
        _joined(label, mark) if counts[label] > 1 and len(marks_of[label]) > 1 else label
        for label, mark in zip(labels, marks, strict=True)
    ]
