"""Pictures as a table: what each of two models says of them, with its probabilities as bars."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from vae.evaluation.judged_pictures import Example, Judged
from vae.figures.colors import HUES
from vae.images import to_png

__all__ = ["show_pictures", "signed"]

STYLE = """<style>
.judged { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.judged :is(th, td) { text-align: left; font-weight: 400; padding: 0.2rem 0.6rem 0.2rem 0; }
.judged thead th { font-size: 0.9rem; font-weight: 600; line-height: 1.2; vertical-align: bottom; }
.judged tbody tr { border-top: 1px solid rgb(128 128 128 / 25%); }
.judged tbody th { display: flex; align-items: center; gap: 0.6rem; line-height: 1.2; }
.judged img { width: 2.6rem; aspect-ratio: 1; object-fit: contain; background: #000;
  image-rendering: pixelated; border-radius: 4px; flex: none; }
.judged td.number { white-space: nowrap; }
.judged .number { text-align: right; }
.judged .no { font-weight: 700; }
.judged :is(th, td):last-child { padding-left: 0.8rem; padding-right: 0; }
.judged .says { min-width: 4.5rem; white-space: nowrap; }
.judged .chances { display: flex; align-items: flex-end; gap: 1px; height: 0.9rem;
  max-width: 7rem; border-bottom: 1px solid rgb(128 128 128 / 60%); forced-color-adjust: none; }
.judged .chances i { flex: 1; }
.judged-room { overflow-x: auto; }
@media (max-width: 640px) {
  .judged { font-size: 0.85rem; }
  .judged :is(th, td) { padding-right: 0.3rem; }
  .judged :is(th, td):last-child { padding-left: 0.3rem; }
  .judged tbody th { flex-direction: column; align-items: flex-start; gap: 0.1rem;
    font-size: 0.75rem; max-width: 4.6rem; overflow-wrap: anywhere; }
  .judged .says { min-width: 3.4rem; white-space: normal; }
}
</style>"""
MAX_BARS = 20  # classes: of more each bar would be a hair
CLASSIFIER, BAYES = HUES["accuracy"], HUES["mean"]


def show_pictures(
    examples: Sequence[Example], judged: Sequence[Judged | None], names: Sequence[str], usual: float
) -> None:
    """Show a row for each picture; usual: a ratio below this is not that of such data.

    judged: what was said of each, None of one that is not there yet. names: of the classes.
    """
    answers = ["Bayes' rule says"]
    if any(said is not None and said.classifier is not None for said in judged):
        answers.insert(0, "Classifier says")
    head = "".join(f'<th scope="col">{each}</th>' for each in ("Picture", *answers))
    for each in ("log p(x), nats", "log ratio, nats"):
        head += f'<th scope="col" class="number">{each}</th>'
    head += '<th scope="col">Like the data?</th>'
    rows = "".join(
        _row(example, said, names, usual, len(answers))
        for example, said in zip(examples, judged, strict=True)
    )
    st.html(
        f'{STYLE}<div class="judged-room" tabindex="0"><table class="judged" '
        f'aria-label="What both models say of each picture"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(
    example: Example, said: Judged | None, names: Sequence[str], usual: float, answers: int
) -> str:
    url = as_data_url(to_png(example.image))
    cells = f'<th scope="row"><img alt="" src="{url}">{html.escape(example.name)}</th>'
    if said is None:
        return f"<tr>{cells}{(answers + 3) * '<td>–</td>'}</tr>"
    if said.classifier is not None:
        cells += _answer(said.classifier, names, CLASSIFIER)
    cells += _answer(said.bayes, names, BAYES)
    for nats in (said.log_likelihood, said.ratio):
        cells += f'<td class="number">{signed(nats)}</td>'
    cells += "<td>yes</td>" if said.ratio >= usual else '<td class="no">no</td>'
    return f"<tr>{cells}</tr>"


def _answer(probabilities: np.ndarray, names: Sequence[str], color: str) -> str:
    """Return the likeliest class and its probability, above a bar for each class."""
    top = int(probabilities.argmax())
    said = f"<b>{html.escape(names[top])}</b>&ensp;{_percent(float(probabilities[top]))}"
    bars = ""
    if len(names) <= MAX_BARS:
        each = "".join(
            f'<i style="height:{100 * max(value, 0.0):.0f}%;background:{color}"></i>'
            for value in probabilities.tolist()
        )
        bars = f'<div class="chances" aria-hidden="true">{each}</div>'
    return f'<td class="says">{said}{bars}</td>'


def _percent(value: float) -> str:
    """Return a probability that is no certainty as one below 100 %."""
    return ">99.9%" if value > 0.999 else f"{value:.1%}"


def signed(value: float) -> str:
    """Return nats as a whole number, with a minus sign."""
    return f"{value:,.0f}".replace("-", "−")
