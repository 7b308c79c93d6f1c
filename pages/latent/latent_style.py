"""How the views of Latent are laid out: the picture first, as large as the window allows.

All is measured in rem, which grows with the window; media queries in em, which grow with the text
that a visitor has chosen in the browser.
"""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_latent_style"]

STYLE = """
<style>
/* Where a class is chosen above a view, that row is high. */
[data-testid="stMain"]:has([class*="st-key-condition-"]) { --class-row: 2.8rem; }
/* The picture, a square as high as the title and the views leave room for; beside it the map's own
   controls (11.5rem, inside the component), and what is said of it. */
.stVerticalBlock.st-key-picture-and-words {
    --square: max(18rem, min(100dvh - 10.8rem - var(--class-row, 0rem), 100% - 33rem));
    display: grid;
    grid-template-columns: calc(var(--square) + 11.5rem) minmax(0, 1fr);
    align-items: start;
    gap: 1.5rem;
}
/* A map without dots has no controls of its own. */
.stVerticalBlock.st-key-samples-map {
    display: grid;
    --square: max(18rem, min(100dvh - 13.5rem - var(--class-row, 0rem), 100% - 24rem));
    grid-template-columns: var(--square) minmax(0, 1fr);
    align-items: start;
    gap: 1.5rem;
}
.stVerticalBlock.st-key-classes-cloud { max-width: max(18rem, 100dvh - 15rem); }
/* The dots of the classes have no controls of their own: the words beside them have that room. */
@media (min-width: 68.75em) {
    .stVerticalBlock.st-key-picture-and-words:has(> * > .st-key-classes-cloud) {
        grid-template-columns: max(18rem, min(100dvh - 15rem, 100% - 33rem)) minmax(0, 1fr);
        gap: 2.5rem;
    }
}
.stVerticalBlock.st-key-in-space { height: max(18rem, min(100dvh - 12.5rem, 100vw - 2rem)); }
[data-no-webgl] .st-key-in-space { display: none; }
/* Strips and bars beside what is said of them. */
.stVerticalBlock.st-key-rows-and-words {
    display: grid;
    grid-template-columns: 5fr 3fr;
    gap: 2.5rem;
}
/* Pad, what comes of it, where it lies. */
.stVerticalBlock.st-key-draw-parts {
    display: grid;
    grid-template-columns: min(44%, max(24rem, 100dvh - 15rem)) minmax(0, 6fr) minmax(0, 5fr);
    gap: 1.5rem;
}
/* The pad, and beside it the picture that the model gets from it. */
.stVerticalBlock.st-key-draw-picture {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 6.4rem;
    align-content: start;
    > * { grid-column: 1 / -1; min-width: 0; width: auto; }
}
/* Whole on the first screen, below the nearest test images. */
.stVerticalBlock.st-key-draw-map { max-width: max(13rem, 100dvh - 30rem); }
.st-key-draw-picture:has(.st-key-draw-tiles) > :nth-child(2) { grid-column: 1; }
.st-key-draw-picture > :has(> .st-key-draw-tiles) { grid-column: 2; }
.stVerticalBlock.st-key-draw-pictures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 6.3rem), 1fr));
    gap: 0.8rem;
    max-width: max(14rem, 100dvh - 23rem);
}
/* The path as a strip; below it the map, the animation and what can be changed. */
.stVerticalBlock.st-key-path-parts {
    display: grid;
    grid-template-columns: 1fr 0.8fr 1.5fr;
    gap: 1.5rem;
}
.stVerticalBlock.st-key-sample-path-parts {
    display: grid;
    grid-template-columns: min(40%, 100dvh - 27rem - var(--class-row, 0rem)) minmax(0, 1fr);
    gap: 1.5rem;
}
.stVerticalBlock.st-key-sample-path-parts :is(.st-key-path-from-picture, .st-key-path-to-picture) {
    max-width: 8.5rem;
}
.stVerticalBlock.st-key-path-ends {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 1rem 1.5rem;
}
.stVerticalBlock.st-key-path-ends > :nth-child(3) { grid-column: 1 / -1; }
.stVerticalBlock:is(.st-key-path-from-picture, .st-key-path-to-picture) { max-width: 14rem; }
.stVerticalBlock.st-key-centre-picture { max-width: 16rem; }
:is(.st-key-picture-and-words, .st-key-rows-and-words, .st-key-draw-parts, .st-key-draw-pictures,
    .st-key-path-parts, .st-key-path-ends, .st-key-samples-map, .st-key-sample-path-parts) > * {
    min-width: 0;
    width: auto;
}
/* Strips of decoded images. On a phone they are wider than the screen, so that a digit can be seen:
   all of them scroll together, and their names stay. */
.traversal { --steps: 13; }
.traversal:focus-visible { outline: 0.18rem solid currentColor; outline-offset: 2px; }
/* Names of dimensions have room on a projector too. */
:is([class*="st-key-across-"], [class*="st-key-up-"]) { min-width: 5.6rem; }
@media (max-width: 40em) {
    .traversal { overflow-x: auto; padding-bottom: 0.4rem; }
    /* Half a digit at the edge says that there are more. */
    .traversal > div { width: calc(var(--steps) * 100% / 6.5); }
    .traversal > div > span { flex: 0 0 auto !important; position: sticky; left: 0; }
    .traversal > div > div { flex: 0 0 100% !important; }
}
@media (hover: none) { .st-key-for-a-mouse { display: none; } }
@media not (hover: none) { .st-key-for-fingers { display: none; } }
/* A tablet: two beside each other, and below them the rest. */
@media (max-width: 68.75em) {
    .stVerticalBlock:is(.st-key-picture-and-words, .st-key-rows-and-words) {
        grid-template-columns: minmax(0, 1fr);
    }
    .stVerticalBlock.st-key-samples-map { grid-template-columns: minmax(0, 1fr); }
    .stVerticalBlock:is(.st-key-draw-parts, .st-key-path-parts) {
        grid-template-columns: 1fr 1fr;
        > :nth-child(3) { grid-column: 1 / -1; }
    }
    .stVerticalBlock.st-key-draw-picture {
        grid-template-columns: minmax(0, 1fr);
        > :has(> .st-key-draw-tiles) { grid-column: 1; }
    }
    .stVerticalBlock.st-key-draw-tiles {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 6.3rem));
        gap: 0.8rem;
    }
    .stVerticalBlock.st-key-draw-beside {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 1.5rem;
    }
}
/* A phone: one below the other, the picture first. */
@media (max-width: 40em) {
    .stVerticalBlock:is(.st-key-draw-parts, .st-key-draw-beside),
    .stVerticalBlock:is(.st-key-path-parts, .st-key-sample-path-parts) {
        grid-template-columns: minmax(0, 1fr);
    }
}
</style>
"""


def apply_latent_style() -> None:
    """Add the rules of this page."""
    st.html(STYLE)
