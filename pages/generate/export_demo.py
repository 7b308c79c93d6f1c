"""The offline demo of the Take away view: one HTML file with the model in it."""

from __future__ import annotations

import streamlit as st

from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from pages.generate.export_download import offer_download
from vae.architecture import summarize
from vae.errors import VAEError
from vae.export.offline_demo import MAX_BYTES, demo_page
from vae.runs.provenance import public_name
from vae.runs.run import Run

__all__ = ["offer_demo"]

SURE_PARAMETERS = 1_000_000  # of a decoder: up to these the demo is small enough without trying


def offer_demo(run: Run) -> None:
    """Show what the demo is, and a button for it or why there is none."""
    st.header("Offline demo")
    st.markdown(
        "One HTML file with this model in it: the map that decodes under the pointer, sliders, a "
        "sample grid and the curves. It opens in any browser, without a server or Wi-Fi."
    )
    if run.config.has("encoder") and not run.latents:
        st.info(
            "The demo needs the codes of the test images: they are computed when the run ends.",
            icon=":material/hourglass:",
        )
        return
    summary = summarize(run.config, run.image_shape, run.classes)
    is_large = summary.parameters["decoder"] > SURE_PARAMETERS
    if is_large and (why := _why_no_demo(run, model_fingerprint(run))):
        st.info(plain(why), icon=":material/info:")
        return
    offer_download(
        "Download the demo",
        lambda: demo_page(run).encode(),
        f"{public_name(run)}.html",
        "text/html",
        f"At most {MAX_BYTES / 1e6:.0f} MB. Making it takes a few seconds.",
    )


@st.cache_data(show_spinner="Checking its size…", max_entries=50)
def _why_no_demo(_run: Run, mark: str) -> str:
    try:
        demo_page(_run)
    except VAEError as error:
        return without_paths(str(error))
    return ""
