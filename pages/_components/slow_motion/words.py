"""What slow motion says: a sentence and a line of numbers for each part of the step.

Texts carry their colors: `z[z₁ = 0.3]` is "z₁ = 0.3" in the hue of z.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = [
    "captions",
    "change",
    "costs",
    "details",
    "is_autoencoder",
    "norm_text",
    "short_text",
    "spread",
    "text",
]

DIVERGED = "No finite number any more: this training has diverged."


def captions(step: Mapping[str, Any], i: int) -> list[str]:
    """Return one sentence for each part, on image i."""
    height, width, channels = step["images"].shape[1:]
    pixels = f"{height * width:,} {'color ' if channels == 3 else ''}pixels"
    batch, d = int(step["batch_size"]), step["z"].shape[1]
    hidden, hidden_2 = (f"{step[name].shape[1]:,}" for name in ("encoder", "decoder"))
    label = " and the label" if _is_conditional(step) else ""
    image = f"one of the {batch:,} images" if batch > 1 else "the only image"
    dimensions, numbers, code = (
        (f"each of {d} dimensions", f"{d} numbers that stand", f"the {d} numbers of z[z]")
        if d > 1
        else ("its only dimension", "one number that stands", "the one number of z[z]")
    )
    reconstruction, kl, _, loss = (values[i] for values in costs(step))
    first = f"The reconstruction[reconstruction] costs {text(reconstruction, 1)} nats"
    if is_autoencoder(step):
        cloud = f"It gives one point: a mean[mean] for {dimensions}, and no spread around it."
        epsilon = "An autoencoder has no epsilon[epsilon]: nothing is random."
        losses = f"{first}, and that is all: an autoencoder has no kl[KL]."
    else:
        cloud = (
            "It gives not one point but a Gaussian: a mean[mean] and a log_var[log-variance] "
            f"for {dimensions}."
        )
        epsilon = "A random epsilon[epsilon] picks one point of this Gaussian."
        beta = float(step["beta"])
        counted = "" if beta == 1.0 else f", counted {beta:.3g} times"
        losses = f"{first} and the kl[KL] {text(kl, 1)}{counted}: a loss[loss of {text(loss, 1)}]."
    before, after = change(step)
    verb = "falls" if step["loss_after"] < step["loss_before"] else "rises"
    moves = f"stays at {after}" if before == after else f"{verb} from {before} to {after}"
    sentences = {
        "image": f"Here is {image} of this batch.",
        "encoder": f"The encoder turns {pixels}{label} into {hidden} numbers.",
        "cloud": cloud,
        "epsilon": epsilon,
        "z": f"That point is z[z], the code: {numbers} for the whole image.",
        "decoder": f"The decoder turns {code}{label} into {hidden_2}.",
        "reconstruction": f"From those it makes {pixels}: the reconstruction[reconstruction].",
        "losses": losses,
        "gradient": "One step against the gradient[gradient], and the loss[loss] of this very "
        f"batch {moves} nats.",
    }
    found = {
        "encoder": [step["encoder"][i]],
        "cloud": [step["mean"][i], [] if is_autoencoder(step) else step["log_var"][i]],
        "z": [step["z"][i]],
        "decoder": [step["decoder"][i]],
        "losses": [[loss]],
        "gradient": [[step["loss_before"], step["loss_after"]]],
    }
    for name, values in found.items():
        if not np.isfinite(np.concatenate(values)).all():
            sentences[name] = DIVERGED
    return list(sentences.values())


def details(step: Mapping[str, Any], i: int) -> list[str]:
    """Return a formula or a few numbers for each part, on image i and its first dimension."""
    height, width, channels = step["images"].shape[1:]
    values = height * width * channels
    hidden, hidden_2 = step["encoder"].shape[1], step["decoder"].shape[1]
    d, label = step["z"].shape[1], " + label" if _is_conditional(step) else ""
    first = "₁" if d > 1 else ""
    mean, z = text(step["mean"][i, 0]), text(step["z"][i, 0])
    reconstruction, kl, _, loss = (text(values[i]) for values in costs(step))
    if is_autoencoder(step):
        cloud = f"mean[mean{first} = {mean}]"
        epsilon = "z[z] = mean[mean], at every step"
        code = f"z[z] = mean[mean]:  z[z{first}] = mean[{mean}]"
        losses = f"loss[loss] = reconstruction[reconstruction] = loss[{loss} nats]"
    else:
        log_var, epsilon_text = text(step["log_var"][i, 0]), text(step["epsilon"][i, 0])
        deviation = text(spread(step)[i, 0])
        noise = float(step["noise"])
        times = "" if noise == 1.0 else f"{noise:.3g} · "
        cloud = (
            f"mean[mean{first} = {mean}],  log_var[log_var{first} = {log_var}],  "
            f"standard deviation exp(log_var[log_var{first}] / 2) = log_var[{deviation}]"
        )
        epsilon = (
            f"epsilon[epsilon{first} = {epsilon_text}], sampled from N(0, 1), anew at every step"
        )
        factor = f"({epsilon_text})" if epsilon_text.startswith("−") else epsilon_text
        code = (
            f"z[z] = mean[mean] + exp(log_var[log_var] / 2) · {times}epsilon[epsilon]:  "
            f"z[z{first}] = mean[{mean}] + log_var[{deviation}] · {times}epsilon[{factor}] = z[{z}]"
        )
        losses = (
            "loss[loss] = reconstruction[reconstruction] + beta × kl[KL] = reconstruction"
            f"[{reconstruction}] + {float(step['beta']):.3g} × kl[{kl}] = loss[{loss} nats]"
        )
    norm, update = (
        norm_text(float(np.linalg.norm(np.asarray(step[name], float))))
        for name in ("gradient_norms", "update_norms")
    )
    channels_text = " × 3 colors" if channels == 3 else ""
    return [
        f"{height} × {width}{channels_text} = {values:,} numbers between 0 and 1",
        f"{values:,}{label} → {hidden:,}: the values of its last hidden layer",
        cloud,
        epsilon,
        code,
        f"{d:,}{label} → {hidden_2:,}: the values of its last hidden layer",
        f"{hidden_2:,} → {values:,} numbers between 0 and 1",
        losses,
        f"gradient[norm of the gradient {norm}] · learning rate {float(step['learning_rate']):.3g}"
        f" · all weights together move by {update}",
    ]


def is_autoencoder(step: Mapping[str, Any]) -> bool:
    """Whether there is neither log-variance nor epsilon nor KL."""
    return str(step["kind"]) == "autoencoder"


def _is_conditional(step: Mapping[str, Any]) -> bool:
    """Whether encoder and decoder get the class of the image."""
    return str(step["kind"]) == "conditional"


def costs(step: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return reconstruction, KL, beta × KL and loss of each image: (n,) nats."""
    reconstruction = np.asarray(step["reconstruction_nats"], float)
    kl = np.zeros_like(reconstruction)
    if not is_autoencoder(step):
        kl = np.asarray(step["kl"], float).sum(axis=1)
    weighted = float(step["beta"]) * kl
    return reconstruction, kl, weighted, reconstruction + weighted


