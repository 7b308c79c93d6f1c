"""A grid as files: a picture, a figure for a paper, its images and codes as numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages._shared.persistent import persistent
from pages.generate.grid_choice import GridChoice
from vae.export.media import to_csv, to_npz
from vae.figures.publication import grid_figure, to_file
from vae.images import tile, to_png
from vae.runs.run import Run
from vae.sampling.samplers import sample_labels

__all__ = ["offer_files"]

SCALES = (1, 2, 4, 8, 16)
MAX_PIXELS = 40_000_000  # of a picture: 120 MB in colour while it is made


def offer_files(
    run: Run, images: np.ndarray, codes: np.ndarray, choice: GridChoice, notes: dict[str, str]
) -> None:
    """Offer a grid of images uint8 (N, H, W, C) and their codes (N, d) in a popover."""
    rows, columns, spec = choice
    grid = tile(images, rows, columns)
    labels = sample_labels(run, spec, len(codes))
    with st.popover("Download", icon=":material/download:", help="This grid as files."):
        scale, smooth = _choose_scale(grid)
        arrays = {"images": images, "z": codes} | ({} if labels is None else {"labels": labels})
        files: dict[str, tuple[Callable[[], bytes], str, str]] = {
            "PNG": (
                lambda: to_png(grid, scale, notes, smooth=smooth),
                "image/png",
                "The picture, with run, sampler and seed in its metadata.",
            ),
            "PDF": (
                lambda: to_file(grid_figure(grid), "pdf", notes),
                "application/pdf",
                "A figure for a paper.",
            ),
            "SVG": (
                lambda: to_file(grid_figure(grid), "svg", notes),
                "image/svg+xml",
                "A figure for the web or a drawing program.",
            ),
            "NPZ": (
                lambda: to_npz(arrays, notes),
                "application/octet-stream",
                "The images and their codes as NumPy arrays.",
            ),
            "CSV": (
                lambda: to_csv(codes, notes, labels),
                "text/csv",
                "The codes alone, a row each.",
            ),
        }
        name = f"{run.dataset}-{spec.sampler}-{rows}x{columns}-seed{spec.seed}"
        with st.container(horizontal=True):
            for kind, (content, mime, words) in files.items():
                st.download_button(
                    kind,
                    content,
                    file_name=f"{name}.{kind.lower()}",
                    mime=mime,
                    on_click="ignore",
                    help=words,
                )


def _choose_scale(grid: np.ndarray) -> tuple[int, bool]:
    """Show how large the PNG is to be; return the scale and whether it is smooth."""
    state = st.session_state
    scales = [scale for scale in SCALES if grid.shape[0] * grid.shape[1] * scale**2 <= MAX_PIXELS]
    scale = state.get("grid_scale", 4)
    scale = scale if scale in scales else scales[-1]
    smooth = state.get("grid_smooth", False)
    st.segmented_control(
        "Scale of the PNG",
        scales,
        required=True,
        format_func=lambda scale: f"{scale}×",
        help=f"Pixels for each pixel, up to {MAX_PIXELS / 1e6:.0f} million in all.",
        **persistent("grid_scale", scale),
    )
    st.toggle(
        "Smooth",
        help="With values between the pixels, instead of squares.",
        **persistent("grid_smooth", smooth),
    )
    height, width = (side * scale for side in grid.shape[:2])
    st.caption(f"The PNG has {width:,} × {height:,} pixels.")
    return scale, smooth
