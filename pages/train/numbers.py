"""What a run has come to, in numbers: losses, speed, and how much each dimension says."""

from __future__ import annotations

import streamlit as st

from pages._shared.glossary import help_of
from pages._shared.plain import plain
from vae.config import Config
from vae.data.binarisation import binarisation_name
from vae.data.moves import moves_in_words
from vae.evaluation.diagnostics import USED_NATS, dimensions_in_use
from vae.figures.colors import HUES
from vae.runs.run import Run
from vae.runs.schema import LearnedRow, elbo_rows
from vae.server.durations import time_in_words

__all__ = [
    "latest_row",
    "numbers_in_a_line",
    "show_dimensions",
    "show_speed",
    "show_what_is_counted",
]

BAR_PIXELS = 86
UNUSED = "color-mix(in srgb, currentColor 30%, transparent)"


def latest_row(run: Run, *, live: bool) -> LearnedRow | None:
    """Return the row that the numbers are of, None before the first.

    live: of the last few steps, rather than of the epoch where one has just ended.
    """
    learned = [row for row in run.rows if row["kind"] != "change"]
    steps = [row for row in learned if row["kind"] == "step"] if live else []
    return next(iter([*steps[-1:], *learned[-1:]]), None)


def numbers_in_a_line(run: Run, *, live: bool) -> list[dict[str, str]]:
    """Return name, value and note of each number; those that are not known yet are "…".

    They are always the same ones, so that none moves another one. live: see `latest_row`.
    """
    if run.config.has("classifier"):
        return _accuracies(run, live=live)
    if run.config.has("discriminator"):
        return _scores(run, live=live)
    row = next(iter(elbo_rows(filter(None, [latest_row(run, live=live)]))), None)
    of = "" if row is None else f"Training images, epoch {row['epoch']}. "
    values = {"Loss": row and row["loss"]}
    note = f"{of}The loss is the reconstruction."
    if run.config.has("posterior"):
        values |= {"Reconstruction": row and row["reconstruction"], "KL": row and row["kl"]}
        note = f"{of}loss = reconstruction + beta × KL."
    unit = {"name": "Nats per image:", "value": "", "note": "The unit of the losses."}
    found = [unit, *(_number(name, value, note) for name, value in values.items())]
    if run.config.validation_split:
        note = "The loss of images held back from training, after the last epoch."
        loss = run.history[-1].get("val_loss") if run.history else None
        found.append(_number("Validation", loss, note))
    found.append(_test_number(run))
    if run.config.has("posterior"):
        used = "…" if row is None else f"{dimensions_in_use(row)} of {run.config.latent_dim}"
        note = f"Latent dimensions with a KL of at least {USED_NATS} nats."
        found.append({"name": "Dimensions in use", "value": used, "note": note})
    return found


def _accuracies(run: Run, *, live: bool) -> list[dict[str, str]]:
    """Return the same of a classifier."""
    row = latest_row(run, live=live)
    of = "" if row is None else f"Training images, epoch {row['epoch']}. "
    epoch = run.history[-1] if run.history else None
    fractions = {
        "Accuracy": (row and row.get("accuracy"), f"{of}The fraction that is recognised."),
        "Validation accuracy": (
            epoch and epoch.get("val_accuracy"),
            "Of images held back from training, after the last epoch.",
        ),
        "Test accuracy": (
            run.classifier_metrics.get("accuracy"),
            "Of images that it was not trained on. Measured at the end.",
        ),
    }
    if not run.config.validation_split:
        del fractions["Validation accuracy"]
    # A good one costs a thousandth of a nat.
    loss = _number("Loss", row and row["loss"], f"{of}Cross-entropy, in nats per image.", digits=4)
    return [
        loss,
        *(
            {"name": name, "value": "…" if fraction is None else f"{fraction:.2%}", "note": note}
            for name, (fraction, note) in fractions.items()
        ),
    ]


def _scores(run: Run, *, live: bool) -> list[dict[str, str]]:
    """Return the same of a GAN: both losses, and what D makes of real images and of samples."""
    row = latest_row(run, live=live)
    of = "" if row is None else f"Epoch {row['epoch']}. "
    generator = f"{of}−log D(G(z)). Where D cannot tell samples from real images it is 0.69."
    discriminator = f"{of}−log D(x) − log(1 − D(G(z))). Where D cannot tell them apart it is 1.39."
    return [
        _number("D(real)", row and row.get("d_real"), f"{of}How real it finds real images."),
        _number("D(fake)", row and row.get("d_fake"), f"{of}How real it finds samples."),
        {"name": "Nats per image:", "value": "", "note": "The unit of the losses."},
        _number("Generator", row and row["loss"], generator),
        _number("Discriminator", row and row.get("discriminator_loss"), discriminator),
    ]


def _number(name: str, value: float | None, note: str, digits: int = 2) -> dict[str, str]:
    return {"name": name, "value": "…" if value is None else f"{value:.{digits}f}", "note": note}


