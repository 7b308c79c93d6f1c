"""Samples: how good they are to a classifier, beside real images and built-in runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.guard import explained
from pages._shared.measuring import measuring, offer
from pages._shared.pictures import apart, show_grid
from pages._shared.plain import plain
from pages._shared.server import store
from pages._shared.wide_layout import wrapping_columns
from vae.evaluation.digit_classifier import classifier_mark
from vae.evaluation.feature_sets import NEIGHBOURS
from vae.evaluation.sample_quality import SURE, is_measurable
from vae.figures.classes import digit_counts
from vae.presets import preset_label
from vae.runs.run import Run
from vae.runs.run_images import dataset_title
from vae.sampling.prior import balanced_labels, prior_codes
from vae.schemas.sample_quality import Quality, SampleFigures

__all__ = ["samples_view"]

JOB = "quality"
ROWS, COLUMNS = 5, 10
HEADINGS = ("Distance", "Precision", "Recall", "Sure", "Balance")
FRACTIONS = ("precision", "recall", "share_sure", "class_balance")


@st.fragment
@explained()
def samples_view(run: Run) -> None:
    """Show some samples, and the figures of many or the way to them."""
    if run.quality and is_measurable(run):
        _show_verdict(run.quality)
    left, right = wrapping_columns([1.5, 1], key="quality", gap="large")
    with right:
        if run.has_model:
            labels = balanced_labels(ROWS * COLUMNS, run.classes)  # of ten, one a column
            images = run.decode(prior_codes(ROWS * COLUMNS, run.config.latent_dim), labels)
            with st.container(key="sample-grid"):
                show_grid(apart(images), ROWS, COLUMNS, alt="Samples from the prior")
            st.caption(
                f"The first {ROWS * COLUMNS} samples: codes from the prior N(0, I), decoded"
                f"{', one class after the other' if run.config.conditional else ''}."
            )
        if run.quality:
            _show_counts(run.quality)
    with left:
        if not is_measurable(run):
            title = dataset_title(run)
            st.info(
                "The quality of these samples cannot be measured: the classifier for it knows only "
                f"MNIST's digits, and this run was trained on {plain(title)}.",
                icon=":material/info:",
            )
            return
        if run.quality:
            _show(run, run.quality)
        st.markdown(
            "Could the samples pass for real digits? A small classifier compares both: if it "
            "cannot tell them apart, people hardly will either."
        )
        if not run.quality:
            offer(
                run,
                JOB,
                measuring("samples"),
                help="Compares 5,000 samples with as many test images, in the background. The "
                "figures are saved with the run.",
            )


def _show_verdict(found: Quality) -> None:
    """Say in words how good the samples are."""
    distance, floor = found["frechet_classifier_distance"], found["noise_floor"]
    st.markdown(
        f"The Fréchet classifier distance between samples and real digits is **{distance:.1f}**. "
        f"Two halves of the real digits differ by {floor:.1f}: the best any model could reach. "
        f"**{found['precision']:.0%}** of the samples look like real digits (precision), and they "
        f"cover **{found['recall']:.0%}** of the real ones (recall)."
    )
    if "share_as_told" in found:
        st.markdown(
            f"The classifier finds the requested class in **{found['share_as_told']:.0%}** of the "
            "samples."
        )


def _show(run: Run, found: Quality) -> None:
    """Show the figures beside those of real images and of built-in runs."""
    same = found["classifier"] == classifier_mark()
    others = [each for each in store().list_shipped() if each.id != run.id]
    rows: dict[str, Mapping[str, Any]] = {"**This run**": found}
    for name, values in found.get("samplers", {}).items():
        rows[f"This run, {name}"] = cast("SampleFigures", values)
    rows |= {"Real digits": _real(found)}
    rows |= {
        f"{preset_label(each.config)}, built-in": each.quality
        for each in others
        if same and each.quality.get("classifier") == found["classifier"]
    }
    lines = [["Images", *HEADINGS], ["---", *["---:"] * len(HEADINGS)]]
    for name, values in rows.items():
        fractions = [f"{values[key]:.0%}" for key in FRACTIONS]
        lines.append([name, f"{values['frechet_classifier_distance']:.1f}", *fractions])
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))
    if not same:
        st.caption(
            "Another version of the classifier measured this, so other models cannot be compared."
        )
    with st.expander("How this is measured", icon=":material/info:"):
        st.markdown(_how(found))


def _how(found: Quality) -> str:
    return (
        f"{found['samples']:,} samples from the prior (seed {found['seed']}) against "
        f"{found['reference_images']:,} test images; the real digits are other test images, as "
        "many as the samples.\n"
        "- **Distance**: the squared Fréchet distance between Gaussians fitted to the classifier's "
        "features of both; 0 is best. FID is the same with another network's features, so its "
        "values are others.\n"
        "- **Precision**: the fraction of samples that lie among real digits, by the "
        f"{NEIGHBOURS} nearest neighbours among features. **Recall**: the fraction of real digits "
        "that lie among samples (Kynkäänniemi et al. 2019). Another classifier would give other "
        "values here, too.\n"
        f"- **Sure**: the classifier gives one digit a probability of {SURE:.0%} or more.\n"
        "- **Balance**: 100% where all ten digits are equally frequent.\n"
        "- **Mixture** and **posterior**, where they are: as many samples from other samplers of "
        "the same model, which Generate > Samplers shows.\n"
        "- The classifier gets "
        f"{found['classifier_accuracy']:.2%} of the test images right "
        f"(`python -m vae.evaluation.digit_classifier`, file {found['classifier']})."
    )


def _real(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of real images by the names of those of samples."""
    fractions = {key: found[f"real_{key}"] for key in FRACTIONS}
    return {"frechet_classifier_distance": found["noise_floor"], **fractions}


def _show_counts(found: Quality) -> None:
    counts = {"Samples": found["class_counts"], "Real digits": found["real_class_counts"]}
    st.markdown("**Which digits the samples are**")
    show_bars(digit_counts(counts), name="Which digits the samples and the real images are")
