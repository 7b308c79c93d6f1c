"""Is this good? The run among reference lines, and beside the literature."""

from __future__ import annotations

import streamlit as st

from vae.figures_reference import Line, reference_bars
from vae.presets import preset_label
from vae.references import LITERATURE, read_references
from vae.runs import Run
from views._shared.server import store

__all__ = ["is_this_good"]

GREY = "grey levels"  # how the treatment begins that the lines were measured with


def is_this_good(run: Run) -> None:
    """Show what the run costs beside reference lines of the same data, in one plain sentence."""
    st.subheader("Is this good?")
    known = read_references(run.dataset)
    if not known or not str(run.metrics.get("treatment", "")).startswith(GREY):
        st.info(
            "There are no reference lines of these images in this treatment. `python -m "
            "vae.references` measures them for the data sets of VAE Lab in grey levels.",
            icon=":material/info:",
        )
        return
    own = _line(run, "This run", is_own=True)
    lines = [own, *_lines(run, known)]
    st.markdown(_sentence(run, own, known))
    st.plotly_chart(
        reference_bars(lines), key=f"references-{run.id}", config={"displayModeBar": False}
    )
    st.caption(
        "Grey levels count as probabilities, so even a model that repeats each image pays the "
        "entropy of its grey levels: the floor. The mean image and PCA are measured by `python -m "
        "vae.references`; PCA's code costs nothing here, which no model of images could claim."
    )
    _show_literature()


def _line(run: Run, name: str, *, is_own: bool = False) -> Line:
    return Line(name, run.metrics["reconstruction"], run.metrics["kl"], is_own)


def _lines(run: Run, known: dict) -> list[Line]:
    """Return the floor, the mean image, PCA with about as many dimensions, and shipped runs."""
    dims = run.config.latent_dim
    nearest = min(known["pca"], key=lambda count: abs(int(count) - dims))
    lines = [
        Line("Floor of grey images", known["floor"]),
        Line(f"PCA, {nearest} numbers", known["pca"][nearest]),
        Line("Always the mean image", known["mean_image"]),
    ]
    lines += [
        _line(each, f"{preset_label(each.config)}, shipped{_remark(each)}")
        for each in store().list()
        if each.shipped and each.id != run.id and each.dataset == run.dataset and each.metrics
    ]
    return lines


def _remark(run: Run) -> str:
    return " (no KL)" if run.config.kind == "autoencoder" else ""


def _sentence(run: Run, own: Line, known: dict) -> str:
    better = known["mean_image"] - own.total
    above = own.total - known["floor"]
    side = "less" if better >= 0 else "more"
    words = (
        f"An image costs this run **{own.total:.1f} nats**: {abs(better):.1f} {side} than always "
        f"predicting the mean image, and {above:.1f} above the floor that no model of grey images "
        "can go below."
    )
    if run.config.kind == "autoencoder":
        words += " An autoencoder's code costs nothing here, so this is no bound on a likelihood."
    return words


def _show_literature() -> None:
    with st.expander("Beside the literature", icon=":material/menu_book:"):
        rows = "\n".join(
            f"| {each.model} | {each.nll:.2f} | {each.source} |" for each in LITERATURE
        )
        st.markdown(
            "Papers measure MNIST binarised, each pixel drawn anew with its grey level as the "
            "probability, and give the negative log-likelihood by 5,000 importance samples. **Grey "
            "figures cannot be compared with these**: other data, another measure.\n\n"
            f"| model, one stochastic layer | nats per image | source |\n|---|---:|---|\n{rows}"
        )
