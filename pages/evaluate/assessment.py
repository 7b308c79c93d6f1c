"""Is this good? One sentence, reference lines of the same images, and published results."""

from __future__ import annotations

import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.figure_files import offer_figure
from pages._shared.glossary import help_of
from pages._shared.plain import plain
from pages._shared.server import store
from pages.evaluate.literature import HOW, literature_table, why_not_comparable
from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import (
    binarisation_of,
    class_nats,
    comparable,
    compared,
    cost,
    references_of,
)
from vae.evaluation.references import Paper
from vae.figures.references import Line, reference_bars, reference_figure
from vae.presets import preset_label
from vae.runs.run import Run
from vae.schemas.metrics import References

__all__ = ["show_assessment", "show_reference_lines"]


def show_assessment(run: Run) -> None:
    """Say in one plain sentence what the run costs beside reference lines of the same images."""
    known = _references(run)
    if known:
        st.markdown(_sentence(run, _own(run), known))
    else:
        st.info(_why_not(run), icon=":material/info:")


def show_reference_lines(run: Run) -> None:
    """Show the run among the lines and shipped runs, and show the literature, where they are."""
    known = _references(run)
    if known is None:
        return
    own = _own(run)
    terms = ("nat", "grey levels as probabilities") if known["floor"] else ("nat",)
    st.header("Compared with others", help=help_of(*terms))
    lines = [own, *_lines(run, known)]
    show_bars(reference_bars(lines), name="Nats per image of this run and of reference lines")
    words = (
        "The mean image and PCA were measured on the same images (`python -m "
        "vae.evaluation.references`). PCA's code is not counted as a cost, so PCA looks better "
        "here than it is as a model of images."
    )
    if known["floor"]:
        words = (
            "Grey levels count as probabilities, so even a perfect copy of each image has a cost: "
            f"the floor. {words}"
        )
    st.caption(words)
    with (
        st.popover(
            "For a paper",
            icon=":material/download:",
            help="These bars as a figure: PDF, SVG or PNG.",
        ),
        st.container(horizontal=True),
    ):
        offer_figure(run, "Reference lines", lambda: reference_figure(lines))
    _show_literature(run, own)


def _references(run: Run) -> References | None:
    """Return the lines to compare a run with, None where its own cost is unknown."""
    return None if cost(run.metrics) is None else references_of(run)


def _own(run: Run) -> Line:
    class_text = _remark(run) if run.config.conditional else ""
    return _line(run, f"This run{class_text}", is_own=True)


def _why_not(run: Run) -> str:
    if run.config.is_density:
        return (
            "There is nothing to compare this run with: its likelihood is a density, and the "
            "reference lines are those of Bernoulli pixels."
        )
    return (
        f"There are no reference lines for images of {plain(run.dataset)} "
        f"({binarisation_name(run.config.binarisation)}). `python -m vae.evaluation.references` "
        "measures those of VAE Lab's own data sets."
    )


def _line(run: Run, name: str, *, is_own: bool = False) -> Line:
    return Line(name, run.metrics["reconstruction"], run.metrics["kl"], is_own)


def _lines(run: Run, known: References) -> list[Line]:
    """Return the floor, the mean image, PCA with about as many dimensions, and shipped runs."""
    dims = run.config.latent_dim
    nearest = min(known["pca"], key=lambda count: abs(int(count) - dims))
    lines = [
        Line(f"PCA, {nearest} numbers", known["pca"][nearest]),
        Line("Always the mean image", known["mean_image"]),
    ]
    if known["floor"]:  # black and white have none
        lines.append(Line("Floor of grey images", known["floor"]))
    return lines + [
        _line(each, f"{preset_label(each.config)}, built-in{_remark(each)}")
        for each in comparable(run, store().list_shipped())
    ]


def _remark(run: Run) -> str:
    if not run.config.has("posterior"):
        return " (no KL)"
    return " (given the class)" if run.config.conditional else ""


def _sentence(run: Run, own: Line, known: References) -> str:
    words = (
        f"An image costs this run **{own.total:.1f} nats** "
        f"({binarisation_name(binarisation_of(run))}): {compared(own.total, known['mean_image'])} "
        "always predicting the mean image"
    )
    if known["floor"]:
        words += (
            f", and {own.total - known['floor']:.1f} more than the floor, the least that any model "
            "of grey images can reach"
        )
    if not run.config.has("posterior"):
        words += ". An autoencoder's code is not counted, so this is not a bound on a likelihood"
    if run.config.conditional:
        nats = class_nats(run)
        words += (
            ". It gets the class of each image, so its ELBO bounds log p(x | y), and that of other "
            f"models log p(x). To compare them, add ln {run.classes} = {nats:.1f} nats for the "
            f"class: **{own.total + nats:.1f}** in all"
        )
    return f"{words}."


def _show_literature(run: Run, own: Line) -> None:
    if reason := why_not_comparable(run, binarisation_of(run)):
        st.caption(reason)
        return
    with st.expander("Published results", expanded=True, icon=":material/menu_book:"):
        bound = Paper("This run, at most", own.total, "its negative ELBO, a bound")
        st.markdown(
            f"{HOW} This run's row is its negative ELBO, which is never less than that figure. "
            f"Measure the figure itself under Likelihood.\n\n{literature_table(bound)}"
        )
