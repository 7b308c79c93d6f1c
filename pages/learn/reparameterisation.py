"""Chapter: how a gradient flows through a random draw."""

from __future__ import annotations

from pages._components.gradient_estimates import gradient_estimates
from pages._components.sampling_step import sampling_step
from pages.learn.parts import formula, open_in_lab, question, screen, sources
from pages.learn.shipped import shipped_run

__all__ = ["reparameterisation"]


def reparameterisation() -> None:
    """Show the chapter."""
    with screen(
        "A random number, taken out",
        "A VAE does not pass a code on, it samples one: $«z»$ comes from a bell curve with the "
        "mean $«mu»$ and the standard deviation $«sigma»$ that the encoder gives.\n\nTraining "
        "needs to know how the loss would change if $«mu»$ were a little larger. But who can say "
        "how a random number would change?\n\nThe way out: sample the noise $«epsilon»$ "
        "elsewhere, from a bell curve that never changes, and **compute** $«z»$ from it. For this "
        "noise, $«z»$ moves exactly as $«mu»$ does.\n\nMove the three sliders and watch the line "
        "between the curves. Then switch to the other way to make $«z»$, and see where the "
        "gradient stops.",
        key="noise",
    ):
        formula(
            r"«z» = «mu» + «sigma»\,«epsilon», \quad «sigma» = \exp(\tfrac12 «log_var»)", key="z"
        )
        sampling_step(key="learn-sampling")
    question(
        "The noise ε stays the same, and μ grows by 0.1. What does z do?",
        ["It grows by 0.1", "It grows by 0.1 times σ", "Nobody can say, z is random"],
        0,
        "In $«z» = «mu» + «sigma»\\,«epsilon»$ the mean is simply added. All that is random is in "
        "$«epsilon»$, and that one did not change.",
        key="reparameterisation",
    )
    with screen(
        "Why not otherwise?",
        "There is a second way, which asks for no formula of $«z»$: the **score function**. It "
        "follows how the *probability* of a code changes with $«mu»$, and weighs it with the "
        "loss.\n\nBoth are right on average. But an estimate from a few codes is off by chance, "
        "and the two differ in how far.\n\nHere both estimate the same gradient from the same "
        "random codes, right now, in your browser. The table compares their variances with those "
        "that a formula gives.\n\nMake $«sigma»$ small, as a trained encoder does: the pathwise "
        "estimates draw together, the others fly apart. This is why VAEs can learn from **one** "
        "random code an image.",
        key="variance",
    ):
        formula(
            r"\frac{\partial}{\partial «mu»}\,\mathbb{E}\big[(«z» - 1)^2\big] = 2\,(«mu» - 1)",
            key="gradient",
        )
        gradient_estimates(key="learn-gradients")
    run = shipped_run("mnist-2d")
    if run is not None:
        open_in_lab("Open in the lab: one training step, taken apart", "train", run, view="watch")
    sources(
        "Kingma & Welling 2014, *Auto-Encoding Variational Bayes*, section 2.4",
        "Williams 1992, the score-function estimator (REINFORCE)",
        "Mohamed et al. 2020, *Monte Carlo Gradient Estimation in Machine Learning*",
    )
