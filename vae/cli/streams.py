"""The edge of the command line: streams that show any text, and whose words reach them."""

from __future__ import annotations

import io
import json
import logging
import math
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from vae.environment import quiet_tensorflow

__all__ = [
    "flush_output",
    "import_tensorflow",
    "open_streams",
    "say",
    "to_json",
    "warn",
    "without_chatter",
]

# What libraries write about themselves, for whoever builds them. All else is shown.
CHATTER = (
    "All log messages before absl::InitializeLog() is called",
    "oneDNN custom operations are on",
    "This TensorFlow binary is optimized to use available CPU instructions",
    "To enable the following instructions",
    "Unable to register cuDNN factory",
    "Unable to register cuFFT factory",
    "Unable to register cuBLAS factory",
    "computation placer already registered",
    "Could not find cuda drivers on your machine",
    "TF-TRT Warning: Could not find TensorRT",
)
CHATTERING_LOGGERS = ("absl", "matplotlib", "tensorflow", "tf2onnx")
PLUS_MINUS = "±"


def open_streams() -> None:
    """Have standard output and error exist, and show a character that they do not know as \\x.."""
    for number in range(3):  # a closed one would become the next file that is opened
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> int:
    """Write a text to standard output; return the exit status that follows from that.

    It is 0 too where the reader has left, as `head` does: the work is done.
    """
    try:
        PLUS_MINUS.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = text.replace(PLUS_MINUS, "+/-")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        warn(f"vae: the results could not be printed ({error.strerror})")
        return 1
    return 0


def flush_output() -> None:
    """Write what is in standard output's buffer, if it can be; Python would complain at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)


def warn(text: str) -> None:
    """Write a line to standard error; where nobody can read it, that ends nothing."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def to_json(values: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return one line of JSON; NaN and infinity, which JSON does not have, are null."""
    return json.dumps(_finite(values), allow_nan=False)


@contextmanager
def without_chatter() -> Iterator[None]:
    """Silence, by name, what libraries tell those who build on them."""
    levels = {name: logging.getLogger(name).level for name in CHATTERING_LOGGERS}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
        for name in levels:
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


def import_tensorflow() -> None:
    """Import TensorFlow and what of this package needs it: a few seconds, once.

    TensorFlow's C++ writes some notes past Python and past its own log level. Who sets
    TF_CPP_MIN_LOG_LEVEL to less than 3 reads them all.
    """
    if quiet_tensorflow():
        with _held_back():
            import vae.model.vae
    else:
        import vae.model.vae  # noqa: F401


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold back what C++ writes to standard error, then pass on all but the chatter.

    What Python writes appears at once: it may be the last word of a process that is ended.
    """
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:  # no room: the notes are read then
        yield
        return
    with held, _apart_from_its_number(sys.stderr):
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held:
                if not any(name.encode() in line for name in CHATTER):
                    with suppress(OSError):
                        os.write(2, line)


@contextmanager
def _apart_from_its_number(stream: TextIO) -> Iterator[None]:
    """Have sys.stderr write where it does, whatever becomes of file number 2."""
    try:
        stream.flush()
        number = os.dup(stream.fileno())
    except (OSError, ValueError):  # closed, or no file
        yield
        return
    # It is not closed: handlers of loggers that were made meanwhile keep it.
    sys.stderr = os.fdopen(number, "w", 1, stream.encoding, stream.errors)
    try:
        yield
    finally:
        sys.stderr = stream


def _discard(stream: TextIO) -> None:
    """Have what is left in a stream's buffer, and all that follows, go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
