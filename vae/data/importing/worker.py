"""Decodes the pictures of one import: a program of its own, so that a bad one ends only this.

Standard input: for each picture four bytes of length and its file. Standard output: a status and
four bytes of length, then a reason if it is refused, else width, height, 1 if it is grey, width and
height of the original shown (five numbers of four bytes), the image and that original, both RGB.
"""

from __future__ import annotations

import importlib
import io
import signal
import struct
import sys
import warnings
from typing import Literal, cast

import numpy as np
from PIL import ExifTags, Image

from vae.data.importing.treatment import Treatment, fitted, on_ground, prepared
from vae.data.picture_decoder import FORMATS, TooLarge, decode, limit_memory

__all__ = ["HEAD", "NUMBERS", "ORIGINAL_SIDE", "READ", "REFUSED"]

READ, REFUSED = 0, 1
HEAD, NUMBERS = struct.Struct("<BI"), struct.Struct("<5I")
ORIGINAL_SIDE = 128  # pixels, as it is shown beside the image
CPU_SECONDS = 2.0  # for a picture
DAMAGED = "not a picture as PNG, JPEG, WebP, GIF, BMP or TIFF, or damaged"
READABLE = (*FORMATS, "TIFF")


def _limit_time(seconds: float) -> None:
    """End this process after so many seconds of a core; not on Windows, where the server does."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _image_of(content: bytes, treatment: Treatment) -> bytes:
    with Image.open(io.BytesIO(content), formats=READABLE) as head:
        if head.mode == "F":
            raise TooLarge("Whole numbers were expected as pixels. Received: fractions")
        width, height = head.size
        if head.getexif().get(ExifTags.Base.Orientation, 1) > 4:  # it lies on its side
            width, height = height, width
    whole = decode(io.BytesIO(content), READABLE)
    image = np.asarray(fitted(prepared(whole, treatment), treatment.size, treatment.fit))
    grey = bool((image == image[:, :, :1]).all())
    picture = on_ground(whole)
    picture.thumbnail((ORIGINAL_SIDE, ORIGINAL_SIDE))
    numbers = NUMBERS.pack(width, height, grey, *picture.size)
    return numbers + image.tobytes() + picture.tobytes()


def _answer(content: bytes, treatment: Treatment) -> tuple[int, bytes]:
    try:
        return READ, _image_of(content, treatment)
    except TooLarge as error:
        return REFUSED, str(error).encode()
    except Image.DecompressionBombError:
        return REFUSED, b"it has too many pixels"
    except MemoryError:
        return REFUSED, b"it takes more memory than a picture may"
    except Exception:
        # Damaged files fail in a dozen ways: struct, zlib, EOFError, IndexError, SyntaxError, ...
        return REFUSED, DAMAGED.encode()


def main() -> None:
    """Decode standard input to standard output until it ends."""
    size, fit, paper = sys.argv[1:]
    treatment = Treatment(int(size), fit=cast(Literal["crop", "pad"], fit), paper=paper == "paper")
    if treatment.paper:
        importlib.import_module("scipy.ndimage")  # first, so that its own size is not counted
    warnings.simplefilter("ignore")  # what Pillow says of odd files would fill the server's log
    limit_memory()
    while length := sys.stdin.buffer.read(4):
        content = sys.stdin.buffer.read(int.from_bytes(length, "little"))
        _limit_time(CPU_SECONDS)
        status, answer = _answer(content, treatment)
        _limit_time(0)
        sys.stdout.buffer.write(HEAD.pack(status, len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
