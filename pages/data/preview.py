"""What a visitor's pictures become, before they are stored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from pages._shared.bars import show_bars
from pages._shared.pictures import show_png
from pages._shared.plain import plain
from vae.data.datasets import Dataset
from vae.data.importing.contents import Imported, Refusal
from vae.figures.classes import split_counts
from vae.images import tile, to_png

__all__ = ["show_counts", "show_findings", "show_pairs", "show_refused"]

PAIRS = 8
SIDE, GAP = 96, 6  # pixels of a picture as it came, and between two
MAX_NAMED = 50  # files that were left out


def show_pairs(sample: Imported) -> None:
    """Show the first pictures as they came, and below each what the network gets."""
    count = min(PAIRS, len(sample.originals))
    chosen = np.linspace(0, len(sample.originals) - 1, count).astype(int)
    before = [_square(Image.fromarray(sample.originals[at])) for at in chosen]
    after = [Image.fromarray(_rgb(sample.images[at])).resize((SIDE, SIDE), 0) for at in chosen]
    rows = tile(np.stack([_with_gap(each) for each in (*before, *after)]), 2, count)
    what = ", inverted" if sample.inverted else ""
    show_png(
        to_png(rows),
        f"{count} pictures, and below each the image that the network gets{what}",
        f"Above as they came, below as the network gets them{what}",
    )


def show_counts(dataset: Dataset, whole: Imported) -> None:
    """Show how many images there are, of which sizes they were, and those of each class."""
    smallest, middle, largest = whole.sizes
    came = (
        f"all **{_size(largest)}** pixels"
        if smallest == largest
        else f"**{_size(smallest)}** to **{_size(largest)}** pixels, in the middle "
        f"**{_size(middle)}**"
    )
    kinds = {(1,): "grey", (3,): "in colour", (1, 3): "grey and in colour"}[whole.channels]
    st.markdown(
        f"**{len(dataset.x_train):,}** training and **{len(dataset.x_test):,}** test images. "
        f"They came {kinds}, {came}, {_shape_words(whole.aspects)}."
    )
    show_bars(
        split_counts(dataset.y_train, dataset.y_test, dataset.class_names),
        name="Images in each class",
    )


def show_findings(findings: Sequence[str]) -> None:
    """Show what will hurt, or that nothing was found."""
    if findings:
        st.warning("\n".join(f"- {plain(each)}" for each in findings), icon=":material/warning:")
    else:
        st.caption(
            ":material/check: Checked: enough images, even classes, no copies, no blanks, no test "
            "image that is nearly a training image."
        )


def show_refused(refused: Sequence[Refusal]) -> None:
    """Name the files that were left out, and why."""
    if not refused:
        return
    with st.expander(f"{len(refused):,} file{'s' * (len(refused) > 1)} left out"):
        lines = [f"- **{plain(each.name)}**: {plain(each.reason)}" for each in refused[:MAX_NAMED]]
        more = len(refused) - MAX_NAMED
        st.markdown("\n".join([*lines, *([f"- and {more:,} more"] if more > 0 else [])]))


def _shape_words(aspects: tuple[float, float, float]) -> str:
    """Say how far from square pictures are. aspects: width by height."""
    narrowest, middle, widest = (f"{each:.2g}" for each in aspects)
    if narrowest == widest:
        return "all square" if widest == "1" else f"all **{widest}** times as wide as high"
    return (
        f"**{narrowest}** to **{widest}** times as wide as high, in the middle **{middle}** times"
    )


def _square(picture: Image.Image) -> Image.Image:
    """Return an RGB picture of any shape within a transparent square."""
    picture.thumbnail((SIDE, SIDE))
    if max(picture.size) < SIDE:
        scale = SIDE / max(picture.size)
        picture = picture.resize((int(picture.width * scale), int(picture.height * scale)), 0)
    square = Image.new("RGBA", (SIDE, SIDE))
    square.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    return square


def _with_gap(picture: Image.Image) -> np.ndarray:
    """Return a picture as RGBA with a transparent gap, so that neighbours can be told apart."""
    pixels = np.asarray(picture.convert("RGBA"))
    return np.pad(pixels, ((0, GAP), (0, GAP), (0, 0)))


def _rgb(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3)))


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]:,}\u00a0×\u00a0{size[1]:,}"
