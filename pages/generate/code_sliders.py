"""A code on sliders that decode as they move."""

from __future__ import annotations

import numpy as np

from pages._components.latent_sliders import latent_sliders, moved_code
from vae.images import tile, to_uint8
from vae.latent.traversals import REACH, ranked_dimensions, traverse_all
from vae.runs.run import Run

__all__ = ["MAX_SLIDERS", "code_sliders"]

MAX_SLIDERS = 32
STRIP_STEPS = 9


def code_sliders(
    run: Run,
    start: np.ndarray,
    generation: str,
    *,
    key: str,
    pixels: int,
    max_sliders: int = MAX_SLIDERS,
    strips: bool = False,
) -> np.ndarray:
    """Show sliders that begin at a code (d,) and return where they stand: z (d,), float32.

    The dimensions with the largest KL come first, at most `max_sliders` of them. generation: a new
    one moves the sliders to the start. strips: show below each slider how its dimension changes
    the start, from -3 to 3.
    """
    values = moved_code(key, generation, len(start))
    code = start if values is None else values
    ranked = [each.index for each in ranked_dimensions(run)] if run.latents else []
    dimensions = (ranked or [*range(len(start))])[:max_sliders]
    latent_sliders(
        code,
        to_uint8(run.decode(code[None]))[0],
        dimensions=dimensions,
        strips=_strips(run, dimensions, start) if strips else (),
        reach=REACH,
        pixels=pixels,
        key=key,
        generation=generation,
    )
    return code


def _strips(run: Run, dimensions: list[int], start: np.ndarray) -> list[np.ndarray]:
    rows = traverse_all(run, dimensions, start, STRIP_STEPS)
    return [tile(row, 1, STRIP_STEPS) for row in rows]
