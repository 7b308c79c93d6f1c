"""What is put into documents, and what passes as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from pages._shared.documents import Documents
from pages._shared.style import STYLE

OPENED = {"accept": "text/html,*/*"}  # by a browser, as the address of a tab


def echo(request: Request) -> Response:
    """Answer with the headers that a request came with."""
    names = ("range", "if-none-match", "accept-encoding")
    content = "\n".join(f"{name}={request.headers.get(name)}" for name in names)
    return Response(content, 206, media_type="text/plain")


async def parts() -> AsyncIterator[bytes]:
    for part in (b"<html><he", b"ad></head>", b"<body><p></body></html>"):
        yield part


async def numbers() -> AsyncIterator[bytes]:
    for number in range(3):
        yield str(number).encode()


# Stands for Streamlit, which answers any path with its document.
APP = Starlette(
    routes=[
        Route("/media/{name}", echo),
        Route("/manifest.json", lambda _: StreamingResponse(numbers(), media_type="text/json")),
        Route("/none", lambda _: HTMLResponse("<head>", 404)),
        Route("/{path:path}", lambda _: StreamingResponse(parts(), media_type="text/html")),
    ],
    middleware=[Middleware(Documents)],
)


class Answer(NamedTuple):
    status: int
    headers: Headers
    parts: list[str]


def get(path: str, query: str = "", **headers: str) -> Answer:
    """Ask for a path as a browser does that opens it."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits so long")

    names = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        **{"type": "http", "method": "GET", "path": path, "query_string": query.encode()},
        "headers": [(k.encode(), v.encode()) for k, v in (OPENED | names).items()],
    }
    asyncio.run(APP(scope, receive, send))
    start, *rest = sent
    bodies = [message["body"].decode() for message in rest if message.get("body")]
    return Answer(start["status"], Headers(raw=start["headers"]), bodies)


def test_a_document_has_our_scripts_at_its_head_and_our_style_before_the_page() -> None:
    answer = get("/train", range="bytes=0-3")
    (content,) = answer.parts
    assert answer.status == 200
    assert content.startswith("<html><head><script>// One act is one step")
    assert content.count("<script>") == content.count("</script>") == 5
    assert content.endswith(f"</script></head><body><style>{STYLE}</style><p></body></html>")
    assert int(answer.headers["content-length"]) == len(content.encode())
    assert answer.headers["cache-control"] == "no-cache"


def test_an_address_without_a_page_leads_to_the_first() -> None:
    answer = get("/train/a b", "run=x")
    assert answer.status == 307
    assert answer.headers["location"] == ".././?run=x&missing=train%2Fa+b"


def test_a_file_that_is_opened_passes_with_its_range() -> None:
    requested = {"range": "bytes=2-", "if_none_match": "x", "accept_encoding": "br"}
    answer = get("/media/walk.gif", **requested)
    assert answer.status == 206
    assert answer.parts == ["range=bytes=2-\nif-none-match=x\naccept-encoding=br"]


@pytest.mark.parametrize(
    ("path", "came"), [("/manifest.json", ["0", "1", "2"]), ("/none", ["<head>"])]
)
def test_what_is_no_document_passes_part_by_part(path: str, came: list[str]) -> None:
    assert get(path).parts == came
