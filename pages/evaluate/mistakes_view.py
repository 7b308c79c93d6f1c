"""Mistakes: the test images of which a classifier is surest, and wrong."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np
import streamlit as st

from pages._shared.available_images import available_test_images
from pages._shared.captioned_pictures import Captioned, show_captioned
from pages._shared.confidence import confidence_text
from pages._shared.plain import plain
from vae.errors import RunError
from vae.evaluation.classification import confident_mistakes
from vae.runs.run import Run
from vae.runs.run_images import missing_images

__all__ = ["mistakes_view"]

SHOWN = 30
SURE = 0.9


def mistakes_view(run: Run) -> None:
    """Say how many mistakes it makes, and show those of which it is surest."""
    if not run.predictions:
        raise RunError(
            "Mistakes are found among the test images, when the run ends. "
            "Received: a run without predictions"
        )
    probabilities, y = run.predictions["probabilities"], run.predictions["y"]
    wrong = confident_mistakes(probabilities, y, len(y))
    st.markdown(_verdict(probabilities, wrong))
    if not len(wrong):
        return
    st.header("The surest mistakes")
    shown, images = wrong[:SHOWN], available_test_images(run)
    if images is None:
        needs = missing_images(run) or "the test images that it was measured on"
        st.info(f"To see their pictures you need {plain(needs)}.", icon=":material/info:")
    show_captioned(_captioned(run, shown, images))
    st.caption("Each with its number among the test images: Latent, Draw takes it by that number.")


def _verdict(probabilities: np.ndarray, wrong: np.ndarray) -> str:
    total = len(probabilities)
    if not len(wrong):
        return f"It makes **no mistake** on {total:,} test images."
    sure = int((probabilities[wrong].max(axis=1) > SURE).sum())
    return (
        f"It takes **{len(wrong):,}** of {total:,} test images for a wrong class, and of "
        f"**{sure:,}** of these mistakes it is more than {SURE:.0%} sure. The surest are often "
        "images that people find hard too, or whose label is wrong."
    )


def _captioned(run: Run, shown: np.ndarray, images: np.ndarray | None) -> Iterator[Captioned]:
    """Yield each mistake: its picture, what it is and what was said."""
    probabilities, y = run.predictions["probabilities"], run.predictions["y"]
    names = [html.escape(name) for name in run.short_class_names]
    # As it got them: sampled pixels are those of all test images up to there.
    inputs = None if images is None else run.preprocess(images[: shown.max() + 1])
    for index in shown:
        says = int(probabilities[index].argmax())
        yield (
            None if inputs is None else inputs[index],
            f"Test image {index}",
            f"is <b>{names[y[index]]}</b>, says <b>{names[says]}</b><br>"
            f"{confidence_text(float(probabilities[index, says]))} sure<br>no. {index:,}",
        )
