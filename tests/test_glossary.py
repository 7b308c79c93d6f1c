"""The glossary: short, in an order in which each word is known when it is used, and true."""

from __future__ import annotations

import re
from typing import Any

import pytest

from vae.evaluation.diagnostics import USED_NATS
from vae.evaluation.references import LITERATURE, read_references
from vae.glossary import GLOSSARY, explained_by, found_in
from vae.runs.run import SHIPPED, open_run
from vae.statistics import ACTIVE_VARIANCE

MAX_LETTERS = 300
SENTENCE_END = re.compile(r"(?<!et al)[.](?=\s|$)")


@pytest.mark.parametrize("word", GLOSSARY)
def test_an_explanation_is_short_and_ends(word: str) -> None:
    text = GLOSSARY[word].text
    assert len(text) <= MAX_LETTERS
    assert text.endswith(".")
    assert len(SENTENCE_END.findall(text)) <= 3


@pytest.mark.parametrize("word", GLOSSARY)
def test_a_term_is_explained_by_earlier_ones_alone(word: str) -> None:
    order = list(GLOSSARY)
    used = [other for other in found_in(GLOSSARY[word].text) if other != word]
    assert [other for other in used if order.index(other) > order.index(word)] == []
    assert set(used) <= set(explained_by([word]))


def test_words_are_found_in_all_their_spellings() -> None:
    assert found_in("nats per image") == ["nat"]
    assert found_in("Codes from N(0, I)") == ["latent code", "prior"]
    assert found_in("encoded, national, klein") == []


def test_the_reference_figures_are_the_measured_ones() -> None:
    figures = open_run(SHIPPED / "mnist-recommended").metrics
    lines: dict[str, Any] = read_references("mnist")
    measured = {
        "KL": f"has {figures['kl']:.1f}",
        "ELBO": f"has −{-figures['elbo']:.1f}",
        "loss": f"costs {lines['mean_image']:.1f}",
        "grey levels as probabilities": f"{lines['floor']:.1f} nats",
        "log-likelihood": f"−{LITERATURE[0].nll:.1f}",
        "Fréchet distance": "differ by "
        f"{open_run(SHIPPED / 'mnist-recommended').quality['noise_floor']:.1f}",
        "dimension in use": f"{USED_NATS} nats",
        "active unit": f"above {ACTIVE_VARIANCE} ",
    }
    assert {word: text for word, text in measured.items() if text not in GLOSSARY[word].text} == {}
