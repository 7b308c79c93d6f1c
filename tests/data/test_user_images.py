"""Drawings become images as MNIST's digits were made; what is no picture says so."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from vae.data.datasets import find_dataset, load_dataset
from vae.data.user_images import FRAMES, fit_picture, framed, ink_of, plainly_scaled
from vae.errors import RunError

MNIST = (28, 28, 1)


def stroke(left: int, top: int, width: int, height: int, side: int = 280) -> np.ndarray:
    ink = np.zeros((side, side))
    ink[top : top + height, left : left + width] = 1.0
    return ink


def like_mnist(ink: np.ndarray, shape: tuple[int, int, int] = MNIST) -> np.ndarray:
    return framed(ink, shape, FRAMES["mnist"])


def centre(image: np.ndarray, axis: int) -> float:
    """Where the centre of mass lies, in pixels from the first one's middle."""
    weight = image[:, :, 0].astype(float)
    return float((weight * np.indices(weight.shape)[axis]).sum() / weight.sum())


def extent(image: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(image[:, :, 0] > 20)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


class TestLikeMNIST:
    @pytest.mark.parametrize("position", [(5, 5), (200, 150), (100, 10)])
    def test_it_fits_twenty_pixels_and_is_centred(self, position: tuple[int, int]) -> None:
        image = like_mnist(stroke(*position, 30, 100))
        assert image.shape == MNIST
        assert image.dtype == np.uint8
        assert extent(image) == (20, 6)
        # In MNIST itself all lie in [13.5, 14.5).
        assert centre(image, 0) == pytest.approx(14, abs=0.51)
        assert centre(image, 1) == pytest.approx(14, abs=0.51)

    def test_by_its_mass_not_its_box(self) -> None:
        ink = stroke(40, 40, 100, 200)
        ink[40:240, 140:220] = 0.2  # a faint right half
        image = like_mnist(ink)
        assert centre(image, 1) == pytest.approx(14, abs=0.51)
        columns = np.flatnonzero(image[:, :, 0].any(axis=0))
        assert (columns[0] + columns[-1]) / 2 > 15

    def test_real_digits_stay_as_they_are(self) -> None:
        if find_dataset("mnist") is None:
            pytest.skip("needs MNIST")
        digits = load_dataset("mnist").x_test[:500]
        changed = [
            np.abs(like_mnist(digit[:, :, 0] / 255.0).astype(int) - digit).max() for digit in digits
        ]
        # MNIST's own digits went through this already: their brightest pixel becomes 255, from
        # 254 at times, and no pixel moves.
        assert np.mean(np.array(changed) <= 1) > 0.99

    @pytest.mark.parametrize("shape", [(8, 8, 1), (64, 64, 3), (12, 20, 1)])
    def test_other_shapes(self, shape: tuple[int, int, int]) -> None:
        image = like_mnist(stroke(100, 20, 40, 200), shape)
        assert image.shape == shape
        assert extent(image)[0] == round(20 / 28 * shape[0])
        assert (image == image[:, :, :1]).all()

    def test_a_dot_and_a_full_canvas(self) -> None:
        assert like_mnist(stroke(3, 3, 1, 1)).max() == 255
        assert extent(like_mnist(np.ones((280, 280)))) == (20, 20)

    def test_skipped_the_figure_differs(self) -> None:
        ink = stroke(5, 5, 30, 100)
        before, after = plainly_scaled(ink, MNIST), like_mnist(ink)
        assert extent(before) != extent(after)
        assert before.shape == MNIST


class TestOtherFrames:
    def test_real_small_digits_stay_as_they_are(self) -> None:
        changed = [
            np.abs(framed(digit[:, :, 0] / 255.0, (8, 8, 1), FRAMES["digits"]).astype(int) - digit)
            for digit in load_dataset("digits").x_test
        ]
        # One in six was wider than six columns and is made narrower, or lay beside the middle.
        assert np.mean([change.max() <= 2 for change in changed]) > 0.6

    def test_small_digits_fill_all_rows(self) -> None:
        image = framed(stroke(10, 20, 60, 200), (8, 8, 1), FRAMES["digits"])
        rows, columns = (np.flatnonzero(image[:, :, 0].any(axis=axis)) for axis in (1, 0))
        assert rows.tolist() == list(range(8))
        assert columns.tolist() == [3, 4]

    def test_clothes_fill_the_image(self) -> None:
        photo = Image.new("RGBA", (300, 200), "white")
        photo.paste(Image.new("RGBA", (150, 75), "navy"), (140, 110))
        image = framed(ink_of(photo), MNIST, FRAMES["fashion_mnist"])
        assert extent(image) == (14, 28)  # bright on black, its longest edge as wide as the image
        assert image[14, 14] == 255
        assert image[3, 14] == 0
        assert np.flatnonzero(image[:, 14, 0])[0] == 7


class TestInk:
    def test_strokes_on_nothing_on_white_and_on_black(self) -> None:
        for ground, pen in (((0, 0, 0, 0), "red"), ("white", "black"), ("black", "white")):
            picture = Image.new("RGBA", (50, 50), ground)
            picture.paste(Image.new("RGBA", (10, 20), pen), (20, 10))
            ink = ink_of(picture)
            assert ink.max() == 1.0
            assert (ink[10:30, 20:30] > 0.9).all()
            assert ink.sum() == pytest.approx(200.0, rel=0.05)

    def test_shadows_of_paper_are_no_ink(self) -> None:
        background = np.full((100, 100), 230, np.uint8) - np.arange(100, dtype=np.uint8)[None] // 8
        background[40:60, 45:55] = 20
        ink = ink_of(Image.fromarray(background).convert("RGBA"))
        assert ink[:30].sum() == 0.0

    def test_rounded_corners_are_no_ink(self) -> None:
        picture = Image.new("RGBA", (60, 60), "white")
        for corner in ((0, 0), (54, 0), (0, 54), (54, 54)):
            picture.paste((0, 0, 0, 0), (*corner, corner[0] + 6, corner[1] + 6))
        picture.paste("black", (25, 10, 35, 50))
        ink = ink_of(picture)
        assert ink[:, :20].sum() == 0.0
        assert (ink[12:48, 27:33] == 1.0).all()

    @pytest.mark.parametrize("ground", [(0, 0, 0, 0), "white", "black"])
    def test_an_empty_drawing(self, ground: object) -> None:
        with pytest.raises(RunError, match="Something must be drawn first"):
            ink_of(Image.new("RGBA", (50, 50), ground))


class TestFitted:
    def test_the_middle_is_cut(self) -> None:
        wide = Image.new("RGBA", (300, 100), "white")
        wide.paste(Image.new("RGBA", (100, 100), "black"), (100, 0))
        assert fit_picture(wide, MNIST).max() < 10

    def test_a_line_of_pixels_is_fitted(self) -> None:
        assert fit_picture(Image.new("RGBA", (500, 1), "red"), (64, 64, 3))[9, 9].tolist() == [
            255, 0, 0,
        ]  # fmt: skip
