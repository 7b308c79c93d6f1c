"""What each step of the lecture's program makes of a real batch: shapes, values, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._shared.captioned_pictures import show_captioned
from pages._shared.pictures import show_grid
from pages._shared.wide_layout import wrapping_columns
from pages.learn.parts import formula
from vae.architecture import summarize
from vae.images import to_uint8
from vae.runs.run import Run
from vae.statistics import gaussian_kl

__all__ = [
    "show_batch",
    "show_copies",
    "show_counts",
    "show_decoder",
    "show_encoder",
    "show_generated",
    "show_loss",
    "show_pixels",
    "show_sampling",
    "show_training",
]

SHOWN = 5  # images of a table
ROW = 9  # of the pixels, through the middle of the image
COLUMNS = slice(7, 13)
KL_WEIGHT = 1e-4  # the lecture's
NOISE, CODES = "learn_program_noise", "learn_program_codes"  # seeds, in the session


def show_pixels(run: Run) -> None:
    """Show a row of pixels before and after the division, and the shapes."""
    images = _images(run)
    pixels = images[0, ROW, COLUMNS, 0]
    rows = zip(range(*COLUMNS.indices(28)), pixels, pixels / 255.0, strict=True)
    picture, table = wrapping_columns([1, 2], key="learn-program-pixels")
    with picture:
        show_captioned([(images[0], "The first test image: a 0", "a 0, of 28 × 28")], fitted=True)
    with table:
        heads = ("column", "byte", "divided by 255")
        _table(heads, [(at, int(byte), f"{x:.3f}") for at, byte, x in rows])
    flat = images.reshape(len(images), -1)
    st.markdown(
        f"Six of the pixels of row {ROW}. The batch: {_shape(images)} of {images.dtype}, as rows "
        f"{_shape(flat)}."
    )


def show_batch(run: Run) -> None:
    """Show the images that come with the run, with their labels."""
    images = _images(run)
    show_captioned(
        [
            (image, f"A test image: {label}", f"label {label}")
            for label, image in enumerate(images)  # the first of each class
        ],
        fitted=True,
    )
    st.markdown(
        f"The first test image of each digit: the batch {_shape(images)} of all steps here."
    )


def show_sampling(run: Run) -> None:
    """Show the code of an image, sampled once more at each press."""
    mean, log_var = (each[:1].astype(float) for each in run.encode(_images(run)))
    seed = st.session_state.get(NOISE, 0)
    epsilon = np.random.default_rng(seed).normal(size=mean.shape)
    z = mean + np.exp(log_var / 2) * epsilon
    formula("«z» = «mu» + «sigma» «epsilon»", key="program-sampling")
    columns = (mean, log_var, np.exp(log_var / 2), epsilon, z)
    rows = [(f"z{at + 1}", *(f"{each[0, at]:.3f}" for each in columns)) for at in range(z.shape[1])]
    _table(("", "mean μ", "log-variance", "σ", "noise ε", "code z"), rows)
    pictures = to_uint8(
        np.concatenate([_images(run)[:1] / 255.0, run.decode(np.stack([mean, z])[:, 0])])
    )
    _show_named(pictures, ("the image", "its mean, decoded", "this z, decoded"))
    st.button("New noise", on_click=_advance, args=(NOISE,), help="Samples ε anew.")


def show_encoder(run: Run) -> None:
    """Show the encoder's layers, and the codes of some images."""
    _show_layers(run, "encoder")
    mean, log_var = run.encode(_images(run))
    _show_codes(mean, log_var)
    st.markdown(
        f"Of the batch {_shape(_images(run))}: means {_shape(mean)}, as many log-variances."
    )


def show_decoder(run: Run) -> None:
    """Show the decoder's layers, and what it makes of some codes."""
    _show_layers(run, "decoder")
    mean, _ = run.encode(_images(run))
    decoded = run.decode(mean)
    names = [f"z = {_numbers(code)}" for code in mean[:SHOWN]]
    _show_named(to_uint8(decoded[:SHOWN]), names)
    st.markdown(f"Codes {_shape(mean)} become images {_shape(decoded)}.")


def show_copies(run: Run) -> None:
    """Show images above their reconstructions."""
    images = _images(run)
    copies = to_uint8(run.decode(run.encode(images)[0]))
    show_grid(np.concatenate([images, copies]), 2, len(images), "Images above, copies below")
    total = summarize(run.config, run.image_shape).total
    st.markdown(f"Above the images, below their copies. All in all **{total:,}** parameters.")


