"""Likelihood: a tighter estimate than the ELBO, measured when it is asked for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.bars import show_bars
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_number
from pages._shared.measuring import (
    can_be_measured,
    measuring,
    offer_to_stop,
    request,
    show_duration,
    show_last_error,
    show_progress,
)
from pages._shared.number_field import number_field
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import queue, store
from pages._shared.stable_position import stable_position
from pages._shared.wide_layout import wrapping_columns
from pages.evaluate.image_costs import show_likely_images
from pages.evaluate.literature import HOW, literature_table, why_not_comparable
from vae.config.settings import BINARISATIONS, MAX_IMPORTANCE_SAMPLES
from vae.data.binarisation import binarisation_name, binarisation_words
from vae.evaluation.comparison import beside_literature, comparable
from vae.evaluation.likelihood import (
    likelihood_seconds,
    request_likelihood,
    requested_likelihood,
    withdraw_likelihood,
)
from vae.evaluation.references import Paper
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.presets import preset_label
from vae.runs.run import Run
from vae.schemas.likelihood import Measured
from vae.server.durations import START_SECONDS, job_seconds, time_in_words

__all__ = ["likelihood_view"]

JOB = "likelihood"
USUAL_SAMPLES = 500


@st.fragment
@explained()
@address_of_part("likelihood")
def likelihood_view(run: Run) -> None:
    """Show what was found with which samples, or have it measured."""
    left, right = wrapping_columns([1.25, 1], key="likelihood", gap="large")
    with left:
        binarisation = _choose_binarisation(run)
        found = run.likelihood.get(binarisation)
        with stable_position():
            if found:
                _show(run, binarisation, found)
        if queue().is_pending(run, JOB):
            _wait(run, binarisation)
        elif not (found and run.shipped) and can_be_measured(run):
            _offer(run, binarisation, again=found is not None)
        st.markdown(
            "How likely are the test images for this model? The ELBO is a lower bound. Importance "
            "sampling comes closer: it takes many codes of each image and weighs them by how well "
            "they explain it (Burda et al. 2016)."
        )
    with right:
        _show_bound(run, binarisation, found)
    show_likely_images(run)
    _show_literature(run, binarisation, found)


def _choose_binarisation(run: Run) -> str:
    name = f"likelihood-treatment-{run.id}"
    # A built-in run is not measured again: its own figures are the choices.
    choices = (
        [each for each in BINARISATIONS if each in run.likelihood] if run.shipped else BINARISATIONS
    )
    choices = list(choices or [run.config.binarisation])
    usual = run.config.binarisation if run.config.binarisation in choices else choices[0]
    chosen = linked_choice("images", name, choices, usual)
    return st.selectbox(
        "Test images",
        choices,
        **persistent(name, chosen),
        format_func=partial(binarisation_words, run.config),
        help="Grey and black-and-white images are different data: compare figures of the same kind "
        "only. Acts at once.",
    )


def _show(run: Run, binarisation: str, found: Measured) -> None:
    nll, error, elbo = found["nll"], found["nll_standard_error"], found["elbo"]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Negative log-likelihood, nats per image",
            f"{nll:.2f} ± {error:.2f}",
            help="Lower is better. After ±: the standard error over test images.",
            width="content",
        )
        st.metric(
            "ELBO, nats per image",
            f"{elbo:.2f}",
            help=f"{help_of('ELBO')} Here: of the same images and samples.",
            width="content",
        )
        st.metric(
            "Gap, nats per image",
            f"{-elbo - nll:.2f}",
            help="How far the ELBO is below the log-likelihood, by these samples. It is 0 where "
            "the encoder's Gaussians equal the true posteriors.",
            width="content",
        )
    st.caption(
        f"{plain(found['images'].capitalize())}, {plain(found['treatment'])}; K = "
        f"{found['importance_samples']:,} importance samples of each, in "
        f"{time_in_words(found['seconds'])}. With more samples the figure falls on average."
    )
    if binarisation != run.config.binarisation:
        st.warning(
            "This run was trained on other images "
            f"({binarisation_name(run.config.binarisation)}), so a poor figure is no surprise.",
            icon=":material/warning:",
        )


def _show_bound(run: Run, binarisation: str, found: Measured | None) -> None:
    """Show the likelihood beside its bound, and beside that of built-in models on such images."""
    own, costs = "This run", dict[str, float]()
    if found:
        costs = {own: found["nll"], "This run, by its ELBO": -found["elbo"]}
    for each in comparable(run, store().list_shipped()):
        if binarisation in each.likelihood:
            costs[preset_label(each.config)] = each.likelihood[binarisation]["nll"]
    if not costs:
        return
    st.header("The likelihood and its bound", help=help_of("log-likelihood", "ELBO"))
    ordered = sorted(costs.items(), key=lambda cost: cost[1])
    names, nats = zip(*ordered, strict=True)
    series = BarSeries("negative log-likelihood", nats, HUES["loss"])
    title = "nats per image, lower is better"
    show_bars(
        Bars("model", title, names, (series,), own=names.index(own) if found else None, form=".1f"),
        name="Negative log-likelihood of this run and others, nats per image",
    )


def _offer(run: Run, binarisation: str, *, again: bool) -> None:
    """Say what went wrong the last time, if it did, and offer to measure."""
    show_last_error(run, JOB)
    number, button = st.columns([1, 1], vertical_alignment="bottom")
    name = f"likelihood-samples-{run.id}"
    with number:
        samples = number_field(
            "Importance samples per image",
            linked_number("samples", name, 1, MAX_IMPORTANCE_SAMPLES, USUAL_SAMPLES),
            1,
            MAX_IMPORTANCE_SAMPLES,
            name=name,
            help=f"1 gives the ELBO; papers use {MAX_IMPORTANCE_SAMPLES:,}. The time grows in "
            "proportion.",
        )
    wants = button.button(
        "Measure again" if again else "Measure",
        type="secondary" if again else "primary",
        icon=":material/straighten:",
        width="stretch",
        disabled=samples is None,
        help="Runs in the background; the figure is saved with the run.",
    )
    if samples is None:  # also where it was pressed before the number was read
        return
    if wants:
        request_likelihood(run, samples, binarisation)
        request(run, JOB)
    show_duration(START_SECONDS + likelihood_seconds(run, samples))


def _wait(run: Run, binarisation: str) -> None:
    what = "the likelihood"
    if requested := requested_likelihood(run):
        what = f"with {requested['samples']:,} samples"
        if requested["treatment"] != binarisation:
            what += f" of other images ({binarisation_name(requested['treatment'])})"
    show_progress(run, JOB, measuring(what, lambda run: job_seconds(run, JOB)))
    offer_to_stop(run, JOB, withdraw_likelihood)


def _show_literature(run: Run, binarisation: str, found: Measured | None) -> None:
    """Show the literature's table, with the run's own row where that is of such images."""
    if reason := why_not_comparable(run, binarisation):
        st.caption(reason)
        return
    st.markdown("**Published results**", help=help_of("log-likelihood"))
    if not found:
        st.markdown(literature_table())
        st.caption(f"{HOW} Measure this run to see it in the table.")
        return
    samples = found["importance_samples"]
    source = f"measured here, {samples:,} samples"
    st.markdown(beside_literature(found["nll"], found["nll_standard_error"]))
    st.markdown(literature_table(Paper("This run", found["nll"], source)))
    remarks = []
    if binarisation == "fixed":
        remarks.append("Papers sample the pixels anew each time; these were sampled once.")
    if samples < MAX_IMPORTANCE_SAMPLES:
        remarks.append(f"With {MAX_IMPORTANCE_SAMPLES:,} samples its row would be a little lower.")
    st.caption(" ".join([HOW, *remarks]))
