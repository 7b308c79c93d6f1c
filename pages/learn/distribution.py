"""Chapter: a VAE gives each attribute a distribution instead of a number, and what beta does."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.beta_family import beta_family
from pages._components.posterior_bells import posterior_bells
from pages._shared.guard import explained
from pages._shared.strip import show_strip
from pages._shared.wide_layout import wrapping_columns
from pages.learn.family import family_members, family_run, originals, test_labels
from pages.learn.parts import formula, open_in_lab, question, screen, sources
from vae.images import to_uint8
from vae.shipped.beta_family import BETAS

__all__ = ["distribution"]

SAMPLES = 12  # codes of one image
MAX_WIDTH = 12.0  # times the standard deviations of the encoder
IMAGES = 10  # test images to choose from


def distribution() -> None:
    """Show the chapter."""
    with screen(
        "A bell curve for each attribute",
        "An autoencoder gives each image **one number** in each dimension of its code. A "
        "variational autoencoder, a VAE, gives a **bell curve**: a mean $«mu»$ and a standard "
        "deviation $«sigma»$. It says: “about here, and I am this sure.”\n\n"
        "The code that the decoder gets is sampled from these curves. So the same image becomes "
        "something slightly else each time.\n\n"
        "Choose an image and sample again: the dots are the codes, the pictures below what the "
        "decoder makes of them. Make the curves wider, and the pictures differ more.",
        key="bells",
    ):
        formula(r"«z» \sim \mathcal{N}(«mu», «sigma»^2)", key="posterior")
        _one_image()
    question(
        "beta grows from 0 to 4. It is the price of telling much about an image. What happens to "
        "the copies?",
        ["They get softer and more alike", "They get sharper", "They stay, only codes move"],
        0,
        "What a code does not say, the decoder cannot draw. It then shows the average of all "
        "images that fit, and an average is soft. The slider below shows it.",
        key="vae",
    )
    with screen(
        "One slider, six models",
        "These six models differ in $«beta»$ alone: same images, same network, same random "
        "numbers.\n\n"
        "With **beta 0** nothing holds the codes together. They spread far beyond the circles of "
        "the prior, and a random code falls into a **hole**: the decoder never learned what to "
        "draw there.\n\n"
        "Move to **beta 1**: the codes fill the circles, the holes close, and every random code "
        "becomes a digit. That is what makes a VAE **generative**.\n\n"
        "Beyond it codes say less and less, and copies become soft. On the curve you pay with one "
        "for the other: the *rate* is what codes tell, the *distortion* what copies miss.",
        key="family",
        is_wide=True,
    ):
        beta_family(
            family_members(),
            labels=test_labels(),
            class_names=family_run(1.0).short_class_names,
            originals=originals(),
            first=BETAS.index(0.0),
            key="learn-family",
        )
    open_in_lab("Open in the lab: the map of beta 1", "latent", family_run(1.0), view="map")
    open_in_lab("Open in the lab: train one with your beta", "train", view="set-up")
    sources(
        "Kingma & Welling 2014, *Auto-Encoding Variational Bayes*",
        "Higgins et al. 2017, *beta-VAE*",
        "Alemi et al. 2018, *Fixing a Broken ELBO* (rate and distortion)",
    )


@st.fragment
@explained()
def _one_image() -> None:
    """Show one image's posterior, codes sampled from it, and what they become."""
    run, plain = family_run(1.0), family_run(0.0)
    images = run.preprocess(run.fixed["images"])[:IMAGES]
    names = run.short_class_names[:IMAGES]  # the first image of each class
    chosen = st.segmented_control(
        "Test image",
        range(IMAGES),
        default=0,
        format_func=lambda index: names[index],
        required=True,
        key="learn-bells-image",
        wrap=True,
    )
    turn = int(st.session_state.get("learn-bells-turn", 0))
    left, right = wrapping_columns([1, 1.6], key="learn-bells", vertical_alignment="bottom")
    if left.button("Sample again", icon=":material/casino:", width="stretch"):
        st.session_state["learn-bells-turn"] = turn = turn + 1
    width = right.slider(
        "Make the curves wider",
        1.0,
        MAX_WIDTH,
        1.0,
        0.5,
        format="%g ×",
        key="learn-bells-width",
        help="1 is what the encoder says. Wider curves show how far the decoder understands codes.",
    )
    image = images[chosen][None]
    mean, log_var = (values[0] for values in run.encode(image))
    noise = np.random.default_rng(turn).standard_normal((SAMPLES, len(mean)))
    log_var = log_var + 2.0 * np.log(width)
    codes = (mean + np.exp(0.5 * log_var) * noise).astype(np.float32)
    posterior_bells(mean, log_var, codes, plain.encode(image)[0][0], key="learn-bells")
    show_strip(
        np.concatenate([image, to_uint8(run.decode(codes))]),
        f"A test image, {names[chosen]}, and {SAMPLES} images of codes from its posterior",
    )
    st.caption("First the test image, then what each of the sampled codes becomes.")
