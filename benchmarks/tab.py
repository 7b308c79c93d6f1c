"""A tab of a browser on the app, as far as the server can tell: its websocket without a screen.

It holds the elements that the server sent, asks again for fragments that run every so many seconds,
fetches pictures, and notes how long each answer took and what went wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from benchmarks.exchange import GoneError, Question, Shown, Update, fetched, words

__all__ = ["Tab"]

PATIENCE_SECONDS = 60
# The second is what Streamlit's page sends where it has no token.
PROTOCOLS = ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]


class Tab:
    """A tab, from address to address.

    cookies: what the browser would send, such as the mark that tells visitors apart.
    """

    def __init__(self, address: str, cookies: dict[str, str] | None = None) -> None:
        self.address = address
        self._headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in (cookies or {}).items())}
        self.updates: list[Update] = []
        self.failures: list[str] = []
        self.page = ""  # where the visitor is, without the slash
        self.query = ""  # what follows the question mark in the address bar
        self._socket: ClientConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._fetched: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        """Be as a new tab is."""
        self._page_hash = self._script_run = ""
        self._pages: dict[str, str] = {}
        self._elements: dict[tuple[int, ...], Shown] = {}
        self._questions: list[Question] = []
        self._clocks: dict[str, tuple[float, asyncio.Task[None]]] = {}

    async def open(self, path: str = "/") -> None:
        """Open an address of the app in a new tab, such as /train?dataset=digits."""
        await self.close()
        self._forget()
        url = urlsplit(path)
        self.page, self.query = url.path.strip("/"), url.query
        try:
            self._socket = await connect(
                f"{self.address.replace('http', 'ws', 1)}/_stcore/stream",
                origin=self.address,
                subprotocols=PROTOCOLS,
                additional_headers=self._headers,
                compression=None,
                max_size=None,
                open_timeout=PATIENCE_SECONDS,
                proxy=None,
            )
        except (OSError, WebSocketException) as error:
            raise self._fail(f"the app did not answer: {error!r}") from None
        self._begin_task(self._listen(self._socket))
        await self._ask()

    async def close(self) -> None:
        """Close the tab."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def _fail(self, what: str) -> GoneError:
        self.failures.append(f"/{self.page}?{self.query}: {what}")
        return GoneError(self.failures[-1])

    def _begin_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ask(
        self, widget: WidgetState | None = None, fragment: str = "", *, automatic: bool = False
    ) -> None:
        """Have the script or a fragment of it run; wait for its end, unless a clock asked."""
        if self._socket is None:
            raise self._fail("no page is open")
        state = ClientState(
            query_string=self.query,
            page_script_hash=self._page_hash,
            page_name="" if self._page_hash else self.page,
            fragment_id=fragment,
            is_auto_rerun=automatic,
            context_info=ContextInfo(url=f"{self.address}/{self.page}", locale="en-US"),
        )
        if widget is not None:
            state.widget_states.widgets.append(widget)
        question = Question(fragment, automatic, asyncio.get_running_loop().create_future())
        # A clock does not wait: the server answers several of its questions at once.
        if not automatic or not any(
            other.automatic and other.fragment == fragment and not other.begun
            for other in self._questions
        ):
            self._questions.append(question)
        try:
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
            if not automatic:
                await asyncio.wait_for(question.answer, PATIENCE_SECONDS)
        except ConnectionClosed:
            raise GoneError("the connection was lost") from None  # noted by the listener
        except TimeoutError:
            raise self._fail(f"no answer within {PATIENCE_SECONDS} s") from None

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                self._receive(ForwardMsg.FromString(data))
            raise ConnectionError("the server closed it")
        except Exception as error:
            gone = self._fail(f"the connection was lost: {error!r}")
            for question in self._questions:
                if not question.answer.done() and not question.automatic:
                    question.answer.set_exception(gone)

    def _receive(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._draw(message)
            case "new_session":
                self._begin(message)
            case "script_finished":
                self._end(message)
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
                pages = message.navigation.app_pages
                self._pages = {page.url_pathname: page.page_script_hash for page in pages}
                self.page = next(k for k, v in self._pages.items() if v == self._page_hash)
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self._set_clock(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_clocks(message.stop_auto_rerun.fragment_ids)
            case "page_not_found":
                self._fail("page not found")

    def _begin(self, message: ForwardMsg) -> None:
        """A script begins: a whole page answers all that was asked, a fragment one question."""
        fragments = set(message.metadata.run.fragment_ids)
        self._script_run = message.metadata.run.script_run_id
        if not fragments:
            self._stop_clocks(list(self._clocks))
            for question in self._questions:
                question.begun = True
        for question in self._questions:
            if question.fragment in fragments and not question.begun:
                question.begun = True
                fragments.remove(question.fragment)

    def _end(self, message: ForwardMsg) -> None:
        """A script has ended: note how long it took, and drop what it did not render again."""
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return  # the one that answers follows
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self._fail("the script of the page cannot be compiled")
        fragments = message.metadata.run.fragment_ids
        answered = [
            question
            for question in self._questions
            if question.begun and (not fragments or question.fragment in fragments)
        ]
        if answered:
            # What the person asked counts before what the clock asked at the same time.
            asked = [question for question in answered if not question.automatic] or answered
            seconds = time.perf_counter() - min(question.sent for question in asked)
            self.updates.append(Update("fragment" if fragments else "page", self.page, seconds))
        for question in answered:
            self._questions.remove(question)
            if not question.answer.done():
                question.answer.set_result(None)
        self._elements = {
            position: shown
            for position, shown in self._elements.items()
            if shown.script_run == self._script_run
            or (fragments and shown.fragment not in fragments)
        }

    def _draw(self, message: ForwardMsg) -> None:
        kind = message.delta.new_element.WhichOneof("type")
        part = getattr(message.delta.new_element, kind)
        self._elements[tuple(message.metadata.delta_path)] = Shown(
            kind, part, message.delta.fragment_id, self._script_run
        )
        broken = kind == "exception" and not part.is_warning
        if broken or (kind == "alert" and part.format == Alert.ERROR):
            self._fail(f"the page shows an error: {words(part)}")
        for image in part.imgs if kind == "imgs" else ():
            if image.url.startswith("/") and image.url not in self._fetched:
                self._fetched.add(image.url)
                self._begin_task(self._fetch(image.url))

    async def _fetch(self, path: str) -> None:
        """Get a picture as a browser does; its time is part of no update."""
        status = await fetched(self.address, path)
        if " 200 " in status:
            return
        while self._questions:  # on the way elsewhere, where nobody misses it
            await asyncio.sleep(0.1)
        pictures = [shown.part.imgs for shown in self._elements.values() if shown.kind == "imgs"]
        if any(image.url == path for images in pictures for image in images):
            self._fail(f"the picture {path} did not come: {status}")

    def _set_clock(self, fragment: str, interval: float) -> None:
        """Ask for a fragment every so many seconds, answered or not, as the browser does."""
        if self._clocks.get(fragment, (0.0,))[0] != interval:
            self._stop_clocks([fragment])
            self._clocks[fragment] = interval, self._begin_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            try:
                await self._ask(fragment=fragment, automatic=True)
            except GoneError:
                return

    def _stop_clocks(self, fragments: Iterable[str]) -> None:
        for fragment in fragments:
            if fragment in self._clocks:
                self._clocks.pop(fragment)[1].cancel()
