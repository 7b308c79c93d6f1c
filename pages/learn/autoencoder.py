"""Chapter: the autoencoder, its code by hand, and why its random codes are no digits."""

from __future__ import annotations

from pages.learn.autoencoder_figures import (
    POINTS,
    code_by_hand,
    codes_on_a_plane,
    random_codes,
    unsure_fraction,
)
from pages.learn.parts import formula, open_in_lab, question, screen, sources
from pages.learn.shipped import shipped_run

__all__ = ["autoencoder"]


def autoencoder() -> None:
    """Show the chapter."""
    run = shipped_run("mnist-autoencoder")
    height, width, channels = run.image_shape
    dims, pixels = run.config.latent_dim, height * width * channels
    with screen(
        "A picture as a few numbers",
        f"An autoencoder is two networks with a narrow place between them. The **encoder** turns "
        f"the {pixels} pixels of a picture $«x»$ into a code $«h»$ of only {dims} numbers. The "
        "**decoder** makes a picture $«x'»$ out of them.\n\n"
        "Both learn one thing: $«x'»$ should be like $«x»$. No labels, nobody says what the "
        "numbers mean. To get much through the narrow place, the code must hold what matters.\n\n"
        "Choose a digit, then drag the numbers of its code. Watch the cost of the copy: can you "
        "find a better code than the encoder did?",
        key="code",
    ):
        formula(r"«h» = \text{encoder}(«x»), \quad «x'» = \text{decoder}(«h»)", key="autoencoder")
        code_by_hand(run, key="code")
    question(
        f"Of {pixels} pixels only {dims} numbers are left. What does the copy lose first?",
        [
            "Which digit it is",
            "What is special about this one: a curl, a gap, a thin line",
            "Its left half",
        ],
        1,
        "The code keeps what makes most pixels right: which digit, how slanted, how wide. A curl "
        "costs few pixels, so it is left out, and the copy is softer than the picture.",
        key="autoencoder-loss",
    )
    with screen(
        "The latent space",
        f"Each code is a point in a space, the **latent space**. Here are the codes of {POINTS:,} "
        f"test images. Though the autoencoder never saw a label, the same digits gather in "
        f"clusters: they look alike, so their codes must be alike.\n\nDrag the ring: the picture "
        "is what the decoder makes of this code. On a cluster it is one of its digits. Cross from "
        "one cluster to the next, and see what is in between.\n\nThe lecture says: take a latent "
        "vector, and generate an image. That is true of a vector **in a cluster**. But how would "
        "you find one, without a picture to encode?",
        key="space",
    ):
        codes_on_a_plane(run, key="learn-codes")
    share = unsure_fraction(run, "prior")
    question(
        "You decode random codes from N(0, 1), as the lecture's program does, and a classifier "
        "reads them. Of how many is it unsure?",
        ["Hardly any", "About one in six", "About every second one"],
        0 if share < 0.08 else 1 if share < 0.3 else 2,
        f"Of **{share:.0%}**. Nothing in the autoencoder's loss asks that codes are where random "
        "numbers are, or that the space between them means anything.",
        key="autoencoder-random",
    )
    counts = run.quality["class_counts"]
    rare = [name for name, count in zip(run.class_names, counts, strict=True) if count < 50]
    with screen(
        "A random code",
        "Press *New random codes*. Some are digits, many are between two of them, some are "
        "nothing.\n\n"
        f"Of {run.quality['samples']:,} such codes from N(0, 1) a classifier called "
        f"{max(counts):,} a **{run.class_names[counts.index(max(counts))]}**, and fewer than 50 "
        f"each a {', '.join(rare)}. Their clusters are simply elsewhere. Random codes from the "
        "whole range of the codes hit more clusters, and still what lies between.\n\n"
        "So an autoencoder compresses well, and does not generate: it says nothing about **where** "
        "to take a code from. The next chapter puts that right. It is all that makes a VAE of an "
        "autoencoder.",
        key="random",
    ):
        random_codes(run, key="random")
    open_in_lab("Open in the lab: the whole map of this autoencoder", "latent", run, view="map")
    sources(
        "Hinton & Salakhutdinov 2006, *Reducing the Dimensionality of Data with Neural Networks*",
        "Ghosh et al. 2020, *From Variational to Deterministic Autoencoders*",
        "the lecture, *Generative Models – Part 2*",
    )
