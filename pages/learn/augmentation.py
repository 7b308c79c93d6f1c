"""Chapter: do made images help where labels are few? The study that answers it."""

from __future__ import annotations

from pages._shared.stored_studies import studies_by_dataset
from pages.learn.augmentation_makers import two_ways
from pages.learn.augmentation_study import (
    ask_what_helps,
    honest_answer,
    read_off,
)
from pages.learn.augmentation_trial import small_study
from pages.learn.parts import open_in_lab, question, screen, sources

__all__ = ["augmentation"]


def augmentation() -> None:
    """Show the chapter."""
    with screen(
        "Few labelled pictures",
        "This is the lecture's reason for generative models: where labelled pictures are few, as "
        "in medicine, **enlarge** the data set with made ones.\n\n"
        "There are two ways. **Classical augmentation** changes real pictures a little: it shifts, "
        "turns, scales and bends them, so that the label stays true. Move the strength: at 3, is a "
        "digit still that digit?\n\n"
        "A **generative model** makes new pictures: a conditional VAE gets a random code and the "
        "label. But it must itself learn from the few pictures. It can only vary what it has "
        "understood of them.",
        key="few",
    ):
        two_ways()
    question(
        "A VAE has learned from ten sevens, none of which has a bar. It makes a thousand more. How "
        "many of them have a bar?",
        ["None, or hardly any", "About half", "As many as among all sevens that people write"],
        0,
        "A model knows what its images showed it. It can fill the space between them, not beyond.",
        key="augmentation-bar",
    )
    studies = studies_by_dataset()
    ask_what_helps(studies)
    with screen(
        "Read the study off",
        "A classifier learns from a few labelled images of each class, and from what was made of "
        "them. Then it is measured on all test images. All is repeated with other images: the "
        "intervals say how much that changes.\n\n"
        "Choose a data set and a number of images a class. The first line is what the few images "
        "reach alone. Each other line says what a method adds, in percentage points. An interval "
        "that holds 0 shows no difference.",
        key="study",
    ):
        read_off(studies)
    with screen(
        "The honest answer",
        "A generative model adds no information: all that it knows comes from the same few "
        "images. What it can do is to spread them out. Classical augmentation has knowledge that "
        "the images do not hold: that a shifted 7 is still a 7.\n\n"
        "So synthetic images are worth a try where nobody knows such changes, and they must be "
        "measured on real test images, never assumed. The lecture's sentence becomes a question: "
        "**do** they help? Here is what was measured.",
        key="answer",
    ):
        honest_answer(studies)
    with screen(
        "A small one, live",
        "The same question on the Digits data set, whose images are 8 × 8 pixels. It trains "
        "several classifiers and VAEs in the background, three times with other images. A small "
        "study has wide intervals, so do not be surprised if it shows no difference.\n\n"
        "When it has ended, the enlarged data set can be taken away: real and made images with "
        "their labels, as one file.",
        key="trial",
    ):
        small_study()
    open_in_lab("Open in the lab: the study, and the enlarged set", "generate", view="augment")
    sources(
        "the lecture, *Generative Models – Part 1*",
        "Shorten & Khoshgoftaar 2019, *A survey on Image Data Augmentation for Deep Learning*",
        "Simard et al. 2003 (bending)",
        "Sohn et al. 2015 (conditional VAE)",
    )
