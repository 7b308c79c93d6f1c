"""How the view Watch is laid out: its parts have one height, whatever they hold."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_watch_style"]

STYLE = """
<style>
/* The bar: buttons at the left, then where the run stands, always at the same place. */
.stHorizontalBlock[class*="st-key-bar-"] {
    min-height: 2.7rem;
    max-height: 2.7rem;
    flex-wrap: nowrap;
}
.stHorizontalBlock[class*="st-key-transport-"] {
    width: 41.5rem;
    flex-wrap: nowrap;
    .stButton button { padding-inline: 0.7rem; white-space: nowrap; }
    /* One size, also while Streamlit loads what draws the switch. */
    [class*="st-key-toggle-"] {
        display: flex;
        flex-direction: column;
        justify-content: center;
        flex: none;
        width: 180px !important;
        min-height: 2.5rem;
    }
}
:has(> .stHorizontalBlock[class*="st-key-transport-"]) { flex: none; }
.stVerticalBlock[class*="st-key-where-"] {
    min-height: 2.7rem;
    max-height: 2.7rem;
    overflow: hidden auto;
    padding-top: 0.1rem;
    p { font-size: 0.8rem; line-height: 1.15; }
}
/* A label beside its field or slider takes no line of its own. */
[class*="st-key-transport-"] [data-testid="stTextInput"] {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    width: 180px !important;
    label { flex: none; min-height: 0; margin: 0; }
    > div { flex: 1; min-width: 0; }
}
/* Out of the row, so that the buttons which are about to go stay where they are until then. */
@media (min-width: 1101px) {
    [class*="st-key-transport-"] { position: relative; }
    [class*="st-key-transport-"] .stElementContainer:has([data-testid="stTextInput"]) {
        position: absolute;
        right: 6rem;
    }
    /* What cannot be read is said right below the row. */
    [class*="st-key-transport-"] .stElementContainer:has(> .stMarkdown) {
        position: absolute;
        top: 2.5rem;
        margin: 0;
        z-index: 1;
    }
}
/* A place for each slider, also where one of them is not there. */
.stHorizontalBlock[class*="st-key-knobs-"] {
    min-height: 2.7rem;
    max-height: 2.7rem;
    flex-wrap: nowrap;
    gap: 1.5rem;
    > * { flex: 0 0 calc((100% - 3 * 1.5rem) / 4); min-width: 0; }
    > :has(.stHtml) { display: none; }
    > [class*="st-key-snapshot-"] { margin-left: auto; }
    [data-testid="stSlider"] { display: flex; align-items: center; gap: 0.8rem; height: 2.7rem; }
    [data-testid="stSlider"] > label { flex: none; min-height: 0; margin: 0; }
    [data-testid="stSlider"] > div { flex: 1; min-width: 0; }
}
/* There before the board is, so that what is below stays where it is. */
.stVerticalBlock[class*="st-key-board-place-"] {
    --board-high: clamp(17rem, calc(100dvh - 25.3rem), 62rem);
    min-height: calc(var(--board-high) + 2.2rem);
}
/* Three lines of small type; more can be scrolled to. */
.stVerticalBlock[class*="st-key-trouble-line-"] {
    min-height: 3.3rem;
    max-height: 3.3rem;
    overflow: hidden auto;
    p { font-size: 0.85rem; line-height: 1.25; }
    .stHorizontalBlock { flex-wrap: nowrap; min-height: 3.2rem; }
    .stHorizontalBlock > :has(.stMarkdown) { flex: 1; min-width: 0; }
    .stHorizontalBlock > :has(.stButton) { flex: none; }
    .stButton button { white-space: nowrap; }
    :has(> .stHtml) { display: none; }
    [data-testid="stAlertContainer"] { padding: 0.3rem 0.8rem; min-height: 0; }
}
/* Narrower than a desk: a line of buttons, and below them where the run stands. */
@media (max-width: 1100px) {
    .stHorizontalBlock[class*="st-key-bar-"] {
        min-height: 5.9rem;
        max-height: none;
        flex-wrap: wrap;
        align-content: flex-start;
    }
    .stVerticalBlock[class*="st-key-trouble-line-"] {
        max-height: none;
        .stHorizontalBlock { flex-wrap: wrap; }
        .stHorizontalBlock > :has(.stMarkdown) { flex: 1 1 20rem; }
    }
}
/* A phone: first the pictures, with the buttons in one line above them; below, what can change. */
@media (max-width: 640px) {
    .stHorizontalBlock[class*="st-key-bar-"] {
        gap: 0.4rem;
        :has(> .stHorizontalBlock[class*="st-key-transport-"]),
        .stHorizontalBlock[class*="st-key-transport-"] { display: contents; }
        .stElementContainer:has(.stButton) { flex: 1 1 auto; width: auto !important; }
        .stButton button { padding-inline: 0.35rem; }
        .stButton p { font-size: 0.85rem; }
        .stButton :has(> [data-testid="stIconMaterial"]) { display: none; }
        > div:has(> [class*="st-key-where-"]) { flex: 1 1 10rem; min-width: 0; }
    }
    .stVerticalBlock[class*="st-key-first-screen-"] > :has(> [class*="st-key-knobs-"]) { order: 1; }
    .stVerticalBlock[class*="st-key-first-screen-"] > :has(> [class*="st-key-trouble-line-"]) {
        order: 1;
    }
    .stHorizontalBlock[class*="st-key-knobs-"] {
        max-height: none;
        min-height: 11rem;
        align-content: flex-start;
        flex-wrap: wrap;
        gap: 0.2rem;
    }
    .stHorizontalBlock[class*="st-key-knobs-"] > * { flex: 1 0 100%; }
    .stVerticalBlock[class*="st-key-trouble-line-"] { min-height: 6rem; }
}
</style>
"""


def apply_watch_style() -> None:
    """Add the rules of this view."""
    st.html(STYLE)
