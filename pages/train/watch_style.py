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
    > [class*="st-key-watched-"] { flex: none; width: 17rem; }
    [data-testid="stSlider"] { display: flex; align-items: center; gap: 0.8rem; height: 2.7rem; }
    [data-testid="stSlider"] > label { flex: none; min-height: 0; margin: 0; gap: 0.3rem; }
    [data-testid="stSlider"] > div { flex: 1; min-width: 0; }
}
/* On a desk it is in the row of the views. */
@media (min-width: 1101px) {
    .stHorizontalBlock.st-key-train-top { position: relative; z-index: 1; width: fit-content; }
    .stVerticalBlock[class*="st-key-first-screen-"] { margin-top: -3.35rem; }
    .stHorizontalBlock[class*="st-key-bar-"] { margin-left: 10.5rem; width: auto; }
}
.stHorizontalBlock[class*="st-key-transport-"] {
    width: 40.9rem;
    flex-wrap: nowrap;
    .stButton button { padding-inline: 0.7rem; white-space: nowrap; }
    /* The first button, as wide as its longest word needs. */
    [class*="st-key-pause-"], [class*="st-key-play_arrow-"] {
        flex: none;
        width: 8rem !important;
    }
    /* One size, also while Streamlit loads what draws the switch. */
    [class*="st-key-toggle-"] {
        display: flex;
        flex-direction: column;
        justify-content: center;
        flex: none;
        width: 9.6rem !important;
        min-height: 2.5rem;
    }
}
:has(> .stHorizontalBlock[class*="st-key-transport-"]) { flex: none; }
.stVerticalBlock[class*="st-key-where-"] {
    min-height: 2.7rem;
    max-height: 2.7rem;
    overflow: hidden auto;
    p { font-size: 0.84rem; line-height: 1.12; }
    .stMarkdown { padding-top: 0.2rem; }
    /* Room for two lines, so that a second one does not move the bar below. */
    [data-testid="stProgress"] > :first-child { height: 2.15rem; }
    [data-testid="stProgress"] p { display: flex; align-items: end; min-height: 2.24em; }
}
[class*="st-key-first-screen-record-"] .stVerticalBlock[class*="st-key-where-"] {
    justify-content: safe center;
    .stMarkdown { padding: 0; }
}
/* Before the first step nothing can be counted, but something moves. */
@keyframes before-the-first-step { to { transform: translateX(300%); } }
[class*="st-key-where-waits-"] [data-testid="stProgress"] {
    position: relative;
    &::after {
        content: "";
        position: absolute;
        bottom: 0;
        left: 0;
        width: 25%;
        height: 0.5rem;
        border-radius: 0.25rem;
        background: light-dark(#0f766e, #2dd4bf);
        animation: before-the-first-step 1.1s ease-in-out infinite alternate;
    }
}
@media (prefers-reduced-motion: reduce) {
    [class*="st-key-where-waits-"] [data-testid="stProgress"]::after {
        animation: none;
        width: 100%;
        opacity: 0.4;
    }
}
/* A label beside its field or slider takes no line of its own. */
[class*="st-key-transport-"] [data-testid="stTextInput"] {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    width: 11.25rem !important;
    label { flex: none; min-height: 0; margin: 0; }
    > div { flex: 1; min-width: 0; }
}
/* Out of the row, so that the buttons which are about to go stay where they are until then. */
@media (min-width: 1101px) {
    [class*="st-key-transport-"] { position: relative; }
    [class*="st-key-transport-"] .stElementContainer:has([data-testid="stTextInput"]) {
        position: absolute;
        right: 5rem;
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
    > [class*="st-key-watched-"] { margin-left: auto; }
    [data-testid="stSlider"] { display: flex; align-items: center; gap: 0.8rem; height: 2.7rem; }
    [data-testid="stSlider"] > label { flex: none; min-height: 0; margin: 0; }
    [data-testid="stSlider"] > div { flex: 1; min-width: 0; }
}
/* There before the board is, so that what is below stays where it is. */
.stVerticalBlock[class*="st-key-board-place-"] {
    /* As high as the screen has room for, and no wider than leaves 19rem to the curves. */
    --board-high: clamp(17rem, min(100dvh - 19rem, (94vw - 19.7rem) / 1.833), 62rem);
    min-height: calc(var(--board-high) + 2.2rem);
}
/* A classifier's: two curves, one below the other, and a table as high as both. */
.st-key-wrap-classifier-board {
    .confusion { font-size: 0.95rem; }
    [data-testid="stMetricLabel"] p { font-size: 0.85rem; }
}
@media (min-width: 1101px) {
    .st-key-wrap-classifier-board {
        --curves-high: calc(var(--board-high) - 4.5rem);
        .confusion { height: var(--board-high); }
    }
}
/* It has no row of sliders. */
[class*="st-key-first-screen-record-"] .stVerticalBlock[class*="st-key-board-place-"] {
    --board-high: clamp(17rem, min(100dvh - 16rem, (94vw - 19.7rem) / 1.833), 62rem);
}
/* Two lines of small type; more can be scrolled to. */
.stVerticalBlock[class*="st-key-problem-line-"] {
    min-height: 2.6rem;
    max-height: 2.6rem;
    overflow: hidden auto;
    p { font-size: 0.85rem; line-height: 1.25; }
    .stHorizontalBlock { flex-wrap: nowrap; min-height: 2.5rem; }
    .stHorizontalBlock > :has(.stMarkdown) { flex: 1; min-width: 0; }
    .stHorizontalBlock > :has(.stButton) { flex: none; }
    .stButton button { white-space: nowrap; }
    :has(> .stHtml) { display: none; }
    [data-testid="stAlertContainer"] { padding: 0.3rem 0.8rem; min-height: 0; }
}
/* What is said of a record does not change. */
[class*="st-key-first-screen-record-"] .stVerticalBlock[class*="st-key-problem-line-"] {
    min-height: 1.3rem;
    max-height: none;
    overflow: visible;
}
/* Narrower than a desk: a line of buttons, and below them where the run stands. */
@media (max-width: 1100px) {
    .stHorizontalBlock.st-key-classifier-figures {
        display: grid;
        grid-template-columns: repeat(2, max-content);
        gap: 0.3rem 1.5rem;
    }
    [class*="st-key-first-screen-run-"] .stHorizontalBlock[class*="st-key-bar-"] {
        min-height: 5.9rem;
        max-height: none;
        flex-wrap: wrap;
        align-content: flex-start;
    }
    .stVerticalBlock[class*="st-key-problem-line-"] {
        max-height: none;
        .stHorizontalBlock { flex-wrap: wrap; }
        .stHorizontalBlock > :has(.stMarkdown) { flex: 1 1 20rem; }
    }
}
/* A phone: first the pictures, with the buttons in one line above them; below, what can change. */
@media (max-width: 640px) {
    [class*="st-key-first-screen-record-"] .stHorizontalBlock[class*="st-key-bar-"] {
        > [class*="st-key-watched-"] { flex: 1 1 8rem; width: auto; }
    }
    [class*="st-key-first-screen-run-"] .stHorizontalBlock[class*="st-key-bar-"] {
        gap: 0.4rem;
        :has(> .stHorizontalBlock[class*="st-key-transport-"]),
        .stHorizontalBlock[class*="st-key-transport-"] { display: contents; }
        .stElementContainer:has(.stButton) { flex: 1 1 auto; width: auto !important; }
        .stButton button { padding-inline: 0.35rem; }
        .stButton p { font-size: 0.85rem; }
        .stButton :has(> [data-testid="stIconMaterial"]) { display: none; }
        /* The second line, in each state: what is switched or typed, and where the run stands. */
        [class*="st-key-toggle-"], [class*="st-key-typed-"] { order: 1; }
        > div:has(> [class*="st-key-where-"]) { order: 2; flex: 1 1 8.4rem; min-width: 0; }
        .stVerticalBlock[class*="st-key-where-"] { min-height: 3.6rem; max-height: 3.6rem; }
    }
    .stVerticalBlock[class*="st-key-first-screen-"] > :has(> [class*="st-key-knobs-"]) { order: 1; }
    .stVerticalBlock[class*="st-key-first-screen-"] > :has(> [class*="st-key-problem-line-"]) {
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
    [class*="st-key-first-screen-run-"] .stVerticalBlock[class*="st-key-problem-line-"] {
        min-height: 6rem;
    }
}
</style>
"""


def apply_watch_style() -> None:
    """Add the rules of this view."""
    st.html(STYLE)
