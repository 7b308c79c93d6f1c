"""Chapter: what generative modelling is, as the lecture opens: a classifier, and the way back."""

from __future__ import annotations

import streamlit as st

from pages._shared.captioned_pictures import show_captioned
from pages._shared.confidence import confidence_text
from pages.learn.parts import formula, prose, question, screen, sources
from pages.learn.shipped import shipped_run
from pages.learn.what_figures import (
    count_recognised,
    label_to_pictures,
    picture_to_label,
    there_and_back,
)
from vae.runs.run import Run

__all__ = ["what"]

CAT, DOG = "cat", "dog"
GENERATED = 100  # dogs that the classifier looks at
RANGES = ((50, "Fewer than 50"), (90, "50 to 89"), (GENERATED + 1, "90 or more"))


def what() -> None:
    """Show the chapter."""
    classifier, generator = shipped_run("animals-classifier"), shipped_run("animals-conditional")
    dog, cat = (classifier.class_names.index(name) for name in (DOG, CAT))
    with screen(
        "Dog or cat?",
        "A network gets a picture and gives its label: this is a **classifier**. It has seen "
        f"{classifier.info.get('images', 0):,} pictures of ten animals, each with its name, and "
        f"gives every name a probability. All of them together make 100 %.\n\nShow it a dog, then "
        "a cat. Then choose *Draw one*, draw an animal and fill it in. Each time you lift the pen "
        "it answers again.",
        key="classifier",
    ):
        formula(r"p(«y» \mid «x»)", key="classifier")
        picture_to_label(classifier, first=(dog, cat), key="animals")
    question(
        "You show this classifier a handwritten digit. What does it say?",
        [
            "“None of these”",
            "About 10 % for each animal",
            "The name of an animal, and mostly it is sure",
        ],
        2,
        lambda: _show_digits(classifier),
        key="what-digits",
    )
    _show_way_back(classifier, generator, dog, cat)
    digit_classifier, digits = shipped_run("mnist-classifier"), shipped_run("mnist-conditional")
    with screen(
        "The same with digits",
        "Nothing here is about animals. Trained with handwritten digits, the same two kinds of "
        "network go from digit to label and back.\n\nChoose a digit or draw one. The classifier "
        "finds its label. This one label is all that the generative model gets: it knows nothing "
        "of your drawing, and writes the digit in twelve ways of its own.\n\nWhat was lost on the "
        "way there? Everything but the label. So the way back has many right answers, and a model "
        "that generates must be able to give all of them. That is why it needs chance, and why "
        "the rest of Learn is about probability.",
        key="digits",
    ):
        there_and_back(digit_classifier, digits, key="digits")
    sources(
        "the lecture, *Generative Models – Part 1*",
        "SinaSR-6 2025, *Animal MNIST*",
        "LeCun et al. 1998, MNIST",
        "Sohn et al. 2015, the conditional VAE",
    )


def _show_way_back(classifier: Run, generator: Run, dog: int, cat: int) -> None:
    """Show the screen from a label to pictures, and ask how good they are."""
    with screen(
        "The process reversed",
        "Now the other way round: you say what you want, and get a picture. In its simplest form "
        "this is **generative modelling**.\n\n"
        "Choose *dog* and press *New pictures* a few times. Nobody drew these dogs. The model has "
        "learned what pictures of a dog have in common, and each press gives it other random "
        "numbers to fill in the rest.\n\n"
        "The lecture calls generative models *unsupervised*, and they can be: to imitate pictures "
        "takes no labels. To ask for a **dog**, it must also have been told which pictures are "
        "dogs. This one was.",
        key="generator",
    ):
        formula(r"p(«x» \mid «y»)", key="generator")
        label_to_pictures(generator, classifier, first=(dog, cat), key="animals")
    found = count_recognised(generator, classifier, dog, GENERATED)
    right = next(index for index, (limit, _) in enumerate(RANGES) if found < limit)
    question(
        f"The model draws {GENERATED} dogs, and the classifier looks at all of them. How many does "
        "it call a dog?",
        [words for _, words in RANGES],
        right,
        f"It calls **{found} of {GENERATED}** a dog. To make a picture is harder than to name one: "
        "each of its pixels can be wrong. How good pictures of a model are can be measured, and a "
        "classifier is one way to do it.",
        key="what-dogs",
    )


def _show_digits(classifier: Run) -> None:
    """Show what a classifier of animals says of the digits that another run has stored."""
    digits = shipped_run("mnist-classifier").fixed["images"]
    answers = classifier.classify(classifier.preprocess(digits))
    sure = int((answers.max(axis=1) >= 0.9).sum())
    prose(
        f"It is at least 90 % sure of **{sure} of these {len(digits)}**. It learned to tell ten "
        "animals apart, and cannot say “none of these”: its 100 % have to go somewhere."
    )
    names = classifier.short_class_names
    show_captioned(
        [
            (image, "A handwritten digit", f"{names[says]}, {confidence_text(float(answer[says]))}")
            for image, answer, says in zip(digits, answers, answers.argmax(axis=1), strict=True)
        ],
        fitted=True,
    )
    st.caption("Test images of MNIST, and what the classifier of animals says of each.")
