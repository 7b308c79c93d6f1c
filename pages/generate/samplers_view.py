"""Samplers: the same decoder with codes of the prior, a mixture and posteriors, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.measuring import measuring, offer
from pages._shared.pictures import apart, show_grid
from pages._shared.wide_layout import wrapping_columns
from pages.generate.fitted_samplers import offer_samplers, samplers_of
from pages.generate.grid_choice import choose_label
from pages.generate.seed_field import seed_field
from vae.evaluation.sample_quality import is_measurable
from vae.runs.run import Run
from vae.sampling.fitted import Samplers
from vae.sampling.samplers import SAMPLER_NAMES, SAMPLERS, SampleSpec, sample_codes
from vae.schemas.sample_quality import Quality

__all__ = ["samplers_view"]

ROWS, COLUMNS = 6, 8
JOB = "quality"
FRACTIONS = {
    "precision": "look real",
    "recall": "of the real digits covered",
    "share_sure": "recognised with certainty by the classifier",
    "class_balance": "balance of the classes",
}


@st.fragment
@explained()
@address_of_part("samplers")
def samplers_view(run: Run) -> None:
    """Show a grid of each sampler with the same seed, and how good its samples are."""
    samplers = samplers_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_field("samplers_seed", "The same for all samplers.")
        label = None
        if samplers is not None:
            with st.container(width=180):
                label = choose_label(run, samplers, "samplers_label")
    columns = wrapping_columns([1] * len(SAMPLERS), key="samplers")
    for name, column in zip(SAMPLERS, columns, strict=True):
        with column:
            st.header(SAMPLER_NAMES[name], help=help_of(name))
            if name != "prior" and samplers is None:
                st.caption(_description(name, samplers))
                continue
            spec = SampleSpec(name, label if name != "prior" else None, seed=seed)
            images = run.decode(sample_codes(run, spec, ROWS * COLUMNS, samplers))
            show_grid(apart(images), ROWS, COLUMNS, alt=f"Samples: {SAMPLER_NAMES[name]}")
            st.caption(_description(name, samplers))
            _show_quality(run.quality, name)
    if samplers is None:
        offer_samplers(run)
    elif is_measurable(run):
        _measure(run)
    st.markdown(
        "The decoder was trained on codes near those of training images. The prior also has places "
        "far from all of them, holes, where samples often look like nothing known. Samplers fitted "
        "to the codes avoid holes, with the same decoder."
    )


def _description(name: str, samplers: Samplers | None) -> str:
    if name == "prior":
        return "Random codes from N(0, I). Needs only the decoder; knows no classes."
    if name == "mixture":
        if samplers is None:
            return "Codes from Gaussians fitted to the codes of training images."
        excluded = ", ".join(map(str, samplers.not_converged))
        words = (
            f"Codes from {len(samplers.mixture.weights)} Gaussians fitted to the codes of "
            f"{samplers.fitted_images:,} training images: the number with the lowest BIC."
        )
        return words + (
            f" Left out, because they did not converge: {excluded}." if excluded else ""
        )
    return (
        "Codes from the posteriors of random training images. The samples resemble these images: "
        "compare each with the nearest one."
    )


def _show_quality(found: Quality, name: str) -> None:
    fitted: Mapping[str, Any] = found.get("samplers", {})
    figures = found if name == "prior" else fitted.get(name)
    if not figures:
        return
    distance, floor = figures["frechet_classifier_distance"], found["noise_floor"]
    parts = [f"**{distance:.1f}** Fréchet classifier distance (real digits: {floor:.1f})"]
    parts += [f"**{figures[key]:.0%}** {words}" for key, words in FRACTIONS.items()]
    st.markdown(" · ".join(parts))


def _measure(run: Run) -> None:
    """Offer to measure the samples of each, or show how far that is, or say how it was done."""
    if "samplers" in run.quality:
        st.caption(
            f"Measured on {run.quality['samples']:,} samples of each, of all classes, against as "
            "many test images: Evaluate > Samples says how."
        )
    else:
        offer(
            run,
            JOB,
            measuring("samples"),
            "Measure all three",
            help="Compares 5,000 samples of each with as many test images, in the background. The "
            "figures are saved with the run.",
            primary=False,
        )
