"""The server: Streamlit's, which runs pages/router.py for each visitor, and a little around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from pages._shared import server
from pages._shared.documents import Documents
from pages._shared.frame_cookies import FrameCookies
from pages._shared.guard import show_unexpected
from vae.server.queue import Queue

PAUSE_SECONDS = 5.0  # in which the first page comes, which needs none of the libraries


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the queue with the server, so that runs resume before anyone visits, and close it."""
    # Before the first request: what it imports must not be imported by a page at the same moment.
    starting = asyncio.create_task(asyncio.to_thread(_start))
    await asyncio.wait([starting])
    loading = asyncio.create_task(_load_libraries())
    yield
    loading.cancel()
    if not starting.exception():  # else every page shows it
        await asyncio.to_thread(starting.result().close)


def _start() -> Queue:
    server.load_first_page()
    return server.queue()


async def _load_libraries() -> None:
    await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.to_thread(server.load_libraries)


app = st.App(
    "pages/router.py",
    lifespan=lifespan,
    middleware=[Middleware(FrameCookies), Middleware(Documents)],
    on_script_error=show_unexpected,
)
