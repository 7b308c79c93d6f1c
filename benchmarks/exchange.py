"""What a tab and the server exchange: questions, answers, elements of the page, pictures."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

__all__ = ["GoneError", "Question", "Shown", "Update", "fetched", "words"]


class GoneError(Exception):
    """The visitor cannot go on; `Visitor.failures` says why."""


class Update(NamedTuple):
    """One answer of the server, from the question to the end of the script."""

    kind: str  # "page" or "fragment"
    page: str  # its address, "" for the first page
    seconds: float


@dataclass
class Question:
    """What was asked of the server and is not answered yet."""

    fragment: str  # empty for the whole page
    automatic: bool  # by a clock, not by the person
    answer: asyncio.Future[None]
    sent: float = field(default_factory=time.perf_counter)
    begun: bool = False  # a script that began after it was sent is under way


class Shown(NamedTuple):
    """An element on the page."""

    kind: str
    part: Any  # the protobuf of this kind
    fragment: str
    script_run: str


async def fetched(address: str, path: str) -> str:
    """Fetch a file of the server; return the first line of its answer, or what went wrong."""
    url = urlsplit(address)
    try:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        head = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        status = (await reader.read()).split(b"\r\n", 1)[0].decode()
        writer.close()
    except OSError as error:
        return repr(error)
    return status


def words(part: Any) -> str:
    """Return what a person reads of an element."""
    names = ("title", "label", "body", "text", "message")
    return " ".join(str(getattr(part, name)) for name in names if getattr(part, name, ""))
