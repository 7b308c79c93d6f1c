"""Pictures that a person sent, decoded where they can do no harm: see `picture_decoder`."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from vae.data import picture_decoder
from vae.data.picture_decoder import DAMAGED, LARGEST_SIDE, OUT_OF_MEMORY, REFUSED, TooLarge, decode
from vae.errors import RunError

__all__ = ["read_drawing", "read_picture"]

SECONDS = 30  # for a busy machine; a photo takes one
WAIT_SECONDS = 120  # for those that came before
LONGEST_DRAWING = 1024  # pixels: 4 MB, so that it is decoded here, as at every stroke it must be
_one_at_a_time = threading.Lock()


def read_picture(file: BinaryIO) -> Image.Image:
    """Return an image file as RGBA of at most 512 x 512 pixels, upright; of an animation the first.

    It is decoded in a process of its own, one file after the other, which takes a tenth of a second
    more. Raises RunError for what is not an image, is too large, or takes too much memory or time.
    """
    file.seek(0)
    content = file.read()
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise RunError(
            "One picture is read at a time. Try again in a minute. Received: many pictures at once"
        )
    try:
        done = subprocess.run(
            # -P: no file beside the program is taken for a module of Python's own.
            [sys.executable, "-P", picture_decoder.__file__],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _takes_too_much(f"{SECONDS} seconds") from None
    finally:
        _one_at_a_time.release()
    if done.returncode == REFUSED:
        raise RunError(done.stderr.decode().strip())
    if done.returncode == DAMAGED:
        raise _is_none(Path(str(getattr(file, "name", "a file"))).name)
    if done.returncode == OUT_OF_MEMORY:
        raise _takes_too_much("the memory that it may have")
    size = width, height = [int.from_bytes(done.stdout[at : at + 4], "little") for at in (0, 4)]
    # Anything else ended it: the limit on its time, or a fault in a library.
    whole = len(done.stdout) == 8 + 4 * width * height and 0 < max(size) <= LARGEST_SIDE
    if done.returncode or not whole:
        raise RunError(
            "A picture must be decoded in little memory and time. Try a smaller one, or JPEG. "
            f"Received: one whose decoding ended early (status {done.returncode})"
        )
    return Image.frombytes("RGBA", (width, height), done.stdout[8:])


def read_drawing(png: bytes) -> Image.Image:
    """Return the PNG of a drawing pad as `read_picture` does; raises RunError for another file."""
    try:
        return decode(io.BytesIO(png), ("PNG",), LONGEST_DRAWING)
    except TooLarge as error:
        raise RunError(str(error)) from None
    except Exception:
        raise _is_none("a drawing") from None


def _is_none(name: str) -> RunError:
    return RunError(
        "An image file was expected, as PNG, JPEG, WebP, GIF or BMP. "
        f"Received: {name!r:.80}, which is none or damaged"
    )


def _takes_too_much(received: str) -> RunError:
    return RunError(
        "A picture must be decoded in little memory and time. Make it smaller, or save it as JPEG. "
        f"Received: one that takes more than {received}"
    )
