"""The ways of making a training set out of few labelled images, compared by a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from vae.errors import StudyError

__all__ = [
    "ALL_LABELS",
    "CROSS_VALIDATED",
    "FOLDS",
    "GENERATORS",
    "METHODS",
    "Generator",
    "Method",
    "MethodName",
    "Sampler",
    "check_methods",
    "generators_of",
    "methods_at",
]

MethodName = Literal["real", "classical", "vae", "class_vaes", "gan", "classical_vae", "all"]
Generator = Literal["vae", "class_vaes", "gan"]
Sampler = Literal["prior", "mixture", "posterior"]

GENERATORS: tuple[Generator, ...] = get_args(Generator)
ALL_LABELS = 0  # per_class of a row that has all labels
CROSS_VALIDATED = 10  # images a class, at most, where the choice is cross-validated
FOLDS = 5


@dataclass(frozen=True)
class Method:
    """One way to make a training set.

    title: in tables and legends. sentence: what it does. generator: whose samples join the real
    images. classical: whether images are shifted, rotated, scaled and bent in training. per_class:
    the numbers of images a class at which it is studied; () for any.
    """

    name: MethodName
    title: str
    sentence: str
    generator: Generator | None = None
    classical: bool = False
    per_class: tuple[int, ...] = ()


METHODS: dict[MethodName, Method] = {
    method.name: method
    for method in (
        Method("real", "Real images alone", "The few labelled images and nothing else."),
        Method(
            "classical",
            "Classical augmentation",
            "The few images, shifted, rotated, scaled and bent at random at each step.",
            classical=True,
        ),
        Method(
            "vae",
            "Conditional VAE",
            "The few images and samples of a conditional VAE that was trained on them.",
            generator="vae",
        ),
        Method(
            "class_vaes",
            "One VAE a class",
            "The few images and samples of as many VAEs as classes, each trained on its class.",
            generator="class_vaes",
            per_class=(50,),
        ),
        Method(
            "gan",
            "Conditional GAN",
            "The few images and samples of a conditional GAN that was trained on them.",
            generator="gan",
            per_class=(50, 100),
        ),
        Method(
            "classical_vae",
            "Classical and VAE",
            "The few images and samples of the conditional VAE, all of them augmented classically.",
            generator="vae",
            classical=True,
        ),
        Method("all", "All labels", "All training images with their labels: the upper line."),
    )
}


def methods_at(per_class: int, methods: tuple[MethodName, ...]) -> list[Method]:
    """Return those of the methods that are studied with so many images a class."""
    return [
        method
        for method in METHODS.values()
        if method.name in methods
        and (method.name == "all") == (per_class == ALL_LABELS)
        and (not method.per_class or per_class in method.per_class)
    ]


def generators_of(methods: list[Method]) -> list[Generator]:
    """Return the generators that these methods need, each once."""
    return [name for name in GENERATORS if any(method.generator == name for method in methods)]


def check_methods(names: tuple[str, ...]) -> tuple[MethodName, ...]:
    """Return methods in the order of `METHODS`; raises StudyError for none and for unknown ones."""
    unknown = [name for name in names if name not in METHODS]
    if unknown or not names:
        raise StudyError(
            f"Methods are {', '.join(METHODS)}. Received: {', '.join(unknown) or 'none'}"
        )
    return tuple(name for name in METHODS if name in names)
