"""Each view explains the words that it uses. Most are opened by tests/pages/test_every_kind.py."""

from __future__ import annotations

import pytest

from pages._shared.glossary import EVERYWHERE, WORDS, help_of
from tests.pages.driving import open_page
from tests.pages.reading import explained_words, unexplained
from vae.glossary import GLOSSARY, explained_by
from vae.runs.run import Run

# They show more of a run on MNIST that ships.
VIEWS = ["start", *(name for name in WORDS if name[:5] in ("train", "evalu", "runs/"))]

OTHER_RUNS = {"evaluate/classify": "mnist-conditional"}  # of a model that gets labels alone


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_explains_the_words_that_it_shows(name: str, shipped: list[Run]) -> None:
    page, _, view = name.partition("/")
    run = OTHER_RUNS.get(name, "mnist-recommended")
    app = open_page(page, run=run, **({"view": view} if view else {}))
    assert unexplained(app) == []
    assert sorted(explained_words(app)) == sorted(explained_by(WORDS[name] + EVERYWHERE))


@pytest.mark.parametrize(
    ("page", "heading", "terms"),
    [
        ("start", "Samples", ("prior", "decoder")),
        ("start", "Learning", ("loss", "nat")),
        ("evaluate", "Compared with others", ("nat", "grey levels as probabilities")),
        ("evaluate", "While it learned", ("loss", "validation")),
    ],
)
def test_a_heading_explains_its_words(
    page: str, heading: str, terms: tuple[str, ...], shipped: list[Run]
) -> None:
    headers = open_page(page, run="mnist-recommended").header
    assert [each.help for each in headers if each.value == heading] == [help_of(*terms)]


def test_every_term_is_used_on_a_view() -> None:
    used = {word for words in WORDS.values() for word in words} | set(EVERYWHERE)
    assert set(GLOSSARY) == set(explained_by(used))


def test_a_tooltip_names_the_terms_where_there_are_several() -> None:
    assert help_of("nat") == GLOSSARY["nat"].text
    assert help_of("nat", "KL").startswith("**nat**: The unit")
    with pytest.raises(KeyError):
        help_of("flux capacitor")
