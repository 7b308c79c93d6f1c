"""Drawings become images as MNIST's digits were made; what is no picture says so."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT
from vae.datasets import find_dataset, load_dataset
from vae.drawing import FRAMES, fit_picture, framed, ink_of, plainly_scaled, read_picture
from vae.errors import RunError

MNIST = (28, 28, 1)


def png(picture: Image.Image) -> io.BytesIO:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    buffer.seek(0)
    return buffer


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
    @pytest.mark.parametrize("place", [(5, 5), (200, 150), (100, 10)])
    def test_it_fits_twenty_pixels_and_is_centred(self, place: tuple[int, int]) -> None:
        image = like_mnist(stroke(*place, 30, 100))
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
        paper = np.full((100, 100), 230, np.uint8) - np.arange(100, dtype=np.uint8)[None] // 8
        paper[40:60, 45:55] = 20
        ink = ink_of(Image.fromarray(paper).convert("RGBA"))
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


def marked(mode: str, size: tuple[int, int] = (40, 20)) -> Image.Image:
    """A white picture, whose left upper quarter is black, in any mode."""
    pixels = np.full(size[::-1], 255, np.uint8)
    pixels[: size[1] // 2, : size[0] // 2] = 0
    picture = Image.fromarray(pixels)
    if mode == "I;16":
        return Image.fromarray(pixels.astype(np.uint16) * 257)
    return picture.convert("RGB").quantize(4) if mode == "P" else picture.convert(mode)


class TestFiles:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_a_large_photo_is_made_smaller(self, kind: str) -> None:
        file = io.BytesIO()
        marked("RGB", (5000, 5000)).save(file, kind)
        picture = read_picture(file)
        assert max(picture.size) <= 512
        assert picture.mode == "RGBA"
        image = fit_picture(picture, (64, 64, 3))
        assert image.shape == (64, 64, 3)
        assert image[10, 10].max() < 5
        assert image[10, 50].min() > 250
        assert image[50, 10].min() > 250

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
    def test_every_kind_of_pixels(self, mode: str) -> None:
        file = io.BytesIO()
        marked(mode).save(file, "JPEG" if mode == "CMYK" else "PNG")
        grey = np.asarray(read_picture(file).convert("L")).astype(int)
        assert grey.shape == (20, 40)
        assert grey[2, 2] < 10
        assert grey[2, 30] > 245
        assert grey[15, 2] > 245

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
    def test_every_kind_of_file(self, kind: str) -> None:
        # In a fresh process: once Pillow has met a format it knows it for good.
        program = (
            "import io, sys; from vae.drawing import read_picture;"
            "print(read_picture(io.BytesIO(sys.stdin.buffer.read())).getpixel((2, 2))[0])"
        )
        file = io.BytesIO()
        marked("RGB").save(file, kind)
        found = subprocess.run(
            [sys.executable, "-c", program], input=file.getvalue(), cwd=ROOT, capture_output=True
        )
        assert found.returncode == 0
        assert int(found.stdout) < 10

    def test_shades_of_16_bits(self) -> None:
        ramp = np.linspace(0, 65535, 100).astype(np.uint16)[None].repeat(10, axis=0)
        grey = np.asarray(read_picture(png(Image.fromarray(ramp))).convert("L"))[5]
        np.testing.assert_allclose(grey, np.linspace(0, 255, 100), atol=1.5)

    @pytest.mark.parametrize("size", [(40, 20), (3000, 1500)])
    def test_a_photo_stands_upright(self, size: tuple[int, int]) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera lay on its side: turn it a quarter clockwise
        for kind in ("JPEG", "PNG"):
            file = io.BytesIO()
            marked("RGB", size).save(file, kind, exif=exif)
            grey = np.asarray(read_picture(file).convert("L")).astype(int)
            assert grey.shape[0] == 2 * grey.shape[1]
            # What was in the left upper corner is in the right upper one.
            assert grey[2, -3] < 10
            assert grey[2, 2] > 245
            assert grey[-3, -3] > 245

    def test_an_animation_shows_its_first_picture(self) -> None:
        file = io.BytesIO()
        first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
        first.save(file, "GIF", save_all=True, append_images=[second])
        assert read_picture(file).getpixel((4, 4)) == (255, 0, 0, 255)

    def test_the_middle_is_cut(self) -> None:
        wide = Image.new("RGBA", (300, 100), "white")
        wide.paste(Image.new("RGBA", (100, 100), "black"), (100, 0))
        assert fit_picture(wide, MNIST).max() < 10

    def test_a_line_of_pixels_is_fitted(self) -> None:
        assert fit_picture(Image.new("RGBA", (500, 1), "red"), (64, 64, 3))[9, 9].tolist() == [
            255, 0, 0,
        ]  # fmt: skip

    def test_too_many_pixels(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("vae.drawing.MOST_PIXELS", 99)
        with pytest.raises(RunError, match=r"99 pixels. Received: 10 x 10"):
            read_picture(png(Image.new("L", (10, 10))))

    @pytest.mark.parametrize("content", [b"", b"some words", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
    def test_what_is_none(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "words.png"
        path.write_bytes(content)
        with path.open("rb") as file, pytest.raises(RunError, match=r"image file.*words\.png"):
            read_picture(file)

    def test_a_bomb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
        with pytest.raises(RunError, match="may have 30,000,000 pixels"):
            read_picture(png(Image.new("L", (10, 10))))

    def test_other_formats_are_left_to_other_programs(self) -> None:
        file = io.BytesIO()
        Image.new("L", (10, 10)).save(file, "EPS")
        with pytest.raises(RunError, match="PNG, JPEG"):
            read_picture(file)

    def test_a_truncated_one(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(0).integers(256, size=(90, 90), dtype=np.uint8)
        content = png(Image.fromarray(noise)).getvalue()
        with pytest.raises(RunError, match="image file"):
            read_picture(io.BytesIO(content[: len(content) // 2]))