def show_loss(run: Run) -> None:
    """Show the loss of some images, in the lecture's units and in nats."""
    images = _images(run)
    mean, log_var = (each.astype(float) for each in run.encode(images))
    kl = gaussian_kl(mean, log_var)  # (N, 4)
    x = images.reshape(len(images), -1) / 255.0
    decoded = run.decode(mean).reshape(x.shape).astype(float).clip(1e-7, 1 - 1e-7)
    entropy = -(x * np.log(decoded) + (1 - x) * np.log(1 - decoded))
    recon_loss, kl_loss = entropy.mean(axis=1), KL_WEIGHT * 2 * kl.mean(axis=1)
    nats = entropy.sum(axis=1), kl.sum(axis=1)
    rows = [
        (
            f"a {at}",
            *(f"{each[at]:.4f}" for each in (recon_loss, kl_loss, recon_loss + kl_loss)),
            *(f"{each[at]:.1f}" for each in (*nats, nats[0] + run.config.beta * nats[1])),
        )
        for at in range(SHOWN)
    ]
    heads = ("image", "recon_loss", "kl_loss", "sum", "reconstruction, nats", "KL, nats", "loss")
    _table(heads, rows)
    st.markdown(
        f"The three on the right are the same in nats per image: 784 times as much, with beta "
        f"{run.config.beta:.4f}. Codes here are the means, without noise."
    )


def show_counts(run: Run) -> None:
    """Show the summary as the lecture prints it."""
    summary = summarize(run.config, run.image_shape)
    rows = [("input_layer", "(None, 784)", "0")]
    for name, shape in (("encoder", "(None, 4), (None, 4), (None, 4)"), ("decoder", "(None, 784)")):
        rows.append((f"{name}_model", shape, f"{summary.parameters[name]:,}"))
    _table(
        ("layer", "output shape", "parameters"),
        [*rows, ("**in all**", "", f"**{summary.total:,}**")],
    )
    bytes_all = 4 * summary.total
    st.markdown(f"As 32-bit numbers that is {bytes_all / 1e6:.1f} MB.")


def show_training(run: Run) -> None:
    """Show the curves of the built-in run, and how long it took."""
    learning_curves(run, small=True)
    steps = run.steps_per_epoch
    metrics, seconds = run.metrics, run.status.get("seconds_trained", 0.0)
    st.markdown(
        f"{run.config.epochs} epochs of {steps} steps are {run.config.epochs * steps:,} steps, "
        f"which took {seconds:.0f} s. On the 10,000 test images the lecture's loss is then "
        f"**{metrics.get('lecture_loss', 0.0):.4f}**: {metrics['reconstruction']:.1f} nats of "
        f"reconstruction and {metrics['kl']:.1f} of KL."
    )


def show_generated(run: Run) -> None:
    """Show a hundred images of random codes."""
    seed = st.session_state.get(CODES, 0)
    z = np.random.default_rng(seed).normal(size=(100, run.config.latent_dim))
    with st.container(key="learn-program-generated"):
        show_grid(run.decode(z), 10, 10, "A hundred generated images, in ten rows of ten")
    st.button("New codes", on_click=_advance, args=(CODES,), help="Samples a hundred other codes.")
    quality = run.quality
    st.markdown(
        f"Many are no digits: of {quality['samples']:,} such images a classifier is sure of "
        f"{quality['share_sure']:.0%}, of real ones of {quality['real_share_sure']:.0%}. The small "
        "weight of the KL leaves the codes of digits far from where random codes fall."
    )


def _images(run: Run) -> np.ndarray:
    """Return the batch: the test images that come with the run, uint8 (10, 28, 28, 1)."""
    return run.preprocess(run.fixed["images"])


def _advance(name: str) -> None:
    st.session_state[name] = st.session_state.get(name, 0) + 1


def _show_layers(run: Run, network: str) -> None:
    summary = summarize(run.config, run.image_shape)
    rows = [
        (
            layer.name,
            f"({', '.join(map(str, (None, *layer.output_shape)))})",
            f"{layer.parameters:,}",
        )
        for layer in summary.networks[network]
    ]
    total = f"**{summary.parameters[network]:,}**"
    _table(("layer", "output shape", "parameters"), [*rows, ("**in all**", "", total)])


def _show_codes(mean: np.ndarray, log_var: np.ndarray) -> None:
    rows = [(f"a {at}", _numbers(mean[at]), _numbers(log_var[at])) for at in range(SHOWN)]
    _table(("image", "mean", "log-variance"), rows)


def _show_named(images: np.ndarray, names: Sequence[str]) -> None:
    show_captioned(
        [(image, name, name) for image, name in zip(images, names, strict=True)], fitted=True
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Show a small table: Streamlit's own loads a megabyte of JavaScript."""
    lines = [heads, ("---",) + ("--:",) * (len(heads) - 1), *rows]
    st.markdown("\n".join(f"| {' | '.join(map(str, line))} |" for line in lines))


def _shape(array: np.ndarray) -> str:
    return f"`{array.shape}`"


def _numbers(values: np.ndarray) -> str:
    return f"({', '.join(f'{value:.1f}' for value in values)})".replace("-", "−")
