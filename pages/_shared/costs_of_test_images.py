"""What the test images cost a model, computed once for all visitors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.evaluation.image_costs import Costs, costs_of
from vae.files import file_version
from vae.runs.layout import DECODER
from vae.runs.run import Run

__all__ = ["costs_of_test_images"]

MAX_IMAGES = 2000


def costs_of_test_images(run: Run, images: np.ndarray) -> Costs:
    """Return the costs of the first 2,000 of the test images uint8 (N, H, W, C), with labels."""
    return _costs(run, images, run.id, file_version(run.path / DECODER))


@st.cache_data(show_spinner=False, max_entries=16)
def _costs(_run: Run, _images: np.ndarray, run_id: str, model: tuple[int, int]) -> Costs:
    return costs_of(_run, _images[:MAX_IMAGES], _run.latents["y"][:MAX_IMAGES])
