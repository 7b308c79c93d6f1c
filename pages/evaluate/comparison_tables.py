"""How often two models are right, and how well their scores know foreign pictures: as tables."""

from __future__ import annotations

import html

import streamlit as st

from vae.figures.colors import HUES
from vae.schemas.classification import ClassifiedBy, ClassifierComparison, RocArea, Separation

__all__ = ["show_accuracies", "show_areas"]

STYLE = """<style>
.compared { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
.compared :is(th, td) { font-weight: 400; text-align: right; padding: 0.25rem 0.5rem; }
.compared thead th { font-size: 0.9rem; line-height: 1.2; vertical-align: bottom; }
.compared tbody th { text-align: left; padding-left: 0; }
.compared thead th:first-child { text-align: left; padding-left: 0; }
.compared tbody tr { border-top: 1px solid rgb(128 128 128 / 25%); }
.compared small { display: block; font-size: 0.75rem; white-space: nowrap; }
.compared .best { font-weight: 700; }
.compared-room { overflow-x: auto; }
@media (max-width: 640px) {
  .compared { font-size: 0.85rem; }
  .compared :is(th, td) { padding-inline: 0.15rem; }
  .compared thead th { font-size: 0.68rem; }
  .compared small { font-size: 0.62rem; }
}
</style>"""
GOOD, BAD = HUES["accuracy"], HUES["reconstruction"]
SCORES = {
    "likelihood": "log p(x)",
    "ratio": "log ratio",
    "bayes": "Bayes' p(y|x)",
    "probability": "Classifier's p(y|x)",
    "entropy": "Classifier's entropy",
}


def show_accuracies(found: ClassifierComparison) -> None:
    """Show how often each model finds the class of a test image, with 95 % intervals."""
    elbo, importance = found["elbo"], found["importance"]
    rows: list[tuple[str, ClassifiedBy | None, ClassifiedBy | None]] = [
        ("Bayes' rule, by the ELBO", elbo, None),
        (f"Bayes' rule, {importance['samples']:,} importance samples", None, importance),
    ]
    if "classifier" in found:
        rows.insert(0, ("Classifier", found["classifier"]["all"], found["classifier"]["same"]))
    heads = (f"{elbo['images']:,} test images", f"{importance['images']:,} of them")
    body = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        + "".join("<td></td>" if each is None else _accuracy(each) for each in cells)
        + "</tr>"
        for name, *cells in rows
    )
    _table("Accuracy of both models", ("Accuracy", *heads), body)


def show_areas(found: ClassifierComparison) -> None:
    """Show the areas under the ROC curve of each score, test images against foreign ones."""
    has_classifier = "classifier" in found
    names = [name for name in SCORES if has_classifier or name not in ("probability", "entropy")]
    heads = ["Test images against", *(SCORES[name] for name in names)]
    body = "".join(_areas(each, names) for each in found["foreign"])
    _table("Area under the ROC curve", heads, body)


def _table(name: str, heads: list[str] | tuple[str, ...], body: str) -> None:
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in heads)
    st.html(
        f'{STYLE}<div class="compared-room" tabindex="0"><table class="compared" '
        f'aria-label="{html.escape(name)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _accuracy(found: ClassifiedBy) -> str:
    low, high = found["accuracy_low"], found["accuracy_high"]
    return f"<td>{found['accuracy']:.1%}<small>{low:.1%}–{high:.1%}</small></td>"


def _areas(found: Separation, names: list[str]) -> str:
    areas: dict[str, RocArea] = {name: found[name] for name in names if name in found}
    best = max(f"{each['area']:.3f}" for each in areas.values())
    cells = "".join(_area(each, best) for each in areas.values())
    title = f"{html.escape(found['name'])}<small>{found['images']:,} pictures</small>"
    return f'<tr><th scope="row">{title}</th>{cells}</tr>'


def _area(found: RocArea, best: str) -> str:
    """Return a cell, the deeper in color the farther from chance."""
    area = found["area"]
    hue, percent = (GOOD if area >= 0.5 else BAD), 90 * abs(area - 0.5)
    color = f"color-mix(in srgb, {hue} {percent:.0f}%, transparent)"
    kind = ' class="best"' if f"{area:.3f}" == best else ""
    interval = f"<small>{found['low']:.3f}–{found['high']:.3f}</small>"
    return f'<td{kind} style="background:{color}">{area:.3f}{interval}</td>'
