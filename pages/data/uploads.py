"""The pictures that a visitor brings: files, photos of the camera, drawings of the pad."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import streamlit as st

from pages._components.drawing_pad import drawing_pad, png_of
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from vae.data.importing.names import clean
from vae.data.uploads import read_drawing
from vae.environment import import_caps, is_public
from vae.errors import DatasetError

__all__ = ["Upload", "choose_upload", "forget_uploads", "written"]

PUBLIC_MEGABYTES = 25  # as in .streamlit/config.toml: the server keeps what was sent in memory
RESOLUTIONS: tuple[Literal["480p", "720p", "1080p"], ...] = ("480p", "720p", "1080p")
MADE = "own_pictures"  # in the session: photos and drawings, as (class, PNG or JPEG)
ROUND = "own_round"  # in the session: how many sets were made, so that the uploader is empty again
HELP = (
    "A zip with one folder a class, or with no folders; image files (PNG, JPEG, BMP, GIF, WebP, "
    "TIFF); NPZ or NPY arrays (N, H, W) or (N, H, W, C); IDX files, gzipped or not; CSV or Parquet "
    "with a row a picture and a column “label”. Of arrays also a file for training and one for "
    "tests: x_train.npy, y_train.npy, x_test.npy, y_test.npy, or train.csv and test.csv."
)


class Upload(NamedTuple):
    """Pictures as they came. key: differs for other pictures. files: contents by path."""

    name: str
    key: tuple[str, ...]
    files: dict[str, bytes | memoryview]


def choose_upload() -> Upload | None:
    """Show where pictures can come from, and return those that came; None while there are none."""
    sources: dict[str, Callable[[], Upload | None]] = {
        "Files": _files,
        "Camera": _camera,
        "Draw": _draw,
    }
    source = st.session_state.get("own_source", "Files")
    st.segmented_control(
        "Where from",
        list(sources),
        required=True,
        label_visibility="collapsed",
        help="Files from this device, photos of its camera, or drawings made here.",
        **persistent("own_source", source),
    )
    return sources[source]()


def forget_uploads() -> None:
    """Begin again, with nothing uploaded."""
    st.session_state.pop(MADE, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


@contextmanager
def written(upload: Upload) -> Iterator[Path]:
    """Yield a path that holds an upload, while it is read: a file, or a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="vae-upload-") as folder:
        paths = [Path(folder, name) for name in upload.files]
        for path, content in zip(paths, upload.files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield paths[0] if len(paths) == 1 else Path(folder)


def _files() -> Upload | None:
    caps = import_caps()
    megabytes = PUBLIC_MEGABYTES if is_public() else caps.total_bytes // 10**6
    found = st.file_uploader(
        "Pictures",
        accept_multiple_files=True,
        key=f"own_files-{st.session_state.get(ROUND, 0)}",
        max_upload_size=megabytes,
        help=HELP,
    )
    st.caption(f"A zip, image files, or arrays. {caps.in_words()}")
    if not found:
        return None
    zips = [each.name for each in found if each.name.lower().endswith(".zip")]
    if zips and len(found) > 1:
        raise DatasetError(
            f"One zip, or files without one, were expected. Received: {len(found)} files, among "
            f"them {zips[0]!r:.80}"
        )
    files: dict[str, bytes | memoryview] = {}
    for each in found:
        # A browser sends a name alone, but anything may be sent. Of one name twice the second
        # gets a number.
        name = clean(each.name.replace("\\", "/").rsplit("/", 1)[-1]).replace("/", "_")
        name = name if name.strip(".") else "picture"
        files[name if name not in files else f"{len(files)} {name}"] = each.getbuffer()
    first = clean(Path(next(iter(files))).stem) if len(files) == 1 else "my pictures"
    return Upload(first, tuple(each.file_id for each in found), files)


def _camera() -> Upload | None:
    name = _class_name()
    resolution = st.session_state.get("own_resolution", RESOLUTIONS[0])
    st.segmented_control(
        "Resolution",
        RESOLUTIONS,
        required=True,
        help="Of the photo. The network gets 64 × 64 pixels at most, so that the lowest will do.",
        **persistent("own_resolution", resolution),
    )
    shot = st.camera_input(
        "Camera",
        key=f"own_camera-{st.session_state.get(ROUND, 0)}-{len(st.session_state.get(MADE, []))}",
        resolution=resolution,
        help="The middle of the photo is what counts: fill it.",
    )
    if shot is not None:
        st.button(
            f"Add the photo to {plain(name)}",
            icon=":material/add_a_photo:",
            on_click=_add,
            args=(name, shot.getvalue()),
        )
    return _made()


def _draw() -> Upload | None:
    name = _class_name()
    drawn = st.session_state.get("own_drawn", 0)
    png = png_of(drawing_pad("", key=f"own_pad-{drawn}"))
    st.button(
        f"Add the drawing to {plain(name)}",
        icon=":material/draw:",
        disabled=png is None,
        help="The pad is empty again for the next one.",
        on_click=_add,
        args=(name, png),
    )
    if png is not None:
        read_drawing(png)  # raises for what is no drawing
    return _made()


def _class_name() -> str:
    typed = st.text_input(
        "Class",
        max_chars=40,
        placeholder="circle",
        help="What the next picture shows. Pictures of one class have one name.",
        **persistent("own_class", st.session_state.get("own_class", "")),
    )
    return clean(typed or "", 40).replace("/", "_").strip(".") or "all"


def _add(name: str, content: bytes | None) -> None:
    if content:
        st.session_state.setdefault(MADE, []).append((name, content))
        st.session_state.own_drawn = st.session_state.get("own_drawn", 0) + 1


def _undo() -> None:
    st.session_state[MADE].pop()


def _made() -> Upload | None:
    """Return the photos and drawings so far, one folder a class."""
    made: list[tuple[str, bytes]] = st.session_state.get(MADE, [])
    if not made:
        st.caption("Name a class, then add pictures of it: ten of each of two classes at least.")
        return None
    classes = list(dict.fromkeys(name for name, _ in made))
    counts = ", ".join(f"{sum(each == name for each, _ in made)} {name}" for name in classes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"So far: {plain(counts)}")
        st.button("Take the last one back", icon=":material/undo:", type="tertiary", on_click=_undo)
    files: dict[str, bytes | memoryview] = {
        f"{name}/{at}.png": content for at, (name, content) in enumerate(made)
    }
    return Upload("my pictures", tuple(f"{hash(each)}" for each in made), files)
