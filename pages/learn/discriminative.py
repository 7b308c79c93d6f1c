"""Chapter: a model of the label alone against one of pictures and labels together."""

from __future__ import annotations

from functools import partial

import numpy as np

from pages._components.two_models import two_models
from pages.learn.discriminative_figures import (
    BLACK,
    count_sure,
    foreign_pictures,
    judge_once,
    nats,
    show_accuracies,
    show_foreign,
    show_separation,
    two_answers,
)
from pages.learn.parts import formula, open_in_lab, prose, question, screen, sources
from pages.learn.shipped import shipped_run
from vae.runs.run import Run

__all__ = ["discriminative", "example_points"]

REACH = 6.0  # of the plane
SURE = 0.9  # from which probability on a model is called sure
RANGES = ((1, "None of them"), (4, "Up to 3"), (100, "4 or more"))


def discriminative() -> None:
    """Show the chapter."""
    classifier, generator = shipped_run("mnist-classifier"), shipped_run("mnist-conditional")
    _show_plane()
    with screen(
        "Pictures are points too",
        "A picture of 28 × 28 pixels is a point in 784 dimensions, and the same happens there. "
        "Here are a classifier of digits, and a generative model that knows how probable a "
        "picture is.\n\n"
        "Show them a digit. Then show them a giraffe, and noise. The classifier names a digit "
        "each time, since it must. The generative model also says whether it has seen anything "
        "like that.\n\n"
        "It turns its p(x | y) round with **Bayes' rule**: that class is likeliest in which the "
        "picture is the most probable.",
        key="pictures",
    ):
        formula(r"p(«y» \mid «x») = \frac{p(«x» \mid «y»)\, p(«y»)}{p(«x»)}", key="bayes")
        two_answers(classifier, generator, key="foreign")
    count = count_sure(classifier, generator, SURE)
    of = len(foreign_pictures(classifier.image_shape))
    question(
        f"Ten animals, noise and a rectangle: of how many of these {of} is "
        f"the classifier of digits at least {SURE:.0%} sure?",
        [words for _, words in RANGES],
        next(index for index, (limit, _) in enumerate(RANGES) if count < limit),
        partial(show_foreign, classifier, generator, SURE),
        key="discriminative-foreign",
    )
    _show_measured(generator)
    _show_catch(generator, classifier)
    sources(
        "Ng & Jordan 2002, *On Discriminative vs. Generative Classifiers*",
        "Nalisnick et al. 2019, *Do Deep Generative Models Know What They Don't Know?*",
        "Ren et al. 2019, *Likelihood Ratios for Out-of-Distribution Detection*",
        "Serrà et al. 2020, *Input Complexity and Out-of-Distribution Detection*",
    )


def _show_plane() -> None:
    points, labels = example_points()
    with screen(
        "One question, two answers",
        "Cats and dogs, by two measurements each (made up for this figure). Two models learn the "
        "same points.\n\n"
        "The **discriminative** one learns $p(«y» \\mid «x»)$: where cats end and dogs begin. It "
        "needs nothing but a boundary.\n\n"
        "The **generative** one learns $p(«x», «y»)$: where cats and dogs *are*. From this follows "
        "the boundary too, and more: it can say how likely a point is at all, and it can make new "
        "points. Press *Sample 50*.\n\n"
        "Drag the question mark, and read both answers. Then press *Far away*. Call the point a "
        "cat or a dog, and both learn anew.",
        key="plane",
    ):
        formula(r"p(«x», «y») = p(«y» \mid «x»)\, p(«x»)", key="joint")
        two_models(
            points,
            labels,
            names=("cat", "dog"),
            axes=("snout", "ears"),
            reach=REACH,
            key="learn-two-models",
        )
    question(
        "Far away from all points, on the cats' side: how sure is the discriminative model?",
        ["Not sure: it has seen nothing there", "Surer than among the cats", "50 %"],
        1,
        "The farther from the boundary, the surer, even where nothing was ever seen. Its 100 % are "
        "shared among its classes, and “neither” is none of them. The density knows better: there "
        "$p(«x»)$ is almost 0.",
        key="discriminative-far",
    )


def _show_measured(generator: Run) -> None:
    found = generator.classification
    question(
        "On ordinary digits, which of the two is right more often?",
        ["The classifier", "The generative model", "Both the same"],
        0,
        partial(show_accuracies, found),
        key="discriminative-accuracy",
    )
    with screen(
        "Which one is better?",
        "If the label is all you want, the discriminative model is better. It spends all of its "
        "network on the boundary, while the generative one has to learn every stroke.\n\nFor the "
        "question “is this a digit at all?” it is the other way round, for most pictures. The "
        "bars compare two scores on many test digits and as many foreign pictures: how sure the "
        "classifier is, and the generative model's ratio.\n\nThe lecture says that the future is "
        "generative, not discriminative. Each answers a question that the other one cannot, and a "
        "good system may well use both.",
        key="measured",
    ):
        show_separation(found, "probability", "ratio")


def _show_catch(generator: Run, classifier: Run) -> None:
    """Show that the likelihood alone can prefer simple foreign pictures."""
    black = np.zeros((1, *generator.image_shape), np.uint8)
    stored = generator.preprocess(generator.fixed["images"])
    of_black = judge_once(generator, classifier, black)[0].log_likelihood
    of_digits = max(said.log_likelihood for said in judge_once(generator, classifier, stored))
    animals = shipped_run("animals-conditional")
    with screen(
        "A catch: simple is likely",
        "Why a *ratio*, and not simply p(x)? Because p(x) alone can be fooled, in a way that "
        "surprised the field in 2019: it is often higher for foreign pictures than for the model's "
        "own, if they are **simpler**.\n\n"
        f"Choose *{BLACK}* above. Its log p(x) is {nats(of_black)} nats; the best of the ten "
        f"stored test digits has {nats(of_digits)}. Black is nearly in every digit, so it costs "
        "little.\n\n"
        "The ratio asks instead: how much better than by its brightness alone is the picture "
        "explained? The bars are of the model of animals. Below 50 %, foreign pictures are taken "
        "for animals rather than animals themselves.",
        key="catch",
    ):
        show_separation(animals.classification, "likelihood", "ratio")
        prose("Test images of animals against foreign pictures, by two scores.")
    open_in_lab("Open in the lab: the same for animals", "evaluate", animals, view="classify")


def example_points() -> tuple[np.ndarray, np.ndarray]:
    """Return the points (60, 2) that both models learn, and their labels (60,): 0 cat, 1 dog."""
    random = np.random.default_rng(3)
    cats = random.multivariate_normal((-1.3, 0.7), [[0.7, 0.25], [0.25, 0.8]], 30)
    dogs = random.multivariate_normal((1.4, -0.7), [[0.9, -0.3], [-0.3, 0.6]], 30)
    return np.concatenate([cats, dogs]), np.repeat([0, 1], 30)
