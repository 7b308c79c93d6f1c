"""What the compared runs make of the same test images and of the same random codes."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.pictures import apart
from pages._shared.server_paths import without_paths
from pages._shared.wide_layout import wrapping_columns
from vae.errors import VAEError
from vae.evaluation.comparison import binarisation_of
from vae.images import tile, to_png, to_uint8
from vae.kinds import KINDS, with_article
from vae.runs.differences import run_labels
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same
from vae.sampling.prior import balanced_labels, prior_codes

__all__ = ["images_part"]

IMAGES = 10  # test images, the first one of each class
SAMPLES = 10

Row = tuple[str, np.ndarray | str]  # a name, and images (N, H, W, C) or what there is instead


@st.fragment
@explained()
def images_part(runs: Sequence[Run]) -> None:
    """Show reconstructions below the test images, and samples, a row a run."""
    labels = run_labels(runs)
    copies, samples = wrapping_columns([1, 1], key="compared-images", gap="large")
    with copies:
        st.header("The same test images", help=help_of("reconstruction"))
        for group in _of_same_images(runs):
            _show_rows([_originals(runs[group[0]]), *(_copies(runs[i], labels[i]) for i in group)])
    with samples:
        st.header("The same random codes", help=help_of("prior"))
        _show_rows([_samples(run, label) for run, label in zip(runs, labels, strict=True)])
        _say_which_codes(runs)


def _say_which_codes(runs: Sequence[Run]) -> None:
    sizes = {run.config.latent_dim for run in runs if run.config.has("decoder")}
    codes = "the same codes z" if len(sizes) < 2 else "codes of the same seed, as many numbers each"
    notes = f"{SAMPLES} random codes from N(0, I): {codes}."
    if any(run.config.conditional for run in runs):
        notes += " Of a model that gets the class, each column is a class, one after the other."
    st.caption(notes)


def _of_same_images(runs: Sequence[Run]) -> list[list[int]]:
    """Return the places of runs that learned the same images in the same treatment."""
    groups: list[list[int]] = []
    for index, run in enumerate(runs):
        for group in groups:
            other = runs[group[0]]
            if learned_the_same(other, run) and binarisation_of(other) == binarisation_of(run):
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


def _originals(run: Run) -> Row:
    """Return the test images of a run's data set, in its treatment."""
    name = f"Test images of {dataset_title(run)}"
    try:
        chosen = _first_of_each_class(run)
        images = available_test_images(run) if len(chosen) else None
        # A run's folder holds the same ones, as every snapshot shows them.
        found = run.fixed["images"][:IMAGES] if images is None else images[chosen]
        return name, run.preprocess(found)
    except (VAEError, KeyError):
        return name, "The images are not on this machine."


def _copies(run: Run, label: str) -> Row:
    if not run.config.has("encoder"):
        return label, f"{with_article(KINDS[run.config.kind].noun)} reconstructs no image."
    if not run.has_model or not run.latents:
        return label, "No model yet: it comes when the run has ended."
    try:
        return label, reconstructions(run, _first_of_each_class(run))
    except VAEError as error:
        return label, without_paths(str(error))


def _samples(run: Run, label: str) -> Row:
    if not run.config.has("decoder"):
        return label, f"{with_article(KINDS[run.config.kind].noun)} makes no images."
    if not run.has_model:
        return label, "No model yet: it comes when the run has ended."
    try:
        codes = prior_codes(SAMPLES, run.config.latent_dim, seed=0)
        return label, to_uint8(run.decode(codes, balanced_labels(SAMPLES, run.classes)))
    except VAEError as error:
        return label, without_paths(str(error))


def _first_of_each_class(run: Run) -> np.ndarray:
    labels = run.outputs.get("y", np.empty(0, np.uint8))
    return np.unique(labels, return_index=True)[1][:IMAGES]


def _show_rows(rows: Sequence[Row]) -> None:
    """Show a name and images a row."""
    body = "".join(
        f'<div class="name">{html.escape(name)}</div>{_picture(name, shown)}'
        for name, shown in rows
    )
    st.html(f'<div class="image-rows">{body}</div>')


def _picture(name: str, shown: np.ndarray | str) -> str:
    if isinstance(shown, str):
        return f"<div>{html.escape(shown)}</div>"
    grid = tile(apart(shown), 1, len(shown))
    # Of fewer than ten each is as wide, so that images stand below each other.
    width = f"width:{100 * len(shown) / IMAGES:.4g}%"
    return f'<img alt="{html.escape(name)}" style="{width}" src="{as_data_url(to_png(grid))}">'
