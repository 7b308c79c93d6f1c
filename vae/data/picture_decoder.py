"""Decodes an image file that somebody sent: a program of its own, and what it is made of.

`vae.data.uploads` runs it, with the file on standard input, so that what a hostile file takes of
memory and time is not the server's. It imports Pillow alone, to be there in a tenth of a second.
Standard output: width and height, four bytes each, then RGBA. Exit status 2: refused, in words on
standard error; 3: no image; 4: too much memory.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps
from PIL import WebPImagePlugin as WebPImagePlugin  # Pillow finds WebP by it

__all__ = [
    "DAMAGED",
    "FORMATS",
    "OUT_OF_MEMORY",
    "REFUSED",
    "TooLarge",
    "decode",
    "limit_memory",
    "limit_time",
]

# Others are left out: Pillow reads some of them with the help of other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
LARGEST_SIDE = 512  # pixels: more is not seen in an image that a model learns from
LONGEST_SIDE = 16_384  # pixels that a file may have: as many as WebP can
MAX_BYTES = 200_000_000  # that decoding may take: a PNG of 40 million pixels, a WebP of 12.5
# Of memory for a pixel, by format, else by mode: as `python -m benchmarks.decoding` measures them.
BYTES = {"WEBP": 16, "GIF": 10}
BYTES_OF_RGB, BYTES_OF_OTHERS = 5, 10
PROGRESSIVE_BYTES = (
    6  # a progressive JPEG is there whole, as coefficients, however small it is read
)
SPARE_BYTES = 96_000_000  # beside that: the file itself, what libraries allocate ahead
MAX_SECONDS = 10  # of one core
REFUSED, DAMAGED, OUT_OF_MEMORY = 2, 3, 4


class TooLarge(ValueError):
    """A picture would take more than it may; its message says so."""


def decode(
    file: BinaryIO, formats: tuple[str, ...] = FORMATS, longest_side: int = LONGEST_SIDE
) -> Image.Image:
    """Return an image file as RGBA of at most 512 x 512 pixels, upright; of an animation the first.

    Raises TooLarge before anything is decoded, and whatever Pillow raises of damaged files.
    """
    try:
        picture = Image.open(file, formats=formats)
    except Image.DecompressionBombError:
        raise TooLarge(_side_words(longest_side, "many times as many")) from None
    whole = picture.size
    picture.draft(None, (LARGEST_SIDE, LARGEST_SIDE))  # a JPEG is made smaller as it is read
    width, height = whole
    if max(whole) > longest_side:
        raise TooLarge(_side_words(longest_side, f"{width:,} x {height:,}"))
    takes = _bytes_of(picture, width * height)
    if takes > MAX_BYTES:
        raise TooLarge(
            f"A picture may take at most {MAX_BYTES // 10**6} MB while it is decoded. Make it "
            f"smaller, or save it as JPEG. Received: {width:,} x {height:,} pixels as "
            f"{picture.format}, which take {takes // 10**6:,} MB"
        )
    return ImageOps.exif_transpose(_made_small(_in_8_bits(picture))).convert("RGBA")


def _side_words(longest_side: int, received: str) -> str:
    return (
        f"A picture may be at most {longest_side:,} pixels wide or high. Make it smaller. "
        f"Received: {received} pixels"
    )


def _bytes_of(picture: Image.Image, pixels: int) -> int:
    """Return what decoding takes. pixels: in the file, which may be more than are read of it."""
    plain = BYTES_OF_RGB if picture.mode in ("L", "RGB", "RGBA") else BYTES_OF_OTHERS
    takes = picture.width * picture.height * BYTES.get(str(picture.format), plain)
    return takes + pixels * PROGRESSIVE_BYTES * bool(picture.info.get("progressive"))


def _in_8_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of any mode as RGB, or as RGBA if parts of it are transparent."""
    if picture.mode.startswith("I"):  # 16 bits: Pillow alone would make all above 255 white
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def _made_small(picture: Image.Image) -> Image.Image:
    """Make a large picture smaller, one channel after the other: a copy would take 100 MB."""
    factor = max(picture.size) // LARGEST_SIDE
    if factor > 1:
        exif = picture.info.get("exif")
        bands = [picture.getchannel(band).reduce(factor) for band in picture.getbands()]
        picture = Image.merge(picture.mode, bands)
        if exif:
            picture.info["exif"] = exif  # it says which side is up
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return picture


def limit_memory(more_bytes: int | None = None) -> None:
    """Hold this process to what it has and so much more (None: a picture), on Linux alone."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        more = MAX_BYTES + SPARE_BYTES if more_bytes is None else more_bytes
        max_bytes = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def limit_time(seconds: int = MAX_SECONDS) -> None:
    """Hold this process to so many seconds of a core; not on Windows."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> int:
    """Decode standard input to standard output."""
    limit_time()
    limit_memory()
    try:
        picture = decode(io.BytesIO(sys.stdin.buffer.read()))
    except TooLarge as error:
        print(error, file=sys.stderr)
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception:
        # Damaged files fail in a dozen ways: struct, zlib, EOFError, IndexError, SyntaxError, ...
        return DAMAGED
    sys.stdout.buffer.write(b"".join(side.to_bytes(4, "little") for side in picture.size))
    sys.stdout.buffer.write(picture.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
