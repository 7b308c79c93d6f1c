"""Export ("Take away"): model, code, a demo without a server, figures for papers, commands."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.address import address_of_part
from pages._shared.figure_files import offer_figure
from pages._shared.guard import explained
from pages._shared.linked import linked_choice
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.strip import show_strip
from pages._shared.wide_layout import wrapping_columns
from pages.generate.export_demo import offer_demo
from pages.generate.export_download import offer_download
from pages.generate.onnx_files import ONNX_WORDS, onnx_zip, open_in_onnx
from vae.errors import ConfigError, RunError
from vae.export.keras_code import keras_notebook, keras_script, open_in_keras
from vae.export.script_data import source_of
from vae.figures.classes import class_cost_figure
from vae.figures.clouds import cloud_figure
from vae.figures.curves import curves_figure
from vae.figures.dimensions import kl_figure
from vae.figures.explained_variance import explained_variance_figure
from vae.figures.manifold import manifold_figure
from vae.files import read_regular
from vae.images import to_uint8
from vae.model.keras_compat import OLDEST_KERAS, portable
from vae.runs.layout import MODEL
from vae.runs.run import Run
from vae.runs.run_images import known_dataset
from vae.sampling.prior import balanced_labels, prior_codes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["export_view"]

WEIGHTS_SECONDS = 60
SAMPLES = 12  # beside each other, at the top
FIGURES: dict[str, Callable[[Run], Figure]] = {
    "Learning curves": curves_figure,
    "Latent clusters": cloud_figure,
    "KL of each dimension": kl_figure,
    "Variance that PCA keeps": explained_variance_figure,
    "Reconstruction by class": class_cost_figure,
    "Manifold of z1 and z2": manifold_figure,
}


@st.fragment
@explained()
@address_of_part("export")
def export_view(run: Run) -> None:
    """Offer everything that a run can give for use elsewhere."""
    has_decoder = run.config.has("decoder")
    if has_decoder:
        images = run.decode(
            prior_codes(SAMPLES, run.config.latent_dim), balanced_labels(SAMPLES, run.classes)
        )
        show_strip(to_uint8(images), "Samples of the model that is taken away", narrowest=2.9)
    left, right = wrapping_columns([1, 1], key="export", gap="large")
    with left:
        _model(run)
        if has_decoder:
            _figures(run)
    with right:
        if has_decoder:
            offer_demo(run)
        _script(run)
        if not has_decoder:
            _figures(run)
    if has_decoder:
        _commands(run)


def _model(run: Run) -> None:
    st.header("The model")
    keras_file = run.path / MODEL
    with st.container(horizontal=True):
        if keras_file.is_file():
            offer_download(
                "Keras",
                lambda: portable(read_regular(keras_file)),
                "model.keras",
                "application/zip",
                f"Opens in plain Keras {OLDEST_KERAS} or later, without VAE Lab.",
            )
        offer_download("ONNX", lambda: onnx_zip(run), "onnx.zip", "application/zip", ONNX_WORDS)
        if keras_file.is_file():
            offer_download(
                "Weights",
                lambda: _weights(run),
                "weights.npz",
                "application/octet-stream",
                "Each weight under its network, layer and part, as NumPy arrays.",
            )
    if not keras_file.is_file():
        st.caption("The Keras file and the weights are made when the run ends.")
    what = "images in [0, 1] of shape (N, H, W, C)"
    if run.config.has("discriminator"):
        what = f"random codes of shape (N, {run.config.latent_dim})"
    st.caption(f"Keras and ONNX open in a few lines, for {what}:")
    _code("Open it in Keras", ":material/deployed_code:", open_in_keras(run.config))
    _code("Open it in ONNX Runtime", ":material/bolt:", open_in_onnx(run.config))


def _weights(run: Run) -> bytes:
    """Return the weights as NPZ, read in a process of its own: HDF5 from elsewhere may break it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "weights.npz")
        command = [sys.executable, "-m", "vae", "export", str(run.path), "--format", "weights"]
        done = subprocess.run(
            [*command, "--out", str(out)], capture_output=True, timeout=WEIGHTS_SECONDS, check=False
        )
        if done.returncode:
            raise RunError(f"The weights could not be read. Received: {done.stderr[-200:]!r}")
        return out.read_bytes()


def _figures(run: Run) -> None:
    st.header("Figures for papers")
    first, clusters, kl, variance, classes, manifold = FIGURES
    is_plane = run.config.has("decoder") and run.config.latent_dim > 1
    names = [first]
    names += [clusters, kl] if run.latents else []
    names += [variance] if run.latents and is_plane else []
    names += [classes] if run.metrics.get("reconstruction_per_class") else []
    names += [manifold] if is_plane else []
    name = linked_choice("figure", "paper_figure", names)
    shown = run if name == manifold else run.conditioned_on(None)  # the others are of no class
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Figure",
            names,
            width=230,
            help="Grids of samples: in the Grid view. Reference lines: on Evaluate. Acts at once.",
            **persistent("paper_figure", name),
        )
        offer_figure(shown, name, lambda: FIGURES[name](shown))


def _script(run: Run) -> None:
    st.header("The code")
    name = known_dataset(run)
    if source_of(name) is None:
        st.info(
            "A script can get MNIST, Fashion-MNIST, Digits, Animals and what was added on the Data "
            f"page; {plain(run.dataset)} is none of them.",
            icon=":material/info:",
        )
        return
    arguments = run.config, name, run.image_shape
    try:
        script = keras_script(*arguments)
    except ConfigError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    st.markdown(
        f"{len(script.splitlines())} lines of plain Keras that train this model from the beginning "
        "to the same history, with the same seed."
    )
    with st.container(horizontal=True):
        offer_download(
            "Script", script.encode, "script.py", "text/x-python", "One file, no other needed."
        )
        offer_download(
            "Notebook",
            lambda: keras_notebook(*arguments).encode(),
            "notebook.ipynb",
            "application/x-ipynb+json",
            "The same in cells, for Jupyter or Colab.",
        )
    _code("Show the script", ":material/code:", script, height=420)
    if any(row["kind"] == "change" for row in run.rows):
        st.caption(
            "This run's settings were changed while it trained. The script has those of its start."
        )


def _commands(run: Run) -> None:
    mixture, ends = " --sampler mixture", "--from 0 --to 1"
    if not run.config.has("encoder"):
        mixture, ends = "", "--from-seed 0 --to-seed 1"
    box = _code(
        "The same on the command line",
        ":material/terminal:",
        f"python -m vae sample RUN{mixture} --rows 10 --columns 10 --out grid.png\n"
        f"python -m vae interpolate RUN {ends} --out path.gif\n"
        "python -m vae export RUN --format onnx\n"
        "python -m vae demo RUN --out demo.html",
        language="bash",
    )
    box.caption(
        "RUN is a run's folder. `python -m vae --help` says more, and `export` also writes "
        "keras, weights, script and notebook."
    )


def _code(
    label: str, icon: str, code: str, *, language: str = "python", height: int | None = None
) -> DeltaGenerator:
    """Show code in an expander, from when it is opened: coloring any takes a script of 1.5 MB."""
    box = st.expander(label, icon=icon, key=f"code: {label}", on_change="rerun")
    if box.open:
        size = height or "content"
        box.code(code.strip(), language=language, height=size, wrap_lines=height is None)
    return box
