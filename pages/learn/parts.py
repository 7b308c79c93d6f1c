"""What chapters are made of: a screen of words beside a figure, a formula, a question, a way on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.controlled import controlled_key, user_value
from pages.learn.symbols import SYMBOLS, as_tex, symbols_in
from vae.runs.run import Run

__all__ = ["MAX_WORDS", "formula", "open_in_lab", "prose", "question", "screen", "sources"]

MAX_WORDS = 200  # of one screen; tests/pages/test_learn.py counts


def screen(title: str, text: str, *, key: str, is_wide: bool = False) -> DeltaGenerator:
    """Show the words of one screen; return the place of its figure, beside or below them.

    text: Markdown, at most MAX_WORDS words; symbols between guillemets, as in `formula`, within
    dollar signs. key: one of its own in the chapter. is_wide: whether the figure takes all the
    width, below the words.
    """
    with st.container(key=f"learn-screen-{'wide-' * is_wide}{key}"):
        words, figure = st.container(), st.container()
    with words:
        st.subheader(title)
        prose(text)
    return figure


def prose(text: str) -> None:
    """Show Markdown in which symbols may stand, as in `screen`."""
    st.markdown(as_tex(text))


def formula(text: str, *, key: str) -> None:
    """Show a formula of KaTeX, and below it each of its symbols, which says what it stands for.

    text: LaTeX, with symbols between guillemets: «z» = «mu» + «sigma» «epsilon».
    """
    st.latex(as_tex(text))
    with st.container(key=f"learn-symbols-{key}", horizontal=True, gap="small"):
        for name in symbols_in(text):
            symbol = SYMBOLS[name]
            with st.popover(as_tex(f"$«{name}»$ {symbol.name}"), type="tertiary"):
                st.markdown(symbol.text)


@st.fragment
def question(
    text: str,
    options: Sequence[str],
    right: int,
    answer: str | Callable[[], None],
    *,
    key: str,
) -> None:
    """Ask for a prediction; once one is made, say whether it is right, and why.

    right: which of the options, from 0. answer: Markdown, or what shows it, as a figure does.
    """
    state = f"learn_predicted_{key}"
    with st.container(key=f"learn-question-{key}"):
        predicted = st.session_state.get(state)
        st.radio(
            f"**Predict.** {text}",
            list(options),
            index=None,
            key=controlled_key(f"{state}_control", predicted),
            on_change=partial(_remember, state),
        )
        with st.container():
            if predicted in options:
                verdict = "Yes." if predicted == options[right] else f"No: {options[right]}."
                st.markdown(f"**{verdict}**")
                if callable(answer):
                    answer()
                else:
                    prose(answer)


def open_in_lab(label: str, page: str, run: Run | None = None, **address: str) -> None:
    """Show the button that leads to a page of the app: label "Open in the lab: ...".

    run: the one that is chosen there. address: the page's own settings, as its links have them.
    """
    shown = {"run": run.id, **address} if run is not None else address
    if st.button(
        label,
        icon=":material/open_in_new:",
        # Without a drawing, which is long.
        key="-".join(["learn-lab", page, *(shown[each] for each in shown if each != "drawing")]),
        help="Open this in the lab, where all of it can be changed.",
    ):
        st.switch_page(f"{page}/page.py", query_params=shown)


def sources(*texts: str) -> None:
    """Cite what a chapter draws on, Markdown each."""
    st.caption("Sources: " + "; ".join(texts) + ".")


def _remember(state: str) -> None:
    st.session_state[state] = user_value(f"{state}_control")
