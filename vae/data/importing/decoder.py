"""The process that decodes an import's pictures, started again after a picture that ended it."""

from __future__ import annotations

import subprocess
import threading
from typing import NamedTuple

import numpy as np

from vae.data.importing.process import start
from vae.data.importing.treatment import Treatment
from vae.data.importing.worker import HEAD, NUMBERS, READ

__all__ = ["Decoded", "Decoder", "Unreadable"]

SECONDS = 10.0  # for a picture, on a busy machine; the process itself stops after 2 of a core
ENDED = "decoding it took too much memory or time"


class Unreadable(Exception):
    """A picture that was refused; the message says why."""


class Decoded(NamedTuple):
    """An image (size, size, 3), the picture's size (width, height), and how it looked before."""

    image: np.ndarray
    size: tuple[int, int]
    grey: bool
    original: np.ndarray


class Decoder:
    """Decodes one picture after the other in a process of its own; to be used in a `with`."""

    def __init__(self, treatment: Treatment) -> None:
        self._treatment = treatment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def decode(self, content: bytes) -> Decoded:
        """Return the picture of an image file; raises Unreadable, after which others can follow."""
        process = self._process = self._process or self._started()
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        try:
            status, answer = _ask(process, content)
        except (OSError, EOFError):  # the process is gone
            self._end()
            raise Unreadable(ENDED) from None
        finally:
            watchdog.cancel()
        if status != READ:
            raise Unreadable(answer.decode(errors="replace"))
        size = self._treatment.size
        width, height, grey, wide, high = NUMBERS.unpack_from(answer)
        pixels = np.frombuffer(answer, np.uint8, offset=NUMBERS.size)
        image, original = np.split(pixels, [3 * size * size])
        return Decoded(
            image.reshape(size, size, 3),
            (width, height),
            bool(grey),
            original.reshape(high, wide, 3),
        )

    def _started(self) -> subprocess.Popen[bytes]:
        how = self._treatment
        paper = "paper" if how.paper else "any"
        return start("vae.data.importing.worker", str(how.size), how.fit, paper)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _ask(process: subprocess.Popen[bytes], content: bytes) -> tuple[int, bytes]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(len(content).to_bytes(4, "little") + content)
    process.stdin.flush()
    head = process.stdout.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    status, length = HEAD.unpack(head)
    answer = process.stdout.read(length)
    if len(answer) < length:
        raise EOFError
    return status, answer
