"""What all visitors of one server process share: the runs, the queue, the data sets."""

from __future__ import annotations

import gc
import os

import streamlit as st

from vae.datasets import DATASETS, Dataset, find_dataset, load_dataset
from vae.jobs import Queue
from vae.runs import RunStore

__all__ = ["best_dataset_here", "dataset", "public", "queue", "store"]


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """Return the runs folder and the shipped runs."""
    # Everything imported so far lives as long as the server: keep the collector, which Streamlit
    # starts after every script run, from walking through it each time.
    gc.collect()
    gc.freeze()
    return RunStore()


@st.cache_resource(show_spinner=False)
def queue() -> Queue:
    """Return the one queue of this server."""
    return Queue(store())


@st.cache_resource(show_spinner="Reading the images…")
def _dataset(name: str, where: str) -> Dataset:
    return load_dataset(name, download=False)


def dataset(name: str) -> Dataset | None:
    """Return a data set that is on this machine, read once for all visitors, or None."""
    where = find_dataset(name) if name in DATASETS else None
    return None if where is None else _dataset(name, where)


def best_dataset_here() -> str:
    """Return the first data set that needs no download."""
    return next(name for name in DATASETS if find_dataset(name))


def public() -> bool:
    """Whether strangers share this server, so that each sees the own runs alone.

    `VAE_PUBLIC` says so (1 or 0); without it, Community Cloud is known by its mount point.
    """
    setting = os.environ.get("VAE_PUBLIC")
    if setting is not None:
        return setting not in ("", "0")
    return os.path.realpath(__file__).startswith("/mount/src/")  # noqa: PTH
