"""Which images train, which validate, and in which order: all of it follows from the seed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.split import (
    check_trainable,
    epoch_batches,
    split_indices,
    untaught_classes_note,
    unused_images_note,
)
from vae.errors import ConfigError


class TestSplit:
    def test_every_image_trains_or_validates_once(self) -> None:
        split = split_indices(Config(validation_split=0.1), 1000)
        assert (len(split.train), len(split.validation)) == (900, 100)
        assert sorted([*split.train, *split.validation]) == list(range(1000))
        assert split.train.dtype == split.validation.dtype == np.int32

    def test_fraction_and_split_together(self) -> None:
        split = split_indices(Config(train_share=0.25, validation_split=0.2), 1000)
        assert (len(split.train), len(split.validation)) == (200, 50)
        assert len({*split.train, *split.validation}) == 250

    def test_no_validation(self) -> None:
        assert len(split_indices(Config(validation_split=0.0), 70).validation) == 0

    def test_at_least_one_image_trains(self) -> None:
        split = split_indices(Config(train_share=0.001, validation_split=0.5), 10)
        assert (len(split.train), len(split.validation)) == (1, 0)
        with pytest.raises(ConfigError, match="Received"):
            split_indices(Config(), 0)

    def test_the_seed_samples(self) -> None:
        first, again = (split_indices(Config(seed=4), 500) for _ in range(2))
        np.testing.assert_array_equal(first.validation, again.validation)
        other = split_indices(Config(seed=5), 500)
        assert set(first.validation) != set(other.validation)


class TestEpochBatches:
    TRAIN = np.arange(100, 205, dtype=np.int32)

    def batches(self, epoch: int, seed: int = 0, size: int = 10) -> np.ndarray:
        return epoch_batches(Config(seed=seed), self.TRAIN, epoch, size)

    def test_whole_batches_of_different_images(self) -> None:
        batches = self.batches(1)
        assert (batches.shape, batches.dtype) == ((10, 10), np.int32)
        assert len(set(batches.ravel())) == 100
        assert set(batches.ravel()) <= set(self.TRAIN)

    def test_an_epochs_order_needs_no_other_epoch(self) -> None:
        # What makes a run exact that is taken up in the middle.
        np.testing.assert_array_equal(self.batches(7), self.batches(7))

    def test_every_epoch_and_seed_has_its_own_order(self) -> None:
        orders = [self.batches(epoch, seed).tolist() for epoch in (1, 2) for seed in (0, 1)]
        assert len({str(order) for order in orders}) == 4

    def test_who_waits_changes(self) -> None:
        waiting = [set(self.TRAIN) - set(self.batches(epoch).ravel()) for epoch in range(1, 6)]
        assert all(len(left) == 5 for left in waiting)
        assert set.intersection(*waiting) == set()


class TestWhatIsLeftOver:
    @pytest.mark.parametrize(
        ("batch_size", "images", "observed"),
        [(700, 1365, "700 of 1,365"), (4000, 7999, "4,000 of 7,999"), (3, 5, "3 of 5")],
    )
    def test_much_is_said(self, batch_size: int, images: int, observed: str) -> None:
        said = unused_images_note(Config(batch_size=batch_size, validation_split=0.0), images)
        assert said.startswith(f"Each epoch uses {observed} training images, others each time")
        assert said.endswith(f"do not fill a batch of {batch_size:,}.")

    @pytest.mark.parametrize(
        ("batch_size", "images"), [(100, 60_000), (100, 1437), (1, 1), (700, 700), (4096, 9)]
    )
    def test_little_is_not(self, batch_size: int, images: int) -> None:
        assert unused_images_note(Config(batch_size=batch_size, validation_split=0.0), images) == ""


class TestTrainable:
    def test_early_stopping_without_an_image_to_validate_on(self, digits: Dataset) -> None:
        few = dataclasses.replace(digits, x_train=digits.x_train[:1], y_train=digits.y_train[:1])
        config = Config(hidden=(8,), patience=2, validation_split=0.5)
        with pytest.raises(ConfigError, match=r"at least one image to validate on\. Received"):
            check_trainable(config, few)
        check_trainable(config.replace(patience=0), few)

    def test_a_shift_leaves_the_middle_of_an_image(self, digits: Dataset) -> None:
        check_trainable(Config(shift=3), digits)
        with pytest.raises(ConfigError, match="Received: shift=4, images of 8 × 8 pixels"):
            check_trainable(Config(shift=4), digits)


class TestClassesOfAClassifier:
    CONFIG = Config(kind="classifier", validation_split=0.0)

    def test_all_of_one_class_is_nothing_to_tell_apart(self, digits: Dataset) -> None:
        same = dataclasses.replace(digits, y_train=np.full_like(digits.y_train, 3))
        with pytest.raises(ConfigError, match=r"a GAN\. Received: 1,437 .* of '3'$"):
            check_trainable(self.CONFIG, same)
        check_trainable(Config(), same)  # a VAE learns of it

    def test_a_single_image_is_too_few(self, digits: Dataset) -> None:
        with pytest.raises(ConfigError, match="Received: 1 images"):
            check_trainable(self.CONFIG.replace(train_share=0.001), digits)

    def test_a_data_set_of_one_class_name(self, digits: Dataset) -> None:
        unlabelled = dataclasses.replace(
            digits,
            y_train=np.zeros_like(digits.y_train),
            y_test=np.zeros_like(digits.y_test),
            class_names=("picture",),
        )
        with pytest.raises(ConfigError, match=r"a GAN\. Received: 1$"):
            check_trainable(self.CONFIG, unlabelled)

    def test_classes_without_an_image_are_named(self, digits: Dataset) -> None:
        assert untaught_classes_note(self.CONFIG, digits) == ""
        few = dataclasses.replace(digits, y_train=digits.y_train % 2)
        said = untaught_classes_note(self.CONFIG, few)
        assert said.startswith("No image of 2, 3, 4 and 5 more is among those that train")
        assert untaught_classes_note(Config(), few) == ""
