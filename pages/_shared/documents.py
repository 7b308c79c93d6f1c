"""The HTML document that every address of the app begins with."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages._shared.page_list import PAGES
from pages._shared.style import STYLE

__all__ = ["MISSING", "Documents"]

MISSING = "missing"  # the parameter that names an address without a page
SCRIPTS = tuple(
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in (
        *("history_steps.js", "server_address.js", "typed_fields.js"),
        *("keep_focus.js", "slider_names.js"),
    )
)
# Streamlit's own routes: downloads, pictures, scripts. They have no document.
ROUTES = ("_stcore", "media", "component", "static")
# Streamlit's answer would be another one for these: not modified, packed.
CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")


class Documents:
    """ASGI middleware: puts scripts and style into Streamlit's document, mends wrong addresses.

    Streamlit answers every path with its document. The files in it are named from where it stands,
    so that it stays blank at /train/foo: such an address leads to the start page instead. All else
    passes as it comes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not _may_be_document(scope):
            await self.app(scope, receive, send)
            return
        is_document, html = False, b""

        async def mend(message: Message) -> None:
            nonlocal is_document, html
            if message["type"] == "http.response.start":
                is_document = message["status"] == 200 and _is_html(message)
            if not is_document:
                await send(message)
                return
            html += message.get("body", b"")
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await _answer(scope, html.decode())(scope, receive, send)

        headers = [each for each in scope["headers"] if each[0] not in CONDITIONS]
        await self.app({**scope, "headers": headers}, receive, mend)


def _may_be_document(scope: Scope) -> bool:
    """Whether a browser is opening this address, rather than something that a page shows."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and _path(scope).partition("/")[0] not in ROUTES
    )


def _path(scope: Scope) -> str:
    """Return the path below the one where the app stands, without slashes at its ends."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return scope["path"].removeprefix(f"/{base}" if base else "").strip("/")


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


def _answer(scope: Scope, html: str) -> Response:
    """Return the document with what is ours in it, or where an address without a page leads.

    Of equal rules the later acts: so the style stands behind the head, where Streamlit's own are,
    and before what a page adds.
    """
    if elsewhere := _where_instead(scope):
        return RedirectResponse(elsewhere)
    scripts = "".join(f"<script>{script}</script>" for script in SCRIPTS)
    html = html.replace("<head>", f"<head>{scripts}", 1)
    html = html.replace("<body>", f"<body><style>{STYLE}</style>", 1)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


def _where_instead(scope: Scope) -> str:
    """Return where an address without a page leads, relative to it; "" if there is a page."""
    path = _path(scope)
    if path in ("", *(page.folder for page in PAGES[1:])):
        return ""
    query = scope["query_string"].decode("latin-1")
    missing = "" if path == PAGES[0].folder else urlencode({MISSING: path})
    return f"{'../' * path.count('/')}./?{'&'.join(filter(None, (query, missing)))}"
