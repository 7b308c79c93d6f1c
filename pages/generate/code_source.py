"""Where a code comes from: a test image, the mean of a class, a sample, a bookmark or a drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._shared.linked import linked_choice, linked_number
from pages._shared.linked_drawing import link_drawing, take_drawing
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages._shared.user_picture import usable_drawing
from pages.generate.bookmarks import Bookmark, bookmarks
from pages.generate.seed_field import MAX_SEED
from vae.errors import RunError
from vae.images import to_uint8
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["choose_code"]


def choose_code(run: Run, name: str, label: str, source: str, number: int, other: int) -> Bookmark:
    """Show the picture, and below it what there is to choose; return the code.

    name: of the choice in the session. source and number: what it begins with. other: the
    number of another source.
    """
    take_drawing()
    sources = _sources(run)
    usual = source if source in sources else sources[0]
    chosen = linked_choice(_letter(name), f"{name}_source", sources, usual)
    picture = st.container()
    st.selectbox(
        label,
        sources,
        help="Where this code comes from. Acts at once.",
        **persistent(f"{name}_source", chosen),
    )
    with stable_position():
        found = _code(run, name, chosen, number if chosen == source else other)
    with picture:
        show_grid(to_uint8(run.decode(found.code[None])), 1, 1, alt=f"{label}: {found.name}")
    st.caption(found.name)
    return found


def _sources(run: Run) -> list[str]:
    sources = ["Sample"]
    if run.latents:
        sources += ["Class mean", "Test image"]
    if bookmarks(run):
        sources.append("Kept")
    if _drawing_code(run) is not None:
        sources.append("Your drawing")
    return sources


def _code(run: Run, name: str, source: str, number: int) -> Bookmark:
    latents = run.latents
    if source == "Sample":
        seed = _number(name, "seed", "Seed", MAX_SEED, number, "Of a random code from the prior.")
        return Bookmark(prior_codes(1, run.config.latent_dim, seed=seed)[0], f"sample, seed {seed}")
    if source == "Class mean":
        labels = np.unique(latents["y"]).tolist()
        usual = number if number in labels else labels[0]
        label = linked_choice(f"{_letter(name)}-class", f"{name}_class", labels, usual)
        st.selectbox(
            "Class",
            labels,
            format_func=run.short_class_names.__getitem__,
            help="The mean of its test images' codes. Acts at once.",
            **persistent(f"{name}_class", label),
        )
        code = latents["mean"][latents["y"] == label].mean(axis=0)
        return Bookmark(code, f"mean of the class {plain(run.short_class_names[label])}")
    if source == "Test image":
        index = _number(
            name, "image", "Number", len(latents["y"]) - 1, number, "Of a test image, from 0 on."
        )
        word = plain(run.short_class_names[latents["y"][index]])
        return Bookmark(latents["mean"][index], f"test image {index} ({word})")
    if source == "Kept":
        codes = bookmarks(run)
        index = _chosen(f"{name}_bookmark", [*range(len(codes))], len(codes) - 1)
        st.selectbox(
            "Which",
            range(len(codes)),
            format_func=lambda index: f"{index + 1}: {codes[index].name}",
            help="What you kept, the first one first. Acts at once.",
            **persistent(f"{name}_bookmark", index),
        )
        return codes[index]
    link_drawing()
    drawing = _drawing_code(run)
    if drawing is None:  # it was cleared in another tab since the sources were shown
        raise RunError("Your drawing has been cleared: draw another one, or choose another source.")
    return Bookmark(drawing, "your drawing")


def _number(name: str, part: str, label: str, maximum: int, default: int, words: str) -> int:
    usual = default if default <= maximum else 0
    value = linked_number(f"{_letter(name)}-{part}", f"{name}_{part}", 0, maximum, usual)
    persistent_number(
        label, value, 0, maximum, name=f"{name}_{part}", help=f"{words} Acts at once."
    )
    return value


def _letter(name: str) -> str:
    """Return what the address calls a choice."""
    return name.removeprefix("sum_")


def _chosen(name: str, options: list[Any], default: Any) -> Any:
    value = st.session_state.get(name, default)
    return value if value in options else options[0]


def _drawing_code(run: Run) -> np.ndarray | None:
    picture = usable_drawing(run)
    return None if picture is None else run.encode(picture.image[None])[0][0]
