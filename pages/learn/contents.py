"""The contents of Learn: which chapter is shown, and which were read."""

from __future__ import annotations

import streamlit as st

from pages._components.reading import READ_COOKIE, reading
from pages._shared.address import link_number, set_parameter, take_parameter
from pages._shared.controlled import controlled_key, user_value
from pages._shared.guard import show_wrong_link
from pages._shared.stable_position import stable_position
from pages.learn.chapter_list import CHAPTERS, Chapter

__all__ = ["choose_chapter", "show_contents", "show_way_on"]

SHOWN = "learn_chapter"
READ = "learn_read"  # in the session: the slugs of the chapters that were read to their end
NAMES = {chapter.slug: chapter for chapter in CHAPTERS}


def choose_chapter() -> Chapter:
    """Return the chapter that is shown; a link names it, the address holds it."""
    state, wanted = st.session_state, take_parameter("chapter")
    with stable_position():
        if wanted in NAMES:
            state[SHOWN] = wanted
        elif wanted is not None:
            state[SHOWN] = CHAPTERS[0].slug
            show_wrong_link(
                f"There is no chapter {wanted!r:.80}. Shown instead: {CHAPTERS[0].title}. Choose "
                "another one from the contents."
            )
    chapter = NAMES[state.setdefault(SHOWN, CHAPTERS[0].slug)]
    set_parameter("chapter", chapter.slug)
    return chapter


def show_contents(chapter: Chapter) -> None:
    """Show the list of chapters, with what was read ticked, to choose from."""
    read = _read()
    st.radio(
        "Chapters",
        list(NAMES),
        key=controlled_key(f"{SHOWN}_control", chapter.slug),
        format_func=lambda slug: _label(slug, slug in read),
        on_change=_choose,
        label_visibility="collapsed",
    )
    st.caption(
        f"{len(read)} of {len(CHAPTERS)} read. About {chapter.minutes} minutes for this one."
    )
    # A link opens a chapter too, perhaps the same one again.
    reading(f"{chapter.slug}-{link_number()}", sorted(read, key=list(NAMES).index))


def show_way_on(chapter: Chapter) -> None:
    """Show the buttons that end a chapter: back, and on to the next."""
    at = CHAPTERS.index(chapter)
    with st.container(horizontal=True, key="learn-way-on"):
        if at:
            before = CHAPTERS[at - 1]
            st.button(
                f"Back: {before.title}",
                icon=":material/arrow_back:",
                key="learn-back",
                on_click=_go,
                args=(before.slug,),
            )
        after = CHAPTERS[at + 1] if at + 1 < len(CHAPTERS) else None
        st.button(
            f"Next: {after.title}" if after else "Done: mark as read",
            type="primary",
            icon=":material/arrow_forward:" if after else ":material/done:",
            key="learn-next",
            on_click=_finish,
            args=(chapter.slug, after.slug if after else chapter.slug),
        )


def _read() -> set[str]:
    """Return the chapters that were read, as the browser remembers them."""
    state = st.session_state
    if READ not in state:
        state[READ] = {*st.context.cookies.get(READ_COOKIE, "").split(".")} & {*NAMES}
    return state[READ]


def _label(slug: str, is_read: bool) -> str:
    """Return a chapter's entry; on a phone its number and tick alone are shown."""
    number = list(NAMES).index(slug) + 1
    return f"**{number}{' ✓' if is_read else ''}** {NAMES[slug].title}"


def _choose() -> None:
    st.session_state[SHOWN] = user_value(f"{SHOWN}_control")


def _go(slug: str) -> None:
    st.session_state[SHOWN] = slug


def _finish(slug: str, then: str) -> None:
    st.session_state[READ] = _read() | {slug}
    _go(then)
