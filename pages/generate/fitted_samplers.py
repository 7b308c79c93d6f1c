"""The samplers that are fitted to a run's codes: ready, in work, or offered."""

from __future__ import annotations

import streamlit as st

from pages._shared.measuring import measuring, offer
from vae.files import file_mark
from vae.runs.layout import SAMPLERS
from vae.runs.run import Run
from vae.sampling.fitted import Samplers, read_samplers

__all__ = ["offer_samplers", "samplers_of"]

JOB = "samplers"


def samplers_of(run: Run) -> Samplers | None:
    """Return a run's samplers, read once for all visitors, or None until they are fitted."""
    return _read(run, str(run.path), file_mark(run.path / SAMPLERS))


@st.cache_resource(show_spinner=False, max_entries=12, ttl=900)
def _read(_run: Run, path: str, fingerprint: tuple[int, int]) -> Samplers | None:
    return read_samplers(_run)


def offer_samplers(run: Run) -> None:
    """Offer to fit the samplers, or show how far that is."""
    offer(
        run,
        JOB,
        measuring("the codes of training images"),
        "Fit the samplers",
        intro="The mixture and the posteriors are fitted to the codes of this run's training "
        "images, once, in the background.",
        icon=":material/tune:",
        help="Encodes up to 20,000 training images and fits Gaussian mixtures to their codes: "
        "to all of them and to those of each class. They are saved with the run.",
    )
