"""What one seed's few images are turned into, and what a classifier makes of each training set.

`train_methods` and `try_candidates` get the few images alone: nothing in them could see another
training image or a test image.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from vae.architecture import ImageShape
from vae.augmentation.classifier import Classifier
from vae.augmentation.generators import ImageGenerator, Samples, make_generator
from vae.augmentation.methods import METHODS, Generator, MethodName, Sampler
from vae.augmentation.plan import ChoiceJob, folds
from vae.augmentation.recipe import Recipe
from vae.augmentation.schema import Choice
from vae.augmentation.seeds import derived_seed

__all__ = [
    "Bench",
    "Trained",
    "bench_for",
    "make_samples",
    "together",
    "train_methods",
    "try_candidates",
]

HELD_OUT = 0.2  # of the extra seed's images, where the choice is not cross-validated
Check = Callable[[], None]


class Bench:
    """The networks of a process: each is built when it is first needed, and trained ever anew."""

    def __init__(self, recipe: Recipe, image_shape: ImageShape, classes: int) -> None:
        self.recipe, self.image_shape, self.classes = recipe, image_shape, classes
        batch = recipe.classifier_batch
        self.classifier = Classifier(recipe, image_shape, classes, batch)
        self.generator: Callable[[Generator], ImageGenerator] = cache(self._generator)

    def _generator(self, name: Generator) -> ImageGenerator:
        return make_generator(name, self.recipe, self.image_shape, self.classes)

    def fit_classifier(
        self, images: Samples, seed: int, check: Check, *, classical: bool = False
    ) -> None:
        """Train the classifier on a training set: as many steps for each method."""
        recipe = self.recipe
        self.classifier.trainer(classical=classical).train(
            *images,
            steps=recipe.classifier_steps,
            rate=recipe.classifier_rate,
            seed=seed,
            check=check,
        )


@lru_cache(maxsize=1)
def bench_for(recipe: Recipe, image_shape: ImageShape, classes: int) -> Bench:
    """Return this process's bench: another study of the same recipe and shapes takes it too."""
    return Bench(recipe, image_shape, classes)


class Trained(NamedTuple):
    """A method whose classifier is the bench's at this moment.

    synthetic: what joined the few images. seconds: that generator and classifier took.
    """

    method: MethodName
    synthetic: Samples | None
    seconds: float


def train_methods(
    bench: Bench,
    few: Samples,
    methods: Sequence[MethodName],
    choices: Mapping[Generator, Choice],
    seed: int,
    check: Check,
) -> Iterator[Trained]:
    """Train a classifier for each method, one after the other.

    choices: sampler and number of copies of each generator that the methods need.
    Weights begin the same for all methods of a seed, which so differ in their data alone.
    """
    made: dict[Generator, tuple[Samples, float]] = {}
    for name in methods:
        method = METHODS[name]
        began, earlier, synthetic = time.perf_counter(), 0.0, None
        if method.generator:
            if method.generator not in made:
                samples = make_samples(bench, few, choices[method.generator], seed, check)
                made[method.generator] = samples, time.perf_counter() - began
            else:
                earlier = made[method.generator][1]
            synthetic = made[method.generator][0]
        images = few if synthetic is None else together(few, synthetic)
        classifier_seed = derived_seed(seed, 1)
        bench.fit_classifier(images, classifier_seed, check, classical=method.classical)
        yield Trained(name, synthetic, earlier + time.perf_counter() - began)


def make_samples(bench: Bench, few: Samples, choice: Choice, seed: int, check: Check) -> Samples:
    """Train a generator on the few images and sample it as was chosen."""
    generator = bench.generator(choice["generator"])
    generator.fit(few, derived_seed(seed, 2), check)
    return generator.sample(choice["sampler"], choice["copies"], derived_seed(seed, 3))


class Tried(NamedTuple):
    """A candidate on one fold: of `total` validation images so many were right."""

    sampler: Sampler
    copies: int
    correct: int
    total: int
    seconds: float


def try_candidates(
    bench: Bench, few: Samples, job: ChoiceJob, seed: int, check: Check
) -> Iterator[Tried]:
    """Train the generator on a part of the few images, and classifiers on that and its samples.

    What they make of the rest is what a choice rests on.
    """
    validation = validation_part(few.labels, job.per_class, job.fold)
    part = Samples(few.images[~validation], few.labels[~validation])
    rest = Samples(few.images[validation], few.labels[validation])
    began = time.perf_counter()
    generator = bench.generator(job.generator)
    generator.fit(part, derived_seed(seed, job.fold, 2), check)
    for sampler, copies in job.candidates:
        synthetic = generator.sample(sampler, copies, derived_seed(seed, job.fold, 3))
        bench.fit_classifier(together(part, synthetic), derived_seed(seed, job.fold, 1), check)
        correct = int((bench.classifier.predict(rest.images) == rest.labels).sum())
        yield Tried(sampler, copies, correct, len(rest.labels), time.perf_counter() - began)
        began = time.perf_counter()


def validation_part(labels: np.ndarray, per_class: int, fold: int) -> np.ndarray:
    """Return which of the few images (N,) validate: a fold of each class, or a fifth of it."""
    count = folds(per_class)
    held_out = max(1, round(HELD_OUT * per_class))
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        chosen[own[fold::count] if count > 1 else own[:held_out]] = True
    return chosen


def together(few: Samples, synthetic: Samples) -> Samples:
    """Return the few images and then the synthetic ones."""
    return Samples(
        np.concatenate([few.images, synthetic.images]),
        np.concatenate([few.labels, synthetic.labels]),
    )