def _test_number(run: Run) -> dict[str, str]:
    if not run.config.has("posterior"):
        note = "An autoencoder has no ELBO, since its codes have no probability."
        return _number("Test loss", run.metrics.get("loss"), note)
    note = (
        "A lower bound on the log-likelihood of test images; closer to 0 is better. Measured at "
        "the end."
    )
    return _number("Test ELBO", run.metrics.get("elbo"), note)


def show_what_is_counted(run: Run) -> None:
    """Say which images, in which treatment, the numbers are of."""
    if not run.history:
        return
    sentences = _what_they_count(run.config, run.history[-1])
    if run.config.moves_images:
        sentences += (
            f" Images that train are {moves_in_words(run.config)}; those of validation and tests "
            "stay as they are."
        )
    if "images" in run.metrics and "treatment" in run.metrics:
        images, treatment = run.metrics["images"], run.metrics["treatment"]
        sentences += f" Test: {plain(f'{images}, {treatment}')}."
    if run.config.has("likelihood") and not run.config.has("posterior"):
        sentences += " An autoencoder has no ELBO, since its codes have no probability."
    st.markdown(sentences)


def _what_they_count(config: Config, row: LearnedRow) -> str:
    """Say what the losses of training and validation are those of."""
    if config.has("discriminator"):
        return f"Real images: {binarisation_name(config.binarisation)}."
    if not config.has("likelihood"):
        return f"Training and validation: {binarisation_name(config.binarisation)}."
    words = "Bernoulli likelihood"
    if config.is_density:
        words = "continuous Bernoulli density"
        if "pixel_deviation" in row:
            words = f"Gaussian density of standard deviation {row['pixel_deviation']:.3g}"
        words += ", whose nats may be negative"
    sentences = f"Training and validation: {binarisation_name(config.binarisation)}; {words}."
    if config.free_bits:
        sentences += f" The KL includes the {config.free_bits:g} free nats of each dimension."
    if "capacity" in row:
        sentences += f" Training holds the KL near {row['capacity']:.3g} nats."
    if config.importance_samples > 1:
        sentences += (
            f" Shown is the ELBO; training raises the bound of {config.importance_samples} samples."
        )
    return sentences


def show_speed(run: Run) -> None:
    """Say how fast it trains and how large its gradients are."""
    names = {"gradient_norm": "gradient norm"}
    if run.config.has("discriminator"):
        names = {
            "gradient_norm": "gradient norm of the generator",
            "discriminator_gradient_norm": "of the discriminator",
        }
    parts = [
        f"{words} **{norms[-1]:.3g}** nats"
        for name, words in names.items()
        if (norms := [row[name] for row in run.rows[-3:] if name in row])
    ]
    if "images_per_second" in run.status:
        parts.append(f"**{run.status['images_per_second']:,}** images/s")
    if "seconds_per_epoch" in run.status:
        parts.append(f"**{run.status['seconds_per_epoch']:.1f}** s an epoch")
    if "seconds_trained" in run.status:
        parts.append(f"trained for **{time_in_words(run.status['seconds_trained'])}**")
    if parts:
        line = " · ".join(parts)
        st.markdown(line[0].upper() + line[1:])


def show_dimensions(run: Run) -> None:
    """Show the KL of each latent dimension as bars, the unused ones grey."""
    learned = elbo_rows(run.rows)
    if not learned or not run.config.has("posterior"):
        return
    row = learned[-1]
    nats = row["kl_per_dimension"]
    top = max(*nats, USED_NATS, 1e-9)
    st.markdown(
        f"**KL of each latent dimension** (nats) · {dimensions_in_use(row)} of {len(nats)} in use",
        help=f"{help_of('dimension in use')} They are grey here.",
    )
    few = len(nats) <= 20  # more have no room for their number
    bars = "".join(
        f'<div title="dimension {dimension}: {value:.2f} nats" style="flex:1;min-width:2px;'
        f'max-width:64px;text-align:center">'
        f"{f'<small>{value:.1f}</small>' if few else ''}"
        f'<div style="height:{max(1.0, BAR_PIXELS * value / top):.1f}px;border-radius:3px 3px 0 0;'
        "forced-color-adjust:none;"
        f'background:{HUES["kl"] if value >= USED_NATS else UNUSED}"></div>'
        f"{f'<small>{dimension}</small>' if few else ''}</div>"
        for dimension, value in enumerate(nats, start=1)
    )
    st.html(
        '<div role="img" aria-label="KL of each latent dimension: '
        f'{", ".join(f"{value:.2f}" for value in nats)} nats" style="display:flex;gap:4px;'
        f"align-items:flex-end;height:{BAR_PIXELS + 50}px;line-height:1.3;"
        f'font-variant-numeric:tabular-nums">{bars}</div>'
    )
