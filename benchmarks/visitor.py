"""A visitor without a browser: talks to the app over the websocket as Streamlit's own page does.

Fifty Chromiums do not fit on two cores; fifty of these share one thread. A visitor knows what is on
the page well enough to find a widget by its label. What it leaves out: Streamlit's JavaScript,
which a browser fetches once; the browser's cache of large elements; and the values of widgets that
nobody touched, which the server knows.
"""

from __future__ import annotations

from typing import Self
from urllib.parse import parse_qs

from streamlit.proto.Common_pb2 import DoubleArray
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.exchange import GoneError, Shown, Update, words
from benchmarks.tab import Tab

__all__ = ["GoneError", "Update", "Visitor"]


class Visitor(Tab):
    """One person in front of the app."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def go(self, page: str = "") -> None:
        """Follow a link at the top of the page: an address without its slash."""
        self._stop_clocks(list(self._clocks))
        self.page, self.query, self._page_hash = page, "", self._pages[page]
        await self._ask()

    async def rerun(self) -> None:
        """Have the page rendered anew."""
        await self._ask()

    async def click(self, label: str) -> None:
        """Press a button."""
        button = self._find(label, "button")
        await self._ask(WidgetState(id=button.part.id, trigger_value=True), button.fragment)

    async def choose(self, label: str, option: str) -> None:
        """Choose from a box, by the words on the screen."""
        box = self._find(label, "selectbox")
        await self._ask(WidgetState(id=box.part.id, string_value=option), box.fragment)

    async def slide(self, label: str, value: float) -> None:
        """Move a slider."""
        slider = self._find(label, "slider")
        state = WidgetState(id=slider.part.id, double_array_value=DoubleArray(data=[value]))
        await self._ask(state, slider.fragment)

    def options(self, label: str) -> list[str]:
        """Return what can be chosen from a box."""
        return list(self._find(label, "selectbox").part.options)

    def shows(self, text: str) -> bool:
        """Whether a text, a label or a message on the page holds these words."""
        return any(text in words(shown.part) for shown in self._elements.values())

    @property
    def run_id(self) -> str:
        """The run that the address bar names."""
        return parse_qs(self.query).get("run", [""])[0]

    def _find(self, label: str, kind: str) -> Shown:
        for shown in self._elements.values():
            if shown.kind == kind and shown.part.label == label:
                return shown
        raise self._fail(f"there is no {kind} with the label {label!r}")
