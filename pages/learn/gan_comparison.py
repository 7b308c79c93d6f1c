"""GAN, VAE and autoencoder side by side: some samples of each, and what was measured of many."""

from __future__ import annotations

import html
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._shared.model_fingerprint import model_fingerprint
from pages.learn.shipped import shipped_run
from vae.architecture import summarize
from vae.evaluation.sharpness import sharpness
from vae.images import tile, to_png, to_uint8
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["gan_comparison"]

SHOWN, SAMPLES = 8, 1000
GAN_RUN, VAE_RUN = "mnist-gan-convolutional", "mnist-convolutional"
MODELS = {GAN_RUN: "GAN", VAE_RUN: "VAE", "mnist-autoencoder": "Autoencoder"}
HEADS = ("Sharpness", "Precision", "Recall", "Distance", "Encoder")
# Each row is a card, of which every figure has its name: so it fits a phone too.
STYLE = """<style>
.side-by-side { width: 100%; display: block; font-variant-numeric: tabular-nums; }
.side-by-side thead { display: none; }
.side-by-side tbody { display: block; }
.side-by-side tr {
    display: grid; grid-template-columns: repeat(auto-fit, minmax(4rem, 1fr));
    gap: 0.3rem 0.4rem; padding: 0.5rem 0;
    border-top: 1px solid rgb(128 128 128 / 25%);
}
.side-by-side th { grid-column: 1 / -1; text-align: left; font-weight: 600; padding: 0; }
.side-by-side td { padding: 0; font-size: 1.1rem; }
.side-by-side td::before {
    content: attr(data-name); display: block; font-size: max(0.8rem, 12px);
}
.side-by-side img {
    display: block; width: 100%; max-width: 30rem; image-rendering: pixelated; margin-top: 0.3rem;
}
</style>"""


class _Row(NamedTuple):
    title: str
    images: np.ndarray  # uint8 (SHOWN, H, W, C)
    figures: tuple[str, ...]  # by HEADS


def gan_comparison() -> None:
    """Show the table."""
    rows = [_real_row(shipped_run(VAE_RUN))]
    rows += [_row(shipped_run(run_id), title) for run_id, title in MODELS.items()]
    head = "".join(f'<th scope="col">{each}</th>' for each in ("", *HEADS))
    body = "".join(map(_as_html, rows))
    st.html(
        f'{STYLE}<table class="side-by-side" aria-label="GAN, VAE and autoencoder">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
    st.caption(_how_compared())


def _real_row(run: Run) -> _Row:
    images, quality = run.fixed["images"], run.quality
    return _Row(
        "Real digits",
        images[:SHOWN],
        (
            f"{sharpness(images):.3f}",
            f"{quality['real_precision']:.2f}",
            f"{quality['real_recall']:.2f}",
            f"{quality['noise_floor']:.1f}",
            "–",
        ),
    )


def _row(run: Run, title: str) -> _Row:
    images, sharp = _samples(run, model_fingerprint(run))
    quality = run.quality
    return _Row(
        title,
        images,
        (
            f"{sharp:.3f}",
            f"{quality['precision']:.2f}",
            f"{quality['recall']:.2f}",
            f"{quality['frechet_classifier_distance']:.1f}",
            "yes" if run.config.has("encoder") else "no",
        ),
    )


@st.cache_data(show_spinner=False, max_entries=8)
def _samples(_run: Run, fingerprint: str) -> tuple[np.ndarray, float]:
    """Return some samples of random codes, and how sharp many are."""
    images = _run.decode(prior_codes(SAMPLES, _run.config.latent_dim))
    return to_uint8(images[:SHOWN]), sharpness(images)


def _how_compared() -> str:
    gan, vae = shipped_run(GAN_RUN), shipped_run(VAE_RUN)
    sizes = [summarize(run.config, run.image_shape).parameters["decoder"] for run in (gan, vae)]
    quality = gan.quality
    same = "the same number of" if sizes[0] == sizes[1] else f"{sizes[0]:,} and {sizes[1]:,}"
    return (
        f"Random codes from N(0, I), decoded: sharpness of {SAMPLES:,} samples and of "
        f"{len(vae.fixed['images'])} test images, the other figures of {quality['samples']:,} "
        f"samples and {quality['reference_images']:,} test images. GAN and VAE have 16 latent "
        f"dimensions and convolutional decoders with {same} parameters; the autoencoder is small "
        "and dense, with 4 dimensions."
    )


def _as_html(row: _Row) -> str:
    strip = as_data_url(to_png(tile(row.images, 1, SHOWN)))
    cells = "".join(
        f'<td data-name="{name}">{html.escape(figure)}</td>'
        for name, figure in zip(HEADS, row.figures, strict=True)
    )
    return (
        f'<tr><th scope="row">{row.title}<img alt="{SHOWN} images: {row.title}" src="{strip}"></th>'
        f"{cells}</tr>"
    )
