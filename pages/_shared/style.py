"""What the theme in .streamlit/config.toml cannot say: rules for all pages, in their document."""

from __future__ import annotations

from pages._shared.wide_layout import LAYOUT_STYLE

__all__ = ["STYLE"]

STYLE = (
    """
/* Pixels are the subject here: enlarge them, never blur them. */
[data-testid="stImage"] img, [data-testid="stImageContainer"] img {
    image-rendering: pixelated;
    border-radius: 6px;
}
/* All is measured in rem, and so it grows with the window: what a screen of 1280 x 720 shows, a
   projector of 1920 x 1080 shows too, with text of 24 px for the back row. Per cent of what the
   visitor's browser has as the size of text. */
html { font-size: clamp(100%, 1.25vw, 150%) !important; }
/* Less air around a page, so that it starts on the screen it opens on. */
[data-testid="stMainBlockContainer"] { padding: 4rem clamp(1rem, 3vw, 3rem) 3rem; }
/* The title and the run stand in one row, at the same height on every page. */
.st-key-page-header h1 { padding: 0; line-height: 2.5rem; }
.st-key-page-header > :has(h1) { flex: none; max-width: 100%; }
/* Plotly measures labels where they are drawn and in its tester: with one size in both it leaves
   them the room that they need. */
.js-plotly-plot text, #js-plotly-tester text { font-size: 0.875rem !important; }
/* Headings with less air, so that what they stand above is on the first screen. */
[data-testid="stHeading"] h2 { padding: 0.25rem 0 0.75rem; }
[data-testid="stMetricValue"] { font-size: 1.6rem; }
/* A caption can be read from the back row: 20 of the 24 pixels that text has on a projector. */
[data-testid="stCaptionContainer"] {
    font-size: 0.875rem;
    code { color: light-dark(#0f172a, #f1f5f9); }
}
/* The button of a run's menu shows three dots; a screen reader says its name. */
[class*="st-key-menu-"] [data-testid="stPopoverButton"] [data-testid="stMarkdownContainer"] {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
}
/* More data sets: as high as the choice beside it. */
[class*="_dataset-choice"] [data-testid="stPopoverButton"],
[class*="st-key-own-"] [data-testid="stPopoverButton"] { min-height: 2.1rem; padding-block: 0; }
/* On a phone the data sets have a line of their own, below the views. */
:is(.st-key-data-top, .st-key-train-top) > :has([class*="_dataset-choice"]) {
    min-width: min(100%, 23rem);
}
/* Where the keyboard is. Streamlit's own ring has 2 : 1 on its background, and some have none. */
.stApp {
    --ground: light-dark(#ffffff, #111827);
    --ring: 2px solid light-dark(#0f766e, #2dd4bf);
    :focus-visible, :has(> input[type="text"]:focus-visible),
    [data-rac]:has(> div > input[type="range"]:focus-visible),
    [data-testid="stCheckbox"] label:has(input:focus-visible) > span + div {
        outline: var(--ring) !important;
        outline-offset: 1px;
    }
    .stMain:focus-visible { outline-offset: -2px; }
    input[type="text"]:focus-visible { outline: none !important; }
}
/* What a finger has to hit has 24 pixels, also where a sign of 18 is drawn. */
.stTooltipHoverTarget > button:has(> svg), [data-testid="stHeaderActionElements"] a {
    position: relative;
    &::after { content: ""; position: absolute; inset: -4px; }
}
/* On a phone the run has a line of its own, below every title. */
.st-key-page-header > :has(> .stHorizontalBlock) { min-width: min(100%, 18rem); }
/* White on the light theme's teal, dark on the dark theme's brighter one. */
[data-testid="stBaseButton-primary"]:enabled { color: light-dark(#ffffff, #042f2a) !important; }
/* Streamlit's colors of code have 2.9 to 4.4 : 1 on its background, in both themes. */
[data-testid="stCode"] .token {
    &.comment, &.punctuation { color: light-dark(#5b6472, #a3adba); }
    &.keyword, &.function, &.class-name { color: light-dark(#1763ad, #60a5fa); }
    &.number, &.operator { color: light-dark(#a84300, #fdba74); }
    &.string, &.boolean, &.constant, &.symbol { color: light-dark(#0a7a2b, #4ade80); }
}
/* What is too long for a list's field ends in three dots. */
[data-testid="stSelectbox"] input { text-overflow: ellipsis; }
/* On a phone a wide table scrolls within itself: what is cut off could not be read. */
[data-testid="stMarkdownContainer"] table { display: block; overflow-x: auto; }
/* A word without an end, of a run from elsewhere, makes no page wider. */
[data-testid="stMarkdownContainer"] { overflow-wrap: anywhere; }
/* But a table scrolls instead: its columns would be as narrow as a letter. */
[data-testid="stMarkdownContainer"] table { overflow-wrap: normal; }
/* What is wrong with a field stands close to it, mostly in the gap that is there anyway. In a row
   it has a line of its own below, so that the neighbours stay where they are. */
[class*="st-key-typed-"] [data-testid="stMarkdown"] {
    margin: 2px 0 -14px;
    p { font-size: 0.75rem; line-height: 1.2; }
}
[class*="st-key-typed-"]:has([data-testid="stMarkdown"]) [data-testid="stTextInputRootElement"] {
    border-color: light-dark(#bd4043, #ff6c6c);
}
[data-testid="stHorizontalBlock"] > :has(> [class*="st-key-typed-"]) {
    &, & > [class*="st-key-typed-"] { display: contents; }
    [data-testid="stElementContainer"]:has(> [data-testid="stMarkdown"]) {
        order: 1;
        flex: 0 0 100%;
        margin-top: -15px;
    }
}
/* Streamlit keeps a widget that has the focus beside the one that replaces it until the script run
   ends, so that one that only moves keeps its focus. Here a replaced one goes at once. */
[data-retained="true"]:has(.stButton),
:has(> .stButtonGroup) + [data-retained="true"]:has(> .stButtonGroup),
:has(> .stCheckbox) + [data-retained="true"]:has(> .stCheckbox),
:has(> .stSelectbox) + [data-retained="true"]:has(> .stSelectbox),
:has(> .stSlider) + [data-retained="true"]:has(> .stSlider),
:has(> .stTextInput) + [data-retained="true"]:has(> .stTextInput) { display: none; }
/* Where a system gives all things its own colors, what is chosen, and how far, still shows. */
@media (forced-colors: active) {
    [role="radio"][aria-checked="true"] {
        background: Highlight !important;
        &, & * { forced-color-adjust: none; color: HighlightText !important; }
    }
    [data-testid="stSlider"] [role="group"] > div > div { forced-color-adjust: none; }
    [data-testid="stCheckbox"] label > span + div { &, & * { forced-color-adjust: none; } }
    [data-testid="stProgress"] { &, & *, &::after { forced-color-adjust: none; } }
}
/* While a fragment runs again its old content stays as it was: no fading, no flicker. */
[data-stale="true"] { opacity: 1 !important; transition: none !important; }
"""
    + LAYOUT_STYLE
)
