"""Pages that begin as a new visitor's, in windows that have compiled Streamlit's scripts before."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["Visitors"]


class Visitors:
    """Opens pages of contexts that are kept: each new context would load all scripts anew.

    What a visitor leaves behind is forgotten in between: cookies, storage, permissions.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}

    def open_page(self, **options: Any) -> Page:
        """Open a page of the context with these options of Playwright's `new_context`."""
        name = repr(sorted(options.items()))
        if name not in self._contexts:
            self._contexts[name] = self._browser.new_context(**options)
            self._contexts[name].set_default_timeout(60_000)
        return self._contexts[name].new_page()

    def leave(self) -> None:
        """Close all pages, and forget who was here."""
        for context in self._contexts.values():
            for page in context.pages:
                _forget_storage(page)
                page.close()
            context.clear_cookies()
            context.clear_permissions()


def _forget_storage(page: Page) -> None:
    """Forget what this page's address has stored, but not the scripts that were loaded from it."""
    session = page.context.new_cdp_session(page)
    origin = {"origin": page.evaluate("() => location.origin"), "storageTypes": "local_storage"}
    session.send("Storage.clearDataForOrigin", origin)
