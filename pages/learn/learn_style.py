"""How Learn is laid out: contents at the side, words beside their figure, all of it in one column
where there is no room."""

from __future__ import annotations

from pages.learn.symbols import SYMBOL_STYLE

__all__ = ["LEARN_STYLE"]

LEARN_STYLE = (
    """<style>
/* The room is counted in text of its size, which a media query does not know. */
.st-key-learn-room { container: learn-room / inline-size; }
.st-key-learn-chapter { container: learn-chapter / inline-size; }
.st-key-learn {
    display: grid !important;
    grid-template-columns: 14rem minmax(0, 1fr);
    gap: 2rem;
    align-items: start;
}
.st-key-learn-contents { position: sticky; top: 3.75rem; }
.st-key-learn-contents [role="radiogroup"] { gap: 0.5rem; }
[class*="st-key-learn-screen-"] {
    display: grid !important;
    grid-template-columns: minmax(0, 24rem) minmax(0, 1fr);
    gap: 0.5rem 2rem;
    align-items: start;
    padding-bottom: 1rem;
}
[class*="st-key-learn-screen-wide-"] { grid-template-columns: minmax(0, 1fr); }
[class*="st-key-learn-symbols-"] { justify-content: center; }
[class*="st-key-learn-question-"] {
    max-width: 46rem;
    padding: 0.8rem 1rem;
    border-left: 4px solid light-dark(#0f766e, #2dd4bf);
    background: light-dark(#f1f5f9, #1f2937);
    border-radius: 0 0.5rem 0.5rem 0;
}
[class*="st-key-learn-pad-"] { max-width: 17rem; }
[class*="st-key-learn-picture-"] { max-width: 11rem; }
.st-key-learn-chapter [data-testid="stMarkdownContainer"] p { max-width: 42rem; }
.st-key-learn-chapter .katex-display {
    font-size: 1.25rem;
    overflow: auto hidden;
    margin: 0.3rem 0;
    padding: 0 4px; /* a sum's limits are wider than KaTeX says */
}
@container learn-chapter (max-width: 50rem) {
    [class*="st-key-learn-screen-"] { grid-template-columns: minmax(0, 1fr); }
}
@container learn-chapter (max-width: 26rem) {
    .st-key-learn-chapter .katex-display { font-size: 0.95rem; }
}
@container learn-room (max-width: 48rem) {
    .st-key-learn { grid-template-columns: minmax(0, 1fr); gap: 0.8rem; }
    .st-key-learn-contents { position: static; }
    /* Numbers in a row, with the titles for who cannot see them. */
    .st-key-learn-contents [role="radiogroup"] {
        flex-flow: row wrap;
        gap: 0.35rem;
        label {
            min-width: 2.5rem;
            min-height: 2.25rem;
            justify-content: center;
            border: 1px solid light-dark(#8793a3, #6b7686);
            border-radius: 0.5rem;
            padding: 0 0.4rem;
            > div > :not([data-testid="stMarkdownContainer"]) { display: none; }
            &:has(input:checked) { border: 2px solid light-dark(#0f766e, #2dd4bf); }
        }
        p { font-size: 0; strong { font-size: 1rem; } }
    }
}
"""
    + SYMBOL_STYLE
    + "</style>"
)
