"""What a screen reader reads out by itself: the words of the page's region for announcements."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["heard", "listen", "wait_to_hear"]

LISTEN = """() => {
    window.heard = [];
    new MutationObserver(() => {
        const words = document.getElementById('vae-announcements')?.textContent;
        if (words && words !== window.heard.at(-1)) window.heard.push(words);
    }).observe(document.body, { childList: true, subtree: true });
}"""


def listen(page: Page) -> None:
    """Write down what is read out from now on."""
    page.evaluate(LISTEN)


def heard(page: Page) -> list[str]:
    """Return what was read out since `listen`."""
    return page.evaluate("heard")


def wait_to_hear(page: Page, words: str) -> None:
    """Wait until words that match this regular expression were read out."""
    page.wait_for_function("words => heard.some((each) => each.match(words))", arg=words)
