"""Class probes: how well codes tell the classes apart, beside PCA and pixels."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained
from pages._shared.measuring import measuring, offer
from vae.evaluation.class_probes import NEIGHBOURS, SPACES
from vae.figures.colors import HUES
from vae.runs.run import Run
from vae.schemas.class_probes import ClassProbes, Probe

__all__ = ["class_probes_view"]

JOB = "knowledge"
SPACE_NAMES = {"latent": "latent means", "pca": "PCA values", "pixels": "raw pixels"}
HEADINGS: dict[Probe, str] = {
    "knn": "k-NN",
    "probe": "Linear probe",
    "silhouette": "Silhouette",
}
BAR_HUES = {"latent": HUES["z"], "pca": HUES["mean"], "pixels": "#808080"}
BAR_TITLE = "font-weight:600;margin-top:0.6rem"
BAR_ROW = (
    "display:grid;grid-template-columns:minmax(0,7.5rem) minmax(2rem,1fr) 3.6rem;gap:0.6rem;"
    "align-items:center;padding:0.15rem 0"
)
BAR_TRACK = "background:rgb(128 128 128/18%);border-radius:0.3rem;forced-color-adjust:none"
BAR = "display:block;height:1.3rem;border-radius:0.3rem"
ACCURACIES: tuple[Probe, ...] = ("knn", "probe")
NEAR = 0.01  # of accuracy: closer than this counts as equal


@st.fragment
@explained()
def class_probes_view(run: Run) -> None:
    """Show the figures, or have them measured."""
    intro = "The model was trained without labels."
    if run.config.conditional:
        intro = (
            "This model gets the label with each image, so its code need not contain it. Low "
            "figures are good here: then the code describes the style alone."
        )
    st.markdown(
        f"{intro} How well do its latent means separate the classes, compared with as many numbers "
        "from PCA and with the raw pixels?"
    )
    if run.class_probes:
        _show(run)
    else:
        offer(
            run,
            JOB,
            measuring("how well codes separate the classes"),
            help="Trains two small classifiers on each, in the background. The figures are saved "
            "with the run.",
        )


def _sentence(found: ClassProbes) -> str:
    """Say in words what the k-NN accuracies mean."""
    latent, pca, pixels = (found[space]["knn"] for space in SPACES)
    return (
        f"With **{_counted(found['latent']['dimensions'], 'numbers')}** a picture, k-NN gets "
        f"**{latent:.1%}** of the test images right: {pca:.1%} with "
        f"{_counted(found['pca']['dimensions'], 'numbers')} from PCA, {pixels:.1%} with all "
        f"{found['pixels']['dimensions']:,} of the raw pixels. By this measure latent space "
        f"separates the classes {_compared(latent, pca)} PCA and {_compared(latent, pixels)} the "
        "raw pixels."
    )


def _compared(one: float, other: float) -> str:
    if abs(one - other) < NEAR:
        return "about as well as"
    return "better than" if one > other else "less well than"


def _counted(count: int, things: str) -> str:
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _show(run: Run) -> None:
    found = run.class_probes
    st.markdown(_sentence(found))
    st.html(_bars(found))
    st.markdown(_table(found))
    st.caption(
        "k-NN and linear probe: the fraction of test images whose class they get right; bold is "
        f"the best of a column. Both learn from the first {found['training_images']:,} training "
        f"images and their labels, and are scored on {found['test_images']:,} test images. k-NN "
        f"uses the {NEIGHBOURS} nearest by Euclidean distance. The probe is a logistic regression "
        "with an L2 penalty (C = 1) on the values as they are. PCA is fitted to the same training "
        "images. Silhouette (Rousseeuw 1987): of the classes, from -1 (among another class) to 1 "
        f"(far from all others), mean over the first {found['silhouette_images']:,} test images."
    )


def _bars(found: ClassProbes) -> str:
    """Return the accuracies as bars in HTML, which the table below has as numbers."""
    rows = "".join(
        f'<div style="{BAR_TITLE}">{HEADINGS[name]}</div>'
        + "".join(
            f'<div style="{BAR_ROW}"><span>{SPACE_NAMES[space]}</span>'
            f'<span style="{BAR_TRACK}"><i style="{BAR};width:{100 * found[space][name]:.2f}%;'
            f'background:{BAR_HUES[space]}"></i></span><span>{found[space][name]:.1%}</span></div>'
            for space in SPACES
        )
        for name in ACCURACIES
    )
    label = "Accuracy of k-NN and of a linear probe; the table below has the numbers"
    return f'<div role="img" aria-label="{label}">{rows}</div>'


def _table(found: ClassProbes) -> str:
    """Return the figures as a Markdown table, the best of each column bold."""
    columns = [[_counted(found[space]["dimensions"], SPACE_NAMES[space]) for space in SPACES]]
    for name in HEADINGS:
        values = [found[space][name] for space in SPACES]
        texts = [f"{value:.3f}" if name == "silhouette" else f"{value:.1%}" for value in values]
        best = texts[values.index(max(values))]
        # As they are shown: of two equal texts neither is the better one.
        columns.append([f"**{text}**" if text == best else text for text in texts])
    rows = [
        ["Input", *HEADINGS.values()],
        ["---", *["---:"] * len(HEADINGS)],
        *zip(*columns, strict=True),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
