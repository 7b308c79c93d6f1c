"""What a run has come to, in numbers: losses, speed, and how much each dimension says."""

from __future__ import annotations

import streamlit as st

from pages._shared.plain import plain
from vae.config import Config
from vae.data.binarisation import binarisation_name
from vae.evaluation.diagnostics import USED_NATS, dimensions_in_use
from vae.figures.colors import HUES
from vae.runs.run import Run
from vae.runs.schema import LearnedRow
from vae.server.durations import time_in_words

__all__ = ["show_dimensions", "show_losses", "show_speed"]

BAR_PIXELS = 86
UNUSED = "color-mix(in srgb, currentColor 30%, transparent)"


def show_losses(run: Run) -> None:
    """Show the last epoch's means, training and validation, and the test figures at the end."""
    if not run.history:
        return
    last = run.history[-1]
    *columns, test = st.columns(4)
    titles = {"loss": "Loss", "reconstruction": "Reconstruction", "kl": "KL"}
    for column, (name, title) in zip(columns, titles.items(), strict=True):
        held_back = last.get(f"val_{name}")
        column.metric(
            f"{title} (nats per image)",
            f"{last[name]:.2f}",
            border=True,
            help=f"Training images, mean over epoch {last['epoch']}. "
            "loss = reconstruction + beta × KL.",
        )
        if held_back is not None:
            column.caption(f"validation {held_back:.2f}")
    with test:
        if "elbo" in run.metrics:
            st.metric(
                "Test ELBO (nats per image)",
                f"{run.metrics['elbo']:.2f}",
                border=True,
                help="A lower bound on the log-likelihood of test images; closer to 0 is better. "
                f"Measured after epoch {plain(str(run.metrics.get('epoch', '?')))}.",
            )
            st.caption(plain(f"{run.metrics['images']}, {run.metrics['treatment']}"))
        elif run.metrics:
            st.metric("Test loss (nats per image)", f"{run.metrics['loss']:.2f}", border=True)
            st.caption("An autoencoder has no ELBO: its codes have no density.")
        else:
            st.metric("Test ELBO (nats per image)", "…", border=True, help="Measured at the end.")
    st.caption(_what_they_count(run.config, last))


def _what_they_count(config: Config, row: LearnedRow) -> str:
    """Say what the losses of training and validation are those of."""
    words = "Bernoulli likelihood"
    if config.is_density:
        words = "continuous Bernoulli density"
        if "pixel_deviation" in row:
            words = f"Gaussian density of standard deviation {row['pixel_deviation']:.3g}"
        words += ", whose nats may be negative"
    said = f"Training and validation: {binarisation_name(config.binarisation)}; {words}."
    if config.free_bits:
        said += f" The KL is whole, also below the {config.free_bits:g} free nats a dimension."
    if "capacity" in row:
        said += f" The KL is whole; beta holds it near {row['capacity']:.3g} nats."
    if config.importance_samples > 1:
        said += f" The ELBO is shown; raised is the bound of {config.importance_samples} samples."
    return said


def show_speed(run: Run) -> None:
    """Say how fast it trains and how large its gradients are."""
    parts = []
    norms = [row["gradient_norm"] for row in run.rows[-3:] if "gradient_norm" in row]
    if norms:
        parts.append(f"gradient norm **{norms[-1]:.3g}** nats")
    if "images_per_second" in run.status:
        parts.append(f"**{run.status['images_per_second']:,}** images/s")
    if "seconds_per_epoch" in run.status:
        parts.append(f"**{run.status['seconds_per_epoch']:.1f}** s an epoch")
    if "seconds_trained" in run.status:
        parts.append(f"trained for **{time_in_words(run.status['seconds_trained'])}**")
    if parts:
        st.caption(" · ".join(parts))


def show_dimensions(run: Run) -> None:
    """Draw the KL of each latent dimension as bars, the unused ones grey."""
    learned = [row for row in run.rows if row["kind"] != "change"]
    if not learned or not run.config.is_variational:
        return
    row = learned[-1]
    nats = row["kl_per_dimension"]
    top = max(*nats, USED_NATS, 1e-9)
    st.markdown(
        f"**KL of each latent dimension** (nats) · {dimensions_in_use(row)} of {len(nats)} in use",
        help=f"Grey: under {USED_NATS} nats, so the dimension says next to nothing about an image.",
    )
    few = len(nats) <= 20  # more have no room for their number
    bars = "".join(
        f'<div title="dimension {place}: {value:.2f} nats" style="flex:1;min-width:2px;'
        f'max-width:64px;text-align:center">'
        f"{f'<small>{value:.1f}</small>' if few else ''}"
        f'<div style="height:{max(1.0, BAR_PIXELS * value / top):.1f}px;border-radius:3px 3px 0 0;'
        f'background:{HUES["kl"] if value >= USED_NATS else UNUSED}"></div>'
        f"{f'<small>{place}</small>' if few else ''}</div>"
        for place, value in enumerate(nats, start=1)
    )
    st.html(
        '<div role="img" aria-label="KL of each latent dimension: '
        f'{", ".join(f"{value:.2f}" for value in nats)} nats" style="display:flex;gap:4px;'
        f"align-items:flex-end;height:{BAR_PIXELS + 50}px;line-height:1.3;"
        f'font-variant-numeric:tabular-nums">{bars}</div>'
    )
