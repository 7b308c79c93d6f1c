"""The literature's figures of MNIST, with the run's own among them where they can be compared."""

from __future__ import annotations

from vae.references import LITERATURE, Paper

__all__ = ["DRAWN", "HOW", "literature_table"]

DRAWN = ("fixed", "sampled")  # the treatments that stand beside the literature
HOW = (
    "Papers measure MNIST binarised, each pixel drawn with its grey level as the probability, and "
    "give the negative log-likelihood by 5,000 importance samples. Theirs here have one stochastic "
    "layer."
)


def literature_table(own: Paper | None = None) -> str:
    """Return the figures as a Markdown table, the least first; own: the run's row."""
    papers = sorted([*LITERATURE, *([own] if own else [])], key=lambda paper: paper.nll)
    rows = []
    for paper in papers:
        cells = paper.model, f"{paper.nll:.2f}", paper.source
        rows.append(" | ".join(f"**{cell}**" if paper is own else cell for cell in cells))
    return "\n".join(
        ["| model | nats per image | source |", "|---|---:|---|"] + [f"| {row} |" for row in rows]
    )
