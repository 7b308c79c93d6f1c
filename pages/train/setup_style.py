"""How the view Set up is laid out: cards, fields beside the network, and Train always in sight."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_setup_style"]

STYLE = """
<style>
.stMain {
    --line: light-dark(#dbe2ea, #374151);
    --page: light-dark(#ffffff, #111827);
    --chosen: light-dark(#0f766e, #2dd4bf);
}
.st-key-train-top { row-gap: 0.3rem; position: relative; }
/* While images are read it is said beside the views, where it takes no line of its own. */
@media (max-width: 1100px) {
    .st-key-train-top [data-testid="stElementContainer"]:has([data-testid="stSpinner"]) {
        position: absolute;
        top: 0.5rem;
        right: 0;
        width: auto;
    }
}
/* The data set beside the views; its name takes no line of its own. */
.st-key-train-top [data-testid="stButtonGroup"] {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    > label { margin: 0; min-height: 0; }
}
/* Cards: at the left a picture; beside it a name, a time and a sentence. */
.st-key-preset-cards {
    margin-top: -0.4rem;
    [data-testid="stWidgetLabel"] { min-height: 1.2rem; margin: 0 0 0.1rem; }
    [role="radiogroup"] {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
        gap: 0.4rem 0.5rem;
        width: 100%;
    }
    [role="radiogroup"] button {
        display: grid;
        grid-template-columns: 3.3rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: center;
        width: 100%;
        max-width: none;
        min-height: 3.95rem;
        height: 100%;
        margin: 0;
        padding: 0.3rem 0.5rem 0.3rem 0.3rem;
        border-radius: 0.5rem !important;
        border: 1px solid var(--line) !important;
        text-align: left;
        white-space: normal;
    }
    [role="radiogroup"] button::before {
        content: "";
        width: 3.3rem;
        height: 3.3rem;
        border-radius: 0.3rem;
        image-rendering: pixelated;
    }
    button[aria-checked="true"] {
        box-shadow: inset 0 0 0 2px var(--chosen);
    }
    button > div, button > div > span, button [data-testid="stMarkdownContainer"] { width: 100%; }
    button p {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 0.5rem;
        line-height: 1.2;
    }
    button strong { font-size: 1rem; }
    button em { font-style: normal; font-size: 0.85rem; line-height: 1.2rem; white-space: nowrap; }
    button p > span { flex: 1 0 100%; font-size: 0.82rem; }
}
/* What the images advise: quiet lines, each with its button at once behind it. */
.st-key-setup-advice {
    margin-top: -0.4rem;
    p { font-size: 0.9rem; line-height: 1.3; }
    > :has(> .stHtml) { display: none; }
    row-gap: 0.4rem;
    [class*="-line"] { row-gap: 0.1rem; }
    button { padding: 0.1rem 0.6rem; min-height: 1.9rem; white-space: nowrap; }
}
/* Fields at the left, the network that they make at the right. */
.st-key-setup-body {
    display: grid;
    grid-template-columns: minmax(0, 14.6fr) minmax(0, 16fr);
    gap: 1.1rem;
    align-items: start;
    > :has(> .st-key-setup-network) { position: sticky; top: 4rem; }
}
[class*="st-key-setup-fields"] {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 0.6rem 0.8rem;
    align-items: start;
    [data-testid="stWidgetLabel"] { gap: 0; }
    [data-testid="stWidgetLabel"] p { white-space: nowrap; }
}
.st-key-setup-network {
    min-height: 15rem;
    gap: 0.3rem;
    p { font-size: 0.9rem; }
    [data-testid="stColumn"] p { margin-bottom: 0.2rem; }
    /* A text's last line has room below it that Streamlit takes back; a table has none. Where text
       is large it scrolls. */
    [data-testid="stColumn"] [data-testid="stMarkdownContainer"] {
        margin-bottom: 0;
        overflow-x: auto;
    }
    .stVerticalBlock { gap: 0.2rem; }
    .stHorizontalBlock { gap: 0.7rem; flex-wrap: nowrap; }
    .stHorizontalBlock > * { flex: 1 1 auto; width: auto; min-width: 0; }
    table { display: table; width: 100%; margin: 0; }
    table, table * { font-size: 0.84rem; white-space: nowrap !important; line-height: 1.3; }
    th, td {
        padding: 0.04rem 0.3rem 0.04rem 0 !important;
        border: 0 solid var(--line) !important;
        border-bottom-width: 1px !important;
    }
    th:last-child, td:last-child { text-align: right; padding-right: 0 !important; }
}
/* Train, and how long it takes or what stops it, at the bottom of the screen. */
:has(> .st-key-train-bar) { position: sticky; bottom: 0; z-index: 90; }
.st-key-train-bar {
    padding: 0.5rem 0;
    min-height: 3.6rem;
    flex-wrap: nowrap;
    background: var(--page);
    border-top: 1px solid var(--line);
    > :has(.stButton) { flex: none; width: 12rem; }
    > :has(.stMarkdown) { flex: 1; min-width: 0; }
    p { font-size: 0.95rem; line-height: 1.3; }
}
/* What gets the focus is not under it. */
[data-testid="stMain"]:has(.st-key-train-bar) { scroll-padding: 4rem 0 5rem; }
[data-testid="stMainBlockContainer"]:has(.st-key-train-bar) { padding-bottom: 0; }
@media (max-width: 1100px) {
    .st-key-preset-cards [role="radiogroup"] { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .st-key-setup-body { grid-template-columns: minmax(0, 1fr); }
    .st-key-setup-body > :has(> .st-key-setup-network) { position: static; }
}
@media (max-width: 640px) {
    .st-key-setup-network .stHorizontalBlock { flex-wrap: wrap; }
    /* Two beside each other, or one where text is large. */
    [class*="st-key-setup-fields"] {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr));
        [data-testid="stWidgetLabel"] p { white-space: normal; }
    }
    /* Small cards; of the chosen one the sentence stands below all of them. */
    .st-key-preset-cards {
        [role="radiogroup"] { position: relative; padding-bottom: 2.9rem; gap: 0.4rem; }
        [role="radiogroup"] button {
            position: static;
            grid-template-columns: 2.6rem minmax(0, 1fr);
            gap: 0.5rem;
            min-height: 3.6rem;
            padding: 0.35rem;
        }
        [role="radiogroup"] button::before { width: 2.6rem; height: 2.6rem; }
        button p { flex-direction: column; overflow-wrap: normal; }
        button strong { font-size: 0.9rem; }
        button p > span { position: absolute; clip-path: inset(50%); height: 1px; }
        button[aria-checked="true"] p > span {
            clip-path: none;
            inset: auto 0 0;
            height: 2.5rem;
        }
    }
    .st-key-train-top [data-testid="stButtonGroup"] {
        gap: 0.4rem;
        flex-wrap: wrap;
        > label { white-space: nowrap; }
        > div { flex-wrap: wrap; }
        button { padding-inline: 0.5rem; }
    }
    .st-key-train-bar > :has(.stButton) { width: 7rem; }
    .st-key-train-bar p { font-size: 0.85rem; }
}
</style>
"""


def apply_setup_style() -> None:
    """Add the rules of this view."""
    st.html(STYLE)
