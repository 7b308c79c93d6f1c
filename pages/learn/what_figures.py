"""Figures of the first chapter: from a picture to its label, and from a label to pictures."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.captioned_pictures import show_captioned
from pages._shared.guard import explained
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.persistent import persistent
from pages._shared.pictures import show_png
from pages._shared.plain import plain
from pages.learn.asked_picture import AskedPicture, ask_picture
from pages.learn.class_bars import show_answer
from pages.learn.parts import open_in_lab
from vae.images import to_png, to_uint8
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["count_recognised", "label_to_pictures", "picture_to_label", "there_and_back"]

SHOWN = 12  # generated pictures
SHARP = 280  # pixels of a picture's side


@st.fragment
@explained()
def picture_to_label(run: Run, *, first: tuple[int, ...], key: str) -> None:
    """Show a picture, stored or drawn, and what a classifier says of it."""
    picture = ask_picture(run, key=key, first=first)
    _show_label(run, picture, key)
    address = {} if picture is None else picture.address
    open_in_lab("Open in the lab: any picture", "latent", run, view="draw", **address)


@st.fragment
@explained()
def label_to_pictures(run: Run, classifier: Run, *, first: tuple[int, ...], key: str) -> None:
    """Show new pictures of a class that is chosen, and how a classifier reads them."""
    labels = [*first, *(label for label in range(run.classes) if label not in first)]
    state = f"learn_label_{key}"
    label = st.session_state.get(state, labels[0])
    st.segmented_control(
        "Label",
        labels,
        format_func=run.short_class_names.__getitem__,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        **persistent(state, label),
    )
    _show_pictures(run, classifier, label, key)
    open_in_lab("Open in the lab: as many as you like", "generate", run, **{"class": str(label)})


@st.fragment
@explained()
def there_and_back(classifier: Run, generator: Run, *, key: str) -> None:
    """Show a picture, the label that a classifier finds, and new pictures of that label."""
    picture = ask_picture(classifier, key=key, first=(7,))
    label = _show_label(classifier, picture, key)
    if label is not None:
        name = plain(classifier.short_class_names[label])
        st.markdown(f"And back again: the label **{name}** goes into the generative model.")
        _show_pictures(generator, classifier, label, key)


def count_recognised(run: Run, classifier: Run, label: int, count: int) -> int:
    """Return how many of `count` generated pictures of a class a classifier takes for it."""
    marks = model_fingerprint(run), model_fingerprint(classifier)
    return _count_once(run, classifier, marks, label, count)


@st.cache_data(show_spinner=False, max_entries=16)
def _count_once(_run: Run, _classifier: Run, marks: tuple[str, str], label: int, count: int) -> int:
    images = _generate(_run, label, count, 0)
    return int((_classifier.classify(images).argmax(axis=1) == label).sum())


def _generate(run: Run, label: int, count: int, seed: int) -> np.ndarray:
    """Decode random codes of the prior as a class: uint8 (count, H, W, C)."""
    codes = prior_codes(count, run.config.latent_dim, seed=seed)
    return to_uint8(run.conditioned_on(label).decode(codes))


def _show_label(run: Run, picture: AskedPicture | None, key: str) -> int | None:
    """Show a picture beside what a classifier says of it; return the class that it finds."""
    left, right = st.columns([1, 2])
    if picture is None:
        left.caption("Draw on the pad: what the classifier says appears here.")
        return None
    probabilities = run.classify(picture.image[None])[0]
    with left, st.container(key=f"learn-picture-{key}"):
        scale = max(1, SHARP // picture.image.shape[1])
        show_png(to_png(picture.image, scale), f"The picture: {picture.name}")
    with right:
        show_answer(run, probabilities, picture.label)
    return int(probabilities.argmax())


def _show_pictures(run: Run, classifier: Run, label: int, key: str) -> None:
    """Show pictures that a decoder makes of a class, others at a press, and how they are read."""
    state = f"learn_seed_{key}"
    if st.button("New pictures", icon=":material/casino:", key=f"learn-new-{key}"):
        st.session_state[state] = st.session_state.get(state, 0) + 1
    images = _generate(run, label, SHOWN, st.session_state.get(state, 0))
    found = classifier.classify(images).argmax(axis=1)
    names = run.short_class_names
    alt = f"A new picture of the class {names[label]}"
    show_captioned(
        [
            (image, alt, f"<b>{names[says]}</b>" if says == label else names[says])
            for image, says in zip(images, found.tolist(), strict=True)
        ],
        fitted=True,
    )
    st.caption(
        f"Below each: what the classifier makes of it. It calls {int((found == label).sum())} of "
        f"these {SHOWN} “{plain(names[label])}”."
    )
