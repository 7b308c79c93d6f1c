"""Chapter: the two parts of a VAE's loss, and what the lecture's slides say of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.kl_pull import kl_pull
from pages._components.pixel_cost import pixel_cost
from pages._shared.captioned_pictures import show_captioned
from pages.learn.parts import formula, open_in_lab, prose, question, screen, sources
from pages.learn.shipped import shipped_run
from vae.evaluation.image_costs import pixel_nats
from vae.images import to_uint8
from vae.presets import LECTURE_BETA
from vae.runs.run import Run

__all__ = ["losses"]

SHOWN = 4  # test images
BRIGHTEST = 3.0  # nats of one pixel that are white in the picture of costs


def losses() -> None:
    """Show the chapter."""
    run = shipped_run("mnist-lecture")
    with screen(
        "Reconstruction: a bet on every pixel",
        "The decoder gives each pixel a number from 0 to 1: how probable white is. The cost of a "
        "pixel is the **cross-entropy** of what is there and what was said, in nats. An image's "
        "cost is the sum over its pixels, not their mean.\n\n"
        "Move the copy: far from the pixel the cost shoots up. A grey pixel costs something even "
        "where its copy is perfect.\n\n"
        "Below, three pictures of each test image: itself, its reconstruction, and where its cost "
        "is. Most of it is along the edges.",
        key="pixel",
    ):
        formula(
            r"\begin{aligned} «reconstruction» = -\sum_{\text{pixels}} &«x» \ln «x'» \\[-1.2ex]"
            r" &+ (1 - «x») \ln (1 - «x'») \end{aligned}",
            key="pixel",
        )
        pixel_cost(key="learn-pixel")
        _show_costs(run)
    with screen(
        "KL: how far from the prior",
        "The second part asks how much a code tells. It compares the bell curve of an image, with "
        "the mean $«mu»$ and the width $«sigma»$, with one that knows nothing: N(0, 1).\n\n"
        "Drag the curve, or move the sliders. The KL divergence is 0 where both curves are the "
        "same. It grows when the mean leaves the middle, when the curve gets narrow, and when it "
        "gets wide.\n\n"
        "With more dimensions, their KLs are added.",
        key="kl",
    ):
        formula(r"«kl» = \tfrac12 \big(«mu»^2 + «sigma»^2 - 1 - «log_var»\big)", key="kl")
        kl_pull(has_reconstruction=False, key="learn-kl")
    question(
        "Training makes the loss small. What would happen to the KL, if it were the only loss?",
        [
            "It goes to 0: all images get the same code, N(0, 1)",
            "It grows without an end",
            "It stays as it is",
        ],
        0,
        "Without a reconstruction to pay for, the cheapest posterior is the prior itself. The code "
        "then says nothing about the image. This is called **posterior collapse**.",
        key="losses",
    )
    with screen(
        "A tug of war",
        "Now both pull. The reconstruction wants a narrow curve at the code that makes the best "
        "copy. The KL wants it wide and in the middle. beta says how strong the KL is.\n\n"
        "Press *Let both pull*: the curve slides downhill to where the sum is least. Then change "
        "beta. With 0 it becomes a needle: that is an autoencoder. With 8 it is nearly the prior.",
        key="tug",
    ):
        formula(r"\text{loss} = «reconstruction» + «beta» \cdot «kl»", key="tug")
        kl_pull(has_reconstruction=True, key="learn-tug")
    with screen(
        "What the slides say, put right",
        "The lecture's program is correct and learns. Three of its sentences are easily "
        "misunderstood, and its author would surely agree:",
        key="slips",
    ):
        prose(
            "- *“We aim to maximise the KL divergence.”* It is **minimised**. The minus sign in "
            "the code belongs to the formula: $-(1 + «log_var» - «mu»^2 - «sigma»^2)$ is twice "
            "the KL of a dimension, which is never negative.\n- *“mean and standard deviation”*. "
            "What the program calls `std` is the **log-variance** "
            r"$«log_var»$: it computes $\exp(\texttt{std}/2)$ to get $«sigma»$."
            "\n- *“the mean of both losses”*. The cross-entropy is a mean over 784 pixels, the KL "
            "one over 4 dimensions, times 0.0001. In nats per image that is a $«beta»$ of 784 × "
            f"0.0001 × 2 / 4 = **{LECTURE_BETA:.4f}**, a very weak KL. The lecture's model is "
            "nearly an autoencoder, which is why its random samples are often no digits."
        )
    open_in_lab("Open in the lab: the lecture's model, measured", "evaluate", run)
    sources(
        "Kingma & Welling 2014, *Auto-Encoding Variational Bayes*, appendix B",
        "Higgins et al. 2017, *beta-VAE*",
        "the lecture, *Generative Models – Part 2*",
    )


def _show_costs(run: Run) -> None:
    """Show test images, their reconstructions, and what each pixel costs."""
    images = run.preprocess(run.fixed["images"])[:SHOWN]
    x = images / 255.0
    copies = run.decode(run.encode(images)[0]).reshape(x.shape)
    costs = pixel_nats(run, x, copies)
    total = costs.sum(axis=(1, 2, 3))
    pictures = to_uint8(np.concatenate([x, copies, costs / BRIGHTEST], axis=2))
    show_captioned(
        [
            (picture, "An image, its copy, and the cost of each pixel", f"{nats:.0f} nats")
            for picture, nats in zip(pictures, total, strict=True)
        ],
        fitted=True,
    )
    st.caption("Test images; a pixel that is white in the third picture costs 3 nats or more.")
