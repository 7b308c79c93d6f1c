"""Generators and trainer: trained anew, they are as if built anew."""

from __future__ import annotations

import numpy as np
import pytest

from tests.augmentation.tiny import RECIPE
from vae.augmentation.cell import Bench, bench_for
from vae.augmentation.generators import Samples
from vae.augmentation.methods import GENERATORS, Generator
from vae.augmentation.plan import SAMPLERS
from vae.augmentation.trainer import batches
from vae.augmentation.work import few_images
from vae.data.datasets import Dataset


@pytest.fixture(scope="module")
def bench(stripes: Dataset) -> Bench:
    return bench_for(RECIPE, stripes.image_shape, 2)


def nothing() -> None:
    """Check nothing."""


@pytest.mark.parametrize("name", GENERATORS)
def test_what_was_trained_before_leaves_no_trace(
    name: Generator, bench: Bench, stripes: Dataset
) -> None:
    generator = bench.generator(name)
    few, others = (few_images(stripes, 4, seed) for seed in (0, 1))
    found = []
    for before in (few, others):
        generator.fit(before, 5, nothing)
        generator.sample("prior", 1, 0)
        generator.fit(few, 6, nothing)
        found.append(generator.sample("prior", 2, 7).images)
    np.testing.assert_array_equal(*found)
    generator.fit(few, 8, nothing)
    assert (generator.sample("prior", 2, 7).images != found[0]).any()


@pytest.mark.parametrize("name", GENERATORS)
def test_every_sampler_makes_as_many_of_each_class(
    name: Generator, bench: Bench, stripes: Dataset
) -> None:
    generator, few = bench.generator(name), few_images(stripes, 4, 0)
    generator.fit(few, 0, nothing)
    sampled = []
    for sampler in SAMPLERS[name]:
        made = generator.sample(sampler, 3, 1)
        assert made.images.shape == (24, 12, 9, 3)
        assert made.images.dtype == np.uint8
        assert np.bincount(made.labels).tolist() == [12, 12]
        np.testing.assert_array_equal(generator.sample(sampler, 3, 1).images, made.images)
        assert (generator.sample(sampler, 3, 2).images != made.images).any()
        sampled.append(made.images.tobytes())
    assert len(set(sampled)) == len(sampled)


def test_the_classifier_is_trained_anew(bench: Bench, stripes: Dataset) -> None:
    few = few_images(stripes, 4, 0)
    found = []
    for before in (1, 2):
        bench.fit_classifier(few_images(stripes, 4, before), before, nothing, classical=True)
        bench.fit_classifier(few, 3, nothing, classical=True)
        found.append(bench.classifier.weights)
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_classifier_learns(bench: Bench, stripes: Dataset) -> None:
    images = Samples(stripes.x_train, stripes.y_train.astype(np.int64))
    bench.classifier.trainer().train(*images, steps=150, rate=1e-2, seed=0, check=lambda: None)
    assert (bench.classifier.predict(stripes.x_test) == stripes.y_test).mean() > 0.9


def test_every_image_is_seen_as_often() -> None:
    indices = batches(10, 4, 5, np.random.default_rng(0))
    assert indices.shape == (5, 4)
    assert np.bincount(indices.ravel()).tolist() == [2] * 10
    assert batches(3, 8, 2, np.random.default_rng(0)).max() == 2
