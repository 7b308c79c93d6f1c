"""Pictures that people send: what they become, and what is refused before it takes anything."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT, run_python
from vae.data import picture_decoder, uploads
from vae.data.picture_decoder import OUT_OF_MEMORY
from vae.data.uploads import read_drawing, read_picture
from vae.data.user_images import fit_picture
from vae.errors import RunError


def png(picture: Image.Image) -> io.BytesIO:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    buffer.seek(0)
    return buffer


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
        file = io.BytesIO()
        marked("RGB").save(file, kind)
        assert read_picture(file).getpixel((2, 2))[0] < 10

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

    @pytest.mark.parametrize("content", [b"", b"some words", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
    def test_what_is_none(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "words.png"
        path.write_bytes(content)
        with path.open("rb") as file, pytest.raises(RunError, match=r"image file.*words\.png"):
            read_picture(file)

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


@pytest.fixture(scope="module")
def line() -> io.BytesIO:
    """58 kB, of which decoding made 812 MB."""
    return png(Image.new("L", (1, 30_000_000)))


class TestRefused:
    def test_a_line_without_end(self, line: io.BytesIO) -> None:
        assert len(line.getvalue()) < 60_000
        with pytest.raises(RunError, match=r"16,384 pixels wide or high.*1 x 30,000,000 pixels$"):
            read_picture(line)

    def test_a_webp_that_takes_a_lot(self) -> None:
        file = io.BytesIO()
        Image.new("RGB", (5400, 5400)).save(file, "WEBP", lossless=True, method=0)
        with pytest.raises(
            RunError, match=r"at most 200 MB.*5,400 x 5,400.*WEBP, which take 466 MB$"
        ):
            read_picture(file)

    def test_a_progressive_jpeg_is_there_whole(self) -> None:
        sizes = {"progressive": True, "subsampling": 0}
        file = io.BytesIO()
        Image.new("RGB", (6000, 6000)).save(file, "JPEG", **sizes)
        with pytest.raises(RunError, match=r"6,000 x 6,000 pixels as JPEG, which take 2\d\d MB$"):
            read_picture(file)
        Image.new("RGB", (6000, 6000)).save(file := io.BytesIO(), "JPEG")
        assert max(read_picture(file).size) <= 512

    def test_a_size_that_is_not_to_be_believed(self) -> None:
        content = bytearray(png(Image.new("L", (8, 8))).getvalue())
        content[16:24] = (2**31 - 1).to_bytes(4) * 2
        crc = zlib.crc32(content[12:29])
        content[29:33] = crc.to_bytes(4)
        with pytest.raises(RunError, match=r"many times as many pixels$"):
            read_picture(io.BytesIO(bytes(content)))

    def test_a_drawing_is_small(self) -> None:
        assert read_drawing(png(Image.new("RGBA", (280, 280))).getvalue()).size == (280, 280)
        with pytest.raises(RunError, match=r"1,024 pixels wide.*Received: 1,025 x 3 pixels"):
            read_drawing(png(Image.new("L", (1025, 3))).getvalue())

    @pytest.mark.parametrize("kind", ["WEBP", "JPEG", "GIF", "BMP"])
    def test_a_drawing_is_a_png(self, kind: str) -> None:
        marked("RGB").save(file := io.BytesIO(), kind)
        with pytest.raises(RunError, match="An image file was expected"):
            read_drawing(file.getvalue())


PEAK = """
import io, resource, sys
from vae.data.uploads import read_picture
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
content = open(sys.argv[1], "rb").read()
before = peak()
print(max(read_picture(io.BytesIO(content)).size), peak() - before)
"""


class TestOfItsOwn:
    @pytest.mark.skipif(sys.platform != "linux", reason="counts in kB")
    def test_this_process_does_not_grow(self, tmp_path: Path) -> None:
        """Decoded here 5,000 x 5,000 pixels would be 100 MB."""
        path = tmp_path / "large.png"
        path.write_bytes(png(Image.new("RGB", (5000, 5000))).getvalue())
        done = run_python("-c", PEAK, path)
        side, grown = map(int, done.stdout.split())
        assert side <= 512
        assert grown < 8_000  # kB: the picture that came back

    @pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
    def test_memory_has_an_end(self) -> None:
        code = (
            "import sys, vae.data.picture_decoder as program\n"
            "program.SPARE_BYTES = 40_000_000 - program.MAX_BYTES\n"
            "sys.exit(program.main())"
        )
        found = {}
        for side in (100, 4000):
            content = png(Image.new("RGB", (side, side))).getvalue()
            command = [sys.executable, "-c", code]
            done = subprocess.run(command, input=content, capture_output=True, cwd=ROOT)
            found[side] = done.returncode
        assert found == {100: 0, 4000: OUT_OF_MEMORY}

    @pytest.mark.parametrize(
        ("program", "words"),
        [
            ("import time; time.sleep(60)", "more than 0.5 seconds$"),
            ("import os; os.kill(os.getpid(), 9)", r"status -9\)$"),
            ("raise SystemExit(4)", "the memory that it may have$"),
            ("print('words')", r"status 0\)$"),
        ],
    )
    def test_what_ends_without_a_picture(
        self, program: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "program.py"
        path.write_text(program, encoding="utf-8")
        with monkeypatch.context() as patch:
            patch.setattr(picture_decoder, "__file__", str(path))
            patch.setattr(uploads, "SECONDS", 0.5 if "sleep" in program else 30)
            with pytest.raises(RunError, match=f"^A picture must be decoded.*{words}"):
                read_picture(png(marked("RGB")))
        assert read_picture(png(marked("RGB"))).size == (40, 20)  # the next one has its turn

    def test_one_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "WAIT_SECONDS", 0)
        with uploads._one_at_a_time, pytest.raises(RunError, match=r"^One picture is read"):
            read_picture(png(marked("RGB")))
        assert read_picture(png(marked("RGB"))).size == (40, 20)
