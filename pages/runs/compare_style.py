"""How the views of Runs beside its table are laid out; see pages/latent/latent_style.py."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_compare_style"]

STYLE = """
<style>
.stVerticalBlock.st-key-overlay-choices {
    display: flex;
    flex-flow: row wrap;
    align-items: end;
    gap: 0.5rem 1.8rem;
    > * { width: auto; }
    > :has([data-testid="stSlider"]) { flex: 0 1 14rem; }
}
/* Names of runs differ at their ends. */
[data-testid="stMultiSelect"] [data-baseweb="tag"] { height: auto; max-width: 100%; }
[data-testid="stMultiSelect"] [data-baseweb="tag"] span { white-space: normal; }
.beside-room { overflow-x: auto; }
.beside { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.beside :is(th, td) { font-weight: 400; text-align: right; padding: 0.25rem 1rem 0.25rem 0; }
.beside thead th { vertical-align: bottom; line-height: 1.2; min-width: 6.5rem; max-width: 14rem; }
.beside i { display: inline-block; width: 0.75em; height: 0.75em; margin-right: 0.4em;
    forced-color-adjust: none; }
.beside tbody th { text-align: left; position: sticky; left: 0; background: var(--ground);
    min-width: 7.5rem; }
.beside tbody tr { border-top: 1px solid rgb(128 128 128 / 25%); }
.beside .section th { font-weight: 600; padding-top: 0.8rem; }
.beside small { display: block; font-size: 0.8rem; }
.beside .best { font-weight: 700; }
.beside .differs :is(th, td) {
    background: color-mix(in srgb, var(--ground), rgb(59 130 246) 13%);
}
.image-rows {
    display: grid;
    grid-template-columns: minmax(7rem, 10rem) minmax(0, 40rem);
    gap: 0.5rem 1rem;
    align-items: center;
    .name { line-height: 1.25; overflow-wrap: anywhere; }
    img { display: block; image-rendering: pixelated; border-radius: 0.3rem; }
}
.stVerticalBlock.st-key-compared-maps {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
    gap: 1.5rem;
    > * { min-width: 0; width: auto; }
}
.stVerticalBlock[class*="st-key-compared-map-"] { width: min(100%, max(18rem, 100dvh - 19rem)); }
@media (max-width: 40em) {
    .image-rows { grid-template-columns: minmax(0, 1fr); }
    .image-rows .name:not(:first-child) { margin-top: 0.4rem; }
    .beside { font-size: 0.9rem; }
    .beside thead th { min-width: 5.2rem; }
    .beside tbody th { min-width: 6.2rem; max-width: 8rem; padding-right: 0.5rem; }
}
</style>
"""


def apply_compare_style() -> None:
    """Add the rules of the views that compare runs."""
    st.html(STYLE)
