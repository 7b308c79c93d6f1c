"""An end of a path as it is typed: a test image, a code, or the seed of one."""

from __future__ import annotations

import numpy as np

from vae.errors import ConfigError
from vae.latent.code_text import parse_code
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["path_end"]


def path_end(run: Run, text: str | None, seed: int) -> tuple[np.ndarray, str, int | None]:
    """Return the code at one end of a path (d,), what it is, and its class if it has one.

    text: the number of a test image, whose mean is taken, or z as a JSON list.
    """
    size = run.config.latent_dim
    if text is None:
        return prior_codes(1, size, seed=seed)[0], f"seed {seed}", None
    if text.isdecimal():
        run.require("encoder")
        index, means = int(text), run.latents.get("mean", ())
        if index >= len(means):
            raise ConfigError(
                f"This run has {len(means):,} test images, the first is 0. Received: {index}"
            )
        return means[index], f"test image {index}", int(run.latents["y"][index])
    try:
        return parse_code(text, size), f"z {text}", None
    except ConfigError as error:
        raise ConfigError(
            f"An end of a path is a test image's number, from 0 on, or a code. {error}"
        ) from None
