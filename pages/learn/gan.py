"""Chapter: a generator against a discriminator, and what a GAN has that a VAE has not."""

from __future__ import annotations

import math

import streamlit as st

from pages._components.toy_gan import toy_gan
from pages.learn.gan_comparison import gan_comparison
from pages.learn.gan_samples import gan_over_time, gan_shares
from pages.learn.parts import formula, open_in_lab, question, screen, sources
from pages.learn.shipped import shipped_run
from vae.runs.run import Run

__all__ = ["gan"]


def gan() -> None:
    """Show the chapter."""
    run = shipped_run("mnist-gan-convolutional")
    with screen(
        "Two networks, one against the other",
        "The **generator** $«G»$ is a decoder: it makes an image of a random code $«z»$. The "
        "**discriminator** $«D»$ is a classifier: it says how probable it is that an image is a "
        "real one. Each has a loss of its own, and what is good for one is bad for the other. No "
        "image is ever copied, so there is no reconstruction, and no encoder.\n\n"
        "Here an “image” is one number. Press *Train*: the generator moves to where the data are. "
        "Then move the data apart, and train on.\n\n"
        "For any generator the best discriminator is known: where data have the density $p$ and "
        "the generator has $q$, it says $p / (p + q)$. *Train D alone*, and the curve comes closer "
        "to the dashed one.",
        key="game",
    ):
        formula(r"«D»: \; -\ln «D»(«x») - \ln\big(1 - «D»(«G»(«z»))\big)", key="d-loss")
        formula(r"«G»: \; -\ln «D»(«G»(«z»))", key="g-loss")
        toy_gan(key="learn-toy-gan")
    question(
        "The generator has become perfect: its images are as the real ones, q = p. What does the "
        "best discriminator say of an image?",
        ["1: it takes all of them for real", "½: it cannot tell", "0: it finds all of them out"],
        1,
        lambda: _even(run),
        key="gan-perfect",
    )
    with screen(
        "On digits",
        "The same with 784 pixels. Play the epochs: the **same 50 codes**, decoded by the "
        "generator as it was then. Digits appear early; later epochs change what they are and how "
        "clean they look.\n\n"
        "Now look at the losses below. They neither fall nor rise for long, since the other "
        "network learns as well. A VAE's loss tells how good the model is. A GAN's tells **who is "
        "ahead**, so its images have to be judged in another way, as the next screens do.",
        key="digits",
    ):
        gan_over_time()
    question(
        "A model that never makes one of the digits has lost a part of the data. Random codes are "
        "decoded, 5,000 by each model. Whose images lack a digit altogether?",
        ["The GAN's", "The VAE's", "The autoencoder's"],
        2,
        "Nothing keeps an autoencoder's codes where random ones fall. The next screen counts.",
        key="gan-missing",
    )
    with screen(
        "What is missing?",
        "A GAN can win with a few images that are very good. Nothing in its loss asks for all "
        "kinds of digits. If it makes only some, that is called **mode collapse**.\n\n"
        "So one counts: a classifier names the digit in each of 5,000 samples. Compare the bars "
        "with those of real digits.\n\n"
        "The GANs here lack none. What helps them is a penalty on steep discriminators (R1). "
        "Choose the autoencoder to see what a missing digit looks like.",
        key="missing",
    ):
        gan_shares()
    with screen(
        "Side by side",
        "Each of the three learned the same digits.\n\n"
        "**Sharpness** says how much edges stand out. **Precision**: how many samples look real. "
        "**Recall**: how much of the real variety they cover. **Distance** is the Fréchet "
        "distance between real and sampled digits in a classifier's features: 0 is best.\n\n"
        "The GAN wins all four. But it cannot say which code belongs to an image, or how probable "
        "an image is: for that, one needs an encoder and a likelihood.",
        key="side",
    ):
        gan_comparison()
    open_in_lab("Open in the lab: the GAN's samples, measured", "evaluate", run, view="samples")
    sources(
        "Goodfellow et al. 2014, *Generative Adversarial Nets*",
        "Mescheder et al. 2018, *Which Training Methods for GANs do actually Converge?*",
        "Tolstikhin et al. 2018, *Wasserstein Auto-Encoders* (sharpness)",
        "Heusel et al. 2017 (Fréchet distance)",
        "Kynkäänniemi et al. 2019 (precision and recall)",
    )


def _even(run: Run) -> None:
    """Say what D says where it cannot tell, and what that of a trained GAN says."""
    measured = run.adversarial_metrics
    st.markdown(
        "With q = p the best discriminator is p / (p + p) = ½ everywhere. The generator's loss is "
        f"then −ln ½ = {math.log(2):.2f}, the discriminator's {2 * math.log(2):.2f}. The GAN of "
        f"the next screen comes close: on test images its D says {measured['d_real']:.3f} on "
        f"average, on its own samples {measured['d_fake']:.3f}, and the losses are "
        f"{measured['loss']:.2f} and {measured['discriminator_loss']:.2f}."
    )
