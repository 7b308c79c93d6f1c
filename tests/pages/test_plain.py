"""Texts of others: what `plain` makes of them. tests/browser/ looks at what a browser shows."""

from __future__ import annotations

import pytest

from pages._shared.plain import INVISIBLE, plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "digits",
        "No run has this id. Received: 'made'. Shown instead: the run below.",
        "epochs must be a whole number from 1 to 500. Received: epochs=0",
        'x = 3.5 (50 %), or "more"; 1,000 codes at 10 - 20 + 30: all of them!',
        "/home/me/runs and C: too",
        "Übung — 数字 💥",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("![x](a.png)", r"!\[x\](a.png)"),
        ("latent_dim **bold** `code`", r"latent\_dim \*\*bold\*\* \`code\`"),
        ("<img src=x> &amp; ~~a~~ $x^2$", r"\<img src=x\> \&amp; \~\~a\~\~ \$x^2\$"),
        (r"C:\x", r"C:\\x"),
        (r"\*", r"\\\*"),
        ("a\n\n| b |\n    c", r"a \| b \| c"),
    ],
)
def test_marks_are_taken_for_signs(text: str, markdown: str) -> None:
    assert plain(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        (":red[x]", r":|red\[x\]"),
        (":material/home: :smile: :+1:", ":|material/home: :|smile: :|+1:"),
        (
            "https://a.example WWW.a.example me@a.example",
            "https:|//a.example WWW|.a.example me|@a.example",
        ),
        ("# a", "|# a"),
        ("- a", "|- a"),
        ("1. a", "|1. a"),
        ("---", "|---"),
    ],
)
def test_marks_that_no_backslash_takes_away_are_parted(text: str, markdown: str) -> None:
    assert plain(text) == markdown.replace("|", INVISIBLE)
