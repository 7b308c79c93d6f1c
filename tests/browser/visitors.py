"""Pages that begin as a new visitor's, in windows that have compiled Streamlit's scripts before."""

from __future__ import annotations

from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

__all__ = ["Motion", "Visitors"]

Motion = Literal["reduce", "no-preference"]


class Visitors:
    """Opens pages of contexts that are kept: each new context would load all scripts anew.

    What a visitor leaves behind is forgotten in between: cookies, storage, permissions.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self._kept: dict[str, Page] = {}

    def open_page(self, **options: Any) -> Page:
        """Open a page of the context with these options of Playwright's `new_context`.

        Without motion, unless they say otherwise: Streamlit's parts fade in, and to draw each of
        those frames is a fifth of a page's time.
        """
        options = {"reduced_motion": "reduce", **options}
        name = repr(sorted(options.items()))
        if name not in self._contexts:
            self._contexts[name] = self._browser.new_context(**options)
            self._contexts[name].set_default_timeout(60_000)
        return self._contexts[name].new_page()

    def keep_page(self, viewport: ViewportSize, motion: Motion) -> Page:
        """Return the one page of this context that is there for every test, empty.

        A page's process has Streamlit's scripts compiled: a new one's needs half as long again.
        """
        page = self._kept.get(motion)
        if page is None or page.is_closed():
            page = self._kept[motion] = self.open_page(viewport=viewport, reduced_motion=motion)
        page.set_viewport_size(viewport)
        page.emulate_media(
            media="null", color_scheme="null", forced_colors="null", reduced_motion=motion
        )
        return page

    def leave(self) -> None:
        """Close all pages but those to be kept, and forget who was here."""
        for context in self._contexts.values():
            for page in context.pages:
                _forget_storage(page)
                if page in self._kept.values():
                    _leave_empty(page)
                else:
                    page.close()
            context.clear_cookies()
            context.clear_permissions()


def _leave_empty(page: Page) -> None:
    page.mouse.up()
    page.mouse.move(0, 0)
    page.goto("about:blank")


def _forget_storage(page: Page) -> None:
    """Forget what this page's address has stored, but not the scripts that were loaded from it."""
    session = page.context.new_cdp_session(page)
    origin = {"origin": page.evaluate("() => location.origin"), "storageTypes": "local_storage"}
    session.send("Storage.clearDataForOrigin", origin)
    session.detach()
    page.evaluate("() => location.protocol === 'about:' || sessionStorage.clear()")
