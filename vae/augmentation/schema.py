"""What the files of an augmentation study hold."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from vae.augmentation.methods import Generator, MethodName, Sampler
from vae.schemas.reading import Count, Fraction, Positive, Seconds, Text
from vae.studies.schema import StudyHead

__all__ = ["Choice", "Row", "StudySettings", "Trial"]

Side = Annotated[int, Meta(ge=1, le=512)]


class StudySettings(StudyHead):
    """study.json. seeds: 0 to seeds - 1. recipe: see `vae.augmentation.recipe`."""

    dataset: Text
    fingerprint: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    image_shape: Annotated[list[Side], Meta(min_length=3, max_length=3)]
    class_names: Annotated[list[Text], Meta(min_length=2, max_length=256)]
    train_images: Positive
    test_images: Positive
    per_class: Annotated[list[Positive], Meta(min_length=1, max_length=20)]
    seeds: Positive
    methods: Annotated[list[MethodName], Meta(min_length=1, max_length=7)]
    recipe: dict[str, Any]
    versions: dict[Text, Text]


class Trial(TypedDict):
    """A line of trials.jsonl: one candidate of a choice, on one part of an extra seed's images.

    copies: synthetic images for each real one. correct of total: validation images.
    """

    per_class: Positive
    generator: Generator
    fold: Count
    sampler: Sampler
    copies: Positive
    correct: Count
    total: Positive
    seconds: Seconds


class Choice(TypedDict):
    """An entry of choices.json: what is frozen for a number of images a class and a generator.

    accuracy: on validation images, over all folds, of what was chosen. candidates: of all.
    """

    per_class: Positive
    generator: Generator
    sampler: Sampler
    copies: Positive
    accuracy: Fraction
    candidates: list[Candidate]


class Candidate(TypedDict):
    """One of the samplers and counts that a choice is among, and its validation accuracy."""

    sampler: Sampler
    copies: Positive
    accuracy: Fraction


class Row(TypedDict):
    """A line of rows.jsonl: one classifier, measured on all test images.

    per_class: real images of a class, 0 for all labels. accuracy: correct / total;
    balanced_accuracy: the mean of the classes' recalls. real, synthetic: images in its training
    set. agreement: the share of synthetic images that a classifier trained on all data takes for
    the class that they were made as; null without any. seconds: of this method, that of the
    generator included.
    """

    per_class: Count
    seed: Count
    method: MethodName
    correct: Count
    total: Positive
    accuracy: Fraction
    balanced_accuracy: Fraction
    real: Positive
    synthetic: Count
    agreement: Fraction | None
    seconds: Seconds
