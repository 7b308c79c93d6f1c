"""Streamlit's cookie against forged requests, in frames of other sites too."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FrameCookies"]

NAME = b"_streamlit_xsrf="
LAX, PARTITIONED = b"SameSite=Lax", b"SameSite=None; Secure; Partitioned"


class FrameCookies:
    """ASGI middleware: over https the cookie is partitioned, one for each site that shows the app.

    Without the cookie no file can be uploaded (403). Streamlit's setting for it, SameSite=None
    always, would take it away from who comes over plain http.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def partition(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [_partitioned(*each) for each in message["headers"]]
            await send(message)

        await self.app(scope, receive, partition if _is_secure(scope) else send)


def _is_secure(scope: Scope) -> bool:
    """Whether the browser asks over https, whatever a proxy makes of it."""
    if scope["type"] != "http":
        return False
    return "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto"))


def _partitioned(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() == b"set-cookie" and value.startswith(NAME):
        value = value.replace(b"; Secure", b"").replace(LAX, PARTITIONED)
    return name, value