def spread(step: Mapping[str, Any]) -> np.ndarray:
    """Return the standard deviations (n, d)."""
    with np.errstate(over="ignore"):
        return np.exp(np.asarray(step["log_var"], float) / 2)


def change(step: Mapping[str, Any]) -> tuple[str, str]:
    """Return the batch's loss before and after, with the digits that it takes to see a change."""
    before, after = float(step["loss_before"]), float(step["loss_after"])
    digits = next((n for n in (2, 3) if text(before, n) != text(after, n)), 4)
    return text(before, digits), text(after, digits)


def text(value: float, digits: int = 2) -> str:
    """Write a number for people."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1e6:
        return _tidy(f"{value:.1e}")
    return _tidy(f"{round(float(value), digits) + 0.0:,.{digits}f}")  # 0.0: no minus before zero


def short_text(value: float) -> str:
    """Write a number in at most six characters."""
    size = abs(value)
    if 1e4 <= size < math.inf:
        return _tidy(f"{value:.0e}")
    return text(value, 2 if size < 10 else 1 if size < 100 else 0).replace(",", "")


def norm_text(value: float) -> str:
    """Write a size that may be tiny without being nothing."""
    return _tidy(f"{value:.3g}") if 0 < value < 1 else text(value)


def _tidy(number: str) -> str:
    """Write 1e+07 as 1e7, and the minus as long as a plus."""
    return number.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-").replace("-", "−")
