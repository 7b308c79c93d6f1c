"""Trains the lecture's program from within the chapter, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages._shared.guard import explained
from pages._shared.pictures import apart, show_grid
from pages._shared.run_picker import choose_run
from pages._shared.run_progress import is_active, show_run_progress
from pages._shared.server import dataset, queue, store
from pages._shared.start_once import press_once, start_if_pressed
from pages._shared.visitors import visitor
from pages.learn.parts import open_in_lab
from vae.config import Config
from vae.data.datasets import find_dataset
from vae.data.specs import DATASETS
from vae.environment import is_public, limits
from vae.errors import DatasetError
from vae.presets import PRESETS
from vae.runs.run import Run
from vae.server.durations import run_seconds, time_in_words

__all__ = ["run_it"]

PRESS = "learn_program_press"  # in the session: a click that has not started a run yet
POLL_SECONDS = 1.0
ROWS, COLUMNS = 5, 10  # of the samples of a snapshot
DIGITS_IMAGES = 1437  # training images of Digits, which has no file to be read off


def run_it() -> None:
    """Show the button, and the visitor's newest run of the lecture's program."""
    name = "mnist" if find_dataset("mnist") else "digits"
    config, own = _config(), _own_run()
    under_way = own is not None and is_active(own)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Run it again" if own else "Run it",
            type="secondary" if own else "primary",
            icon=":material/play_arrow:",
            disabled=under_way,
            key="learn-program-run",
            help="Trains a new run of your own with the lecture's settings, in the background.",
            on_click=partial(press_once, PRESS),
        )
        st.markdown(_words(config, name))
    with st.container(), explained():
        start_if_pressed(PRESS, partial(_start, config, name), choose_run)
    if own is not None:
        _watch(own, under_way)
        open_in_lab("Watch it under Train", "train", own, view="watch")


def _config() -> Config:
    """Return the lecture's settings, with no more epochs than this server allows."""
    config, allowed = PRESETS["lecture"], limits().epochs
    return config.replace(epochs=min(config.epochs, allowed)) if allowed else config


def _own_run() -> Run | None:
    """Return the visitor's newest run with the lecture's settings, None without one."""
    owner = visitor()
    for run in store().list():
        if run.config.preset == "lecture" and not run.shipped and run.metadata.owner == owner:
            return run
    return None


def _words(config: Config, name: str) -> str:
    """Say how long it takes, on which images, and what this server allows."""
    spec = DATASETS[name]
    images = spec.arrays["x_train"].shape[0] if spec.arrays else DIGITS_IMAGES
    past = () if is_public() else store().list()
    seconds = run_seconds(config, spec.image_shape, images, past, len(spec.class_names))
    instead = (
        ""
        if name == "mnist"
        else " MNIST is not on this machine, so it learns Digits, which are 8 × 8 pixels: the Data "
        "page has MNIST."
    )
    return (
        f"About **{time_in_words(seconds)}** for {config.epochs} epochs of {spec.title} on this "
        f"machine.{instead} {limits().in_words()}"
    )


def _start(config: Config, name: str) -> Callable[[], Run]:
    """Return what puts the run into the queue."""
    data, line, owner = dataset(name), queue(), visitor()
    if data is None:
        raise DatasetError(f"{DATASETS[name].title} cannot be read: see the Data page.")
    return lambda: line.submit(config, data, owner)


def _watch(first: Run, active: bool) -> None:
    """Show progress and samples, each second while it is under way, and what to do at its end."""

    @st.fragment(run_every=POLL_SECONDS if active else None)
    @explained()
    def view() -> None:
        run = store().open(first.id)
        if (run.state, is_active(run)) != (first.state, active):
            st.rerun()
        show_run_progress(run)
        if run.snapshot_epochs:
            epoch = run.snapshot_epochs[-1]
            samples = apart(run.snapshot(epoch)["samples"])
            show_grid(samples, ROWS, COLUMNS, alt="Samples from fixed codes")
            st.caption(f"The same {ROWS * COLUMNS} random codes, decoded after epoch {epoch}.")
        if not (active or run.state == "finished"):
            st.markdown(
                "What it has learned so far is saved. Open it under Train and press **Continue** "
                "or **Play**: it goes on from there. Or run it again here."
            )

    view()
