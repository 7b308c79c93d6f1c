"""Published figures of MNIST, with the run's own among them: shown where both compare."""

from __future__ import annotations

from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import class_nats
from vae.evaluation.references import LITERATURE, Paper
from vae.runs.run import Run
from vae.runs.run_images import known_dataset

__all__ = ["HOW", "literature_table", "why_not_comparable"]

BINARY = ("fixed", "sampled")  # the treatments that stand beside the literature
HOW = (
    "Papers binarise MNIST, each pixel white with its grey level as the probability, and estimate "
    "the negative log-likelihood with 5,000 importance samples. The models listed have one layer "
    "of latent variables, as those here."
)


def why_not_comparable(run: Run, binarisation: str) -> str:
    """Return why figures of a run on images so treated do not compare with papers, "" if they do.

    Figures of different data are never shown side by side: this sentence stands for the table.
    """
    papers = "Published results are for binarised MNIST"
    if known_dataset(run) != "mnist":
        return f"{papers}, so there is nothing to compare this data set with."
    if run.config.conditional:
        nats = class_nats(run)
        return (
            f"{papers} and log p(x). This run gets the class, so its figures are those of "
            f"log p(x | y); the class itself would cost ln {run.classes} = {nats:.2f} nats more."
        )
    if not run.config.has("posterior"):
        return f"{papers}, as likelihoods; an autoencoder has none."
    if run.config.is_density:
        return (
            f"{papers}; this run's likelihood is a density, whose nats cannot be compared with "
            "them."
        )
    if binarisation not in BINARY:
        return f"{papers}; these figures are for other data: {binarisation_name(binarisation)}."
    return ""


def literature_table(own: Paper | None = None) -> str:
    """Return the figures as a Markdown table, the lowest first; own: the run's row."""
    papers: list[Paper] = [*LITERATURE, *([own] if own else [])]
    papers.sort(key=lambda paper: paper.nll)
    rows = []
    for paper in papers:
        cells = paper.model, f"{paper.nll:.2f}", paper.source
        rows.append(" | ".join(f"**{cell}**" if paper is own else cell for cell in cells))
    return "\n".join(
        ["| model | nats per image | source |", "|---|---:|---|"] + [f"| {row} |" for row in rows]
    )
