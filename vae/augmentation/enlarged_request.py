"""Which enlarged set of a study a worker is to write, and where its files are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypedDict

from vae.augmentation.methods import METHODS, Generator, generators_of, methods_at
from vae.augmentation.study import Study
from vae.errors import RunError, StudyError
from vae.files import write_json
from vae.schemas.reading import Count, Positive, read

__all__ = [
    "ENLARGED",
    "GENERATOR_TITLES",
    "EnlargedSet",
    "enlarged_files",
    "generators_at",
    "read_enlarged_request",
    "request_enlarged",
]

REQUEST = "enlarge-asked.json"
ENLARGED = "enlarged-"  # with which the names of a set's files begin, and no others
GENERATOR_TITLES: dict[Generator, str] = {
    method.generator: method.title
    for method in METHODS.values()
    if method.generator and not method.classical
}


class EnlargedSet(NamedTuple):
    """The set of one number of images a class, one seed and one generator."""

    per_class: int
    seed: int
    generator: Generator


class _Request(TypedDict):
    """enlarge-asked.json."""

    per_class: Positive
    seed: Count
    generator: Generator


def generators_at(study: Study, per_class: int) -> list[Generator]:
    """Return the generators that a study has with so many images a class."""
    return generators_of(methods_at(per_class, tuple(study.settings["methods"])))


def request_enlarged(study: Study, wanted: EnlargedSet) -> None:
    """Write down which set a worker is to make.

    Raises StudyError for a set that the study has not, or not yet, and where nothing can be
    written.
    """
    chosen = {(each["per_class"], each["generator"]) for each in study.choices}
    if (wanted.per_class, wanted.generator) not in chosen:
        raise StudyError(
            "How many synthetic images join the real ones is not chosen yet: continue the study. "
            f"Received: {wanted.per_class} images a class, {GENERATOR_TITLES[wanted.generator]}"
        )
    try:
        write_json(study.path / REQUEST, wanted._asdict())
    except OSError as error:
        raise StudyError(
            f"A study's folder must be writable ({error.strerror}). Received: {study.path}"
        ) from None


def read_enlarged_request(study: Study) -> EnlargedSet | None:
    """Return which set was requested last; None if none was."""
    try:
        return EnlargedSet(**read(study.path / REQUEST, _Request))
    except (FileNotFoundError, RunError):
        return None


def enlarged_files(study: Study, wanted: EnlargedSet) -> dict[str, Path]:
    """Return where the files of a set are or will be, by their suffix."""
    name = f"{wanted.per_class}-a-class-seed-{wanted.seed}-{wanted.generator}"
    return {suffix: study.path / f"{ENLARGED}{name}{suffix}" for suffix in (".npz", ".zip")}
