"""What all visitors of one server process share: the runs, the queue, the data sets."""

from __future__ import annotations

import ast
import gc
import importlib
import sys
from contextlib import nullcontext
from pathlib import Path

import streamlit as st

from pages._shared.idle_cache import IdleCache
from vae.data.datasets import Dataset, find_dataset, load_dataset, spec_of
from vae.data.specs import DATASETS
from vae.environment import grace_seconds
from vae.runs.run import Run
from vae.runs.run_images import known_dataset
from vae.runs.store import RunStore
from vae.server.presence import Presence
from vae.server.queue import Queue

__all__ = [
    "dataset",
    "dataset_of_run",
    "first_available_dataset",
    "load_first_page",
    "load_libraries",
    "presence",
    "queue",
    "store",
]

FIRST_SCRIPTS = ("router.py", "start/page.py")  # that the first visitor runs
UNUSED_SECONDS = 120.0  # MNIST is a fifth of the server's memory


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """Return the runs folder and the shipped runs."""
    _load("onnxruntime")
    return RunStore()


@st.cache_resource(show_spinner=False)
def load_libraries() -> None:
    """Import what all pages but Start need, once and by one visitor.

    Of two who come at the same moment to a server that has just started, Plotly gave the second a
    pandas that was half imported.
    """
    _load("pandas", "plotly.graph_objects")


def load_first_page() -> None:
    """Import what the first page's scripts do, which themselves run for a visitor alone."""
    folder = Path(__file__).parents[1]
    lines = [
        line
        for script in FIRST_SCRIPTS
        for line in ast.parse((folder / script).read_text(encoding="utf-8")).body
    ]
    _load(*(line.module for line in lines if isinstance(line, ast.ImportFrom) and line.module))


def _load(*names: str) -> None:
    if sys.modules.keys() >= {*names}:  # as after a cache was cleared
        return
    for name in names:
        importlib.import_module(name)
    # It all lives as long as the server: the collector need not walk through it.
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, on_release=Queue.close)
def queue() -> Queue:
    """Return the one queue of this server."""
    return Queue(store(), presence=presence())


@st.cache_resource(show_spinner=False)
def presence() -> Presence:
    """Return who is there."""
    return Presence(grace_seconds())


@st.cache_resource(show_spinner=False, on_release=IdleCache.clear)
def _datasets() -> IdleCache[Dataset]:
    return IdleCache(lambda name, *_: load_dataset(name, download=False), UNUSED_SECONDS)


def dataset(name: str) -> Dataset | None:
    """Return a data set that is on this machine, read once for all visitors, or None."""
    spec = spec_of(name)
    where = None if spec is None else find_dataset(name)
    if spec is None or where is None:
        return None
    key = name, where, spec.fingerprint  # another set of one's own may have taken the name
    is_cached = key in _datasets()
    with nullcontext() if is_cached else st.spinner("Reading the images…"):
        return _datasets().get(*key)


def dataset_of_run(run: Run) -> Dataset | None:
    """Return the data set whose images a run learned, if it is on this machine, or None."""
    return dataset(known_dataset(run))


def first_available_dataset() -> str:
    """Return the first data set that needs no download."""
    return next(name for name in DATASETS if find_dataset(name))
