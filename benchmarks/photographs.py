"""Digits on photographed paper, read by the shipped classifier: python -m benchmarks.photographs

The digits are MNIST's test images, drawn large on paper made here, dark on light and light on dark.
Prints a table: how many are read right, and the correlation with the image itself, with the
ground estimated from the border alone and locally.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from vae.data import user_images
from vae.data.datasets import load_dataset
from vae.data.user_images import FRAMES, framed, ink_of
from vae.evaluation.digit_classifier import classify

SIDE = 320  # pixels of a photograph
DIGIT = 200  # pixels of a digit's 28
PAPER, PEN, RULE = 0.85, 0.15, 0.55  # what each reflects
PAPERS = ("plain", "gradient", "shadow", "ruled", "squared", "all")


def photograph(
    image: np.ndarray, paper: str, rng: np.random.Generator, *, chalk: bool = False
) -> Image.Image:
    """Return a digit (28, 28) as a photograph of one of PAPERS, or of a board like it."""
    scaled = Image.fromarray(image).resize((DIGIT, DIGIT), Image.Resampling.BICUBIC)
    ink = np.zeros((SIDE, SIDE))
    top, left = rng.integers(20, SIDE - DIGIT - 20, 2)
    ink[top : top + DIGIT, left : left + DIGIT] = np.asarray(scaled, float) / 255.0
    y, x = np.indices(ink.shape) / SIDE
    light = np.ones(ink.shape)
    if paper in ("gradient", "all"):
        angle = rng.uniform(0, 2 * np.pi)
        light *= 0.75 + 0.5 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5))
    if paper in ("shadow", "all"):
        edge = x + rng.uniform(-0.5, 0.5) * y - rng.uniform(0.3, 0.7)
        light *= 1 - 0.45 / (1 + np.exp(-edge / rng.uniform(0.003, 0.03)))
    ground = np.full(ink.shape, PAPER)
    if paper in ("ruled", "squared", "all"):
        tilt = np.tan(np.radians(rng.uniform(-3, 3)))
        down, across = SIDE * (y + tilt * (x - 0.5)), SIDE * (x - tilt * (y - 0.5))
        step = rng.uniform(24, 40)
        is_line = (down + rng.uniform(0, step)) % step < 2
        if paper == "squared":
            is_line |= (across + rng.uniform(0, step)) % step < 2
        ground[is_line] = RULE
    surface = ground + ink * (PEN - ground)
    if chalk:
        surface = 1 - surface
    seen = surface * light + rng.normal(0, 0.02, ink.shape)
    return Image.fromarray(np.rint(255 * np.clip(seen, 0, 1)).astype(np.uint8)).convert("RGBA")


def read_back(images: np.ndarray, paper: str, chalk: bool) -> np.ndarray:
    """Photograph images (N, 28, 28, 1) and read them as the Draw view does: the same shape."""
    rng = np.random.default_rng(0)
    pictures = [photograph(image[:, :, 0], paper, rng, chalk=chalk) for image in images]
    return np.stack([framed(ink_of(p), images.shape[1:], FRAMES["mnist"]) for p in pictures])


def scores(found: np.ndarray, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the classifier's accuracy on images read back, and the mean correlation with them."""
    right = classify(found)[1].argmax(axis=1) == labels
    pairs = zip(found, images, strict=True)
    correlations = [np.corrcoef(a.flat, b.flat)[0, 1] for a, b in pairs]
    return float(right.mean()), float(np.mean(correlations))


def photographs(count: int = 200) -> None:
    """Print the table."""
    data = load_dataset("mnist")
    images, labels = data.x_test[:count], data.y_test[:count]
    print(f"{count} of MNIST's test images. Ground from the border / local.\n")
    print("| paper | read right | correlation |\n|---|---|---|")
    for chalk, pen in ((False, "dark on light"), (True, "light on dark")):
        for paper in PAPERS:

            def read(paper: str = paper, chalk: bool = chalk) -> np.ndarray:
                return read_back(images, paper, chalk)

            right, likeness = scores(read(), images, labels)
            border_right, border_likeness = scores(_by_border(read), images, labels)
            print(
                f"| {paper}, {pen} | {border_right:.1%} / {right:.1%} "
                f"| {border_likeness:.2f} / {likeness:.2f} |",
                flush=True,
            )


def _by_border(read: Callable[[], np.ndarray]) -> np.ndarray:
    local, user_images.ink_on_paper = user_images.ink_on_paper, lambda _grey: None
    try:
        return read()
    finally:
        user_images.ink_on_paper = local


if __name__ == "__main__":
    photographs()
