"""Reads JSON that anyone may have written: a type says what a file holds, and this checks it.

A run's folder may be copied into the runs folder by hand, or come out of somebody's zip. Either way
keys that the type does not have are dropped, numbers are finite and within their range, and texts
are one printable line.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from vae.errors import RunError
from vae.files import read_regular

__all__ = [
    "LARGEST",
    "MAX_COUNT",
    "MAX_TEXT_BYTES",
    "AnyText",
    "Count",
    "Distance",
    "Fraction",
    "Instant",
    "Name",
    "Note",
    "Number",
    "Positive",
    "Seconds",
    "Tag",
    "Text",
    "Words",
    "decode",
    "decode_any",
    "printable",
    "read",
]

T = TypeVar("T")

MAX_TEXT_BYTES = 1_000_000  # of a JSON file; the longest that a run writes has 20,000
LARGEST = 1e100  # far beyond any loss, and far from where arithmetic on it becomes infinite
MAX_COUNT = 10**9

Number = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Distance = Annotated[float, Meta(ge=0.0, le=LARGEST)]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0 + 1e-9)]  # a rounding error is no forgery
Seconds = Annotated[float, Meta(ge=0.0, le=1e8)]
Instant = Annotated[float, Meta(ge=0.0, le=1e11)]  # seconds since 1970
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Positive = Annotated[int, Meta(ge=1, le=MAX_COUNT)]


class Text(str):
    """A few words in one line, cut where they are too many."""

    __slots__ = ()
    longest = 200  # characters


if TYPE_CHECKING:
    AnyText = str  # who measures writes any text; it is cut where a file is read
else:
    AnyText = Text


class Name(Text):
    """What a person calls a run."""

    __slots__ = ()
    longest = 60


class Tag(Text):
    """A word by which a person finds runs again."""

    __slots__ = ()
    longest = 30


class Note(Text):
    """What a person remarks on a run."""

    __slots__ = ()
    longest = 500


class Words(Text):
    """A sentence or two."""

    __slots__ = ()
    longest = 2000


def printable(text: str, max_length: int) -> str:
    """Return a text in one line, without control characters, of at most so many characters."""
    # Cut before as well: a text of megabytes is not worth reading to its end.
    visible = "".join(sign if sign.isprintable() else " " for sign in text[: 10 * max_length])
    return " ".join(visible.split())[:max_length].strip()


def decode(name: str, content: bytes, kind: type[T]) -> T:
    """Return what a file's content is, as the type has it.

    kind: a TypedDict, a dataclass, or any other type that msgspec knows; a TypedDict gives a plain
    dict. Raises RunError, which names the file, for anything else.
    """
    try:
        return decoder(kind).decode(content)
    # A DecodeError of msgspec is a ValueError, as is one of UTF-8.
    except (ValueError, RecursionError) as error:
        what = printable(content[:80].decode("utf-8", "replace"), 60)
        raise RunError(
            f"{name} must be as a run writes it ({printable(str(error), 120)}). Received: {what}"
        ) from None


def decode_any(name: str, content: bytes) -> object:
    """Return what JSON holds, whatever it is; raises RunError for anything but JSON."""
    anything: Any = Any
    return decode(name, content, anything)


def read(path: Path, kind: type[T]) -> T:
    """Return what a small file holds, as `decode` does.

    Raises FileNotFoundError if there is none, RunError if it cannot be read or is too large.
    """
    try:
        content = read_regular(path, MAX_TEXT_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise RunError(f"{path.name} must be of at most 1 MB. Received: more") from None
        raise RunError(f"{path.name} must be readable. Received: {error.strerror}") from None
    return decode(path.name, content, kind)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """Return what parses and checks JSON of a type: made once, since that takes a moment."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind, dec_hook=_text)
    return found


def _text(kind: object, value: object) -> Text:
    if not (isinstance(kind, type) and issubclass(kind, Text)):
        raise NotImplementedError(f"Types of texts are Text and its kin. Received: {kind}")
    if not isinstance(value, str):
        raise ValueError(f"Expected `str`, got `{type(value).__name__}`")
    return kind(printable(value, kind.longest))
