"""Opens pages while one file after the other is no file: python -m tests.pages.odd_tour KIND.

In a process of its own, since a reader that waits at a pipe would wait for ever. Before each page
it says which, and behind it what the page broke of.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import streamlit as st

from pages.train import run_controls
from tests.odd_files import odd
from tests.pages.driving import PAGES, open_page, watch

FILES = (
    *("config.json", "status.json", "about.json", "control.json", "history.jsonl"),
    *("metrics.json", "knowledge.json", "likelihood.json", "quality.json"),
    *("likelihood-asked.json", "tsne-progress.json", "likelihood-progress.json"),
    *("latents.npz", "tsne.npz", "tsne-3d.npz", "samplers.npz", "step.npz", "checkpoint.npz"),
    *("snapshots", "snapshots/fixed.npz", "snapshots/0001.npz"),
    *("model.keras", "encoder.onnx", "decoder.onnx", "lock", "worker.log"),
)
# What never ends is refused where a pipe is, on all pages: these two read most of the files.
TRIED: dict[str, tuple[str, ...]] = {"pipe": PAGES, "endless": ("latent", "generate")}
QUEUE = (
    *("../.queue/run-train.json", "../.queue/run-tsne.json", "../.queue/.present-1.json"),
    *("../.queue/leader.lock", "../.queue"),
)


def main(kind: str) -> None:
    """Go through all files and pages of the run called `run` in the runs folder."""
    run = Path(os.environ["VAE_RUNS_DIR"]) / "run"
    run_controls.REPLY_SECONDS = 0.0
    for name in (*FILES, *QUEUE):
        for page in TRIED[kind]:
            print(name, page, end=" ", flush=True)
            st.cache_resource.clear()
            with odd(run / name, kind):
                app = open_page(page, run="run")
                if page == "train" and name not in ("config.json", "status.json"):
                    watch(app)
            print([str(error.value) for error in app.exception], flush=True)
    st.cache_resource.clear()


if __name__ == "__main__":
    main(sys.argv[1])
