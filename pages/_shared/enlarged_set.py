"""The enlarged set of a study, to take away: a worker writes its files on request."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained, show_error
from pages._shared.number_field import number_field
from pages._shared.persistent import persistent
from pages._shared.rerun import rerun_fragment
from pages._shared.server import queue
from pages._shared.stable_position import stable_position
from vae.augmentation.enlarged_request import (
    GENERATOR_TITLES,
    EnlargedSet,
    enlarged_files,
    generators_at,
    read_enlarged_request,
)
from vae.augmentation.study import Study
from vae.files import read_regular
from vae.runs.progress import read_progress

__all__ = ["offer_enlarged_set"]

JOB = "enlarge"
MIMES = {".npz": "application/octet-stream", ".zip": "application/zip"}
LABELS = {".npz": "NPZ", ".zip": "Zip of PNG"}
WORDS = {
    ".npz": "Arrays x (N, H, W, C), y and synthetic (N,): numpy.load opens it.",
    ".zip": "A folder of PNG a class, which Keras's image_dataset_from_directory reads, and a "
    "table of all images.",
}


def offer_enlarged_set(study: Study) -> None:
    """Offer the few real images and the synthetic ones of a seed as files."""
    chosen = {(each["per_class"], each["generator"]): each for each in study.choices}
    numbers = [
        number
        for number in study.settings["per_class"]
        if any((number, each) in chosen for each in generators_at(study, number))
    ]
    if not numbers:
        st.markdown(
            "A study with a method that makes synthetic images offers its enlarged sets here, as "
            "soon as it has chosen how many of them to add."
        )
        return
    wanted = _choose(study, numbers)
    if wanted is None:
        return
    choice = chosen[wanted.per_class, wanted.generator]
    real = wanted.per_class * len(study.settings["class_names"])
    st.markdown(
        f"{real:,} real and {real * choice['copies']:,} synthetic images: the training set of "
        f"seed {wanted.seed}. Each says what it is: real or synthetic, of which seed."
    )
    if queue().studies.is_pending(study, JOB):
        _poll(study)
    elif all(path.is_file() for path in enlarged_files(study, wanted).values()):
        _downloads(study, wanted)
    else:
        _request_button(study, wanted)


def _choose(study: Study, numbers: list[int]) -> EnlargedSet | None:
    """Show what there is to choose; None while the seed cannot be read."""
    state, name = st.session_state, study.path.name
    with st.container(horizontal=True, vertical_alignment="top"):
        per_class = state.get(f"enlarged-number-{name}")
        per_class = per_class if per_class in numbers else numbers[0]
        st.selectbox(
            "Images a class", numbers, width=150, help="Of the study. Acts at once.",
            **persistent(f"enlarged-number-{name}", per_class),
        )  # fmt: skip
        generators = generators_at(study, per_class)
        generator = state.get(f"enlarged-method-{name}")
        generator = generator if generator in generators else generators[0]
        st.selectbox(
            "Synthetic images of", generators, width=220, format_func=GENERATOR_TITLES.__getitem__,
            help="Which generator made them. Acts at once.",
            **persistent(f"enlarged-method-{name}", generator),
        )  # fmt: skip
        last = study.settings["seeds"] - 1
        seed = number_field(
            "Seed of the study", min(state.get(f"enlarged-seed-{name}", 0), last), 0, last,
            name=f"enlarged-seed-{name}", width=150, help="Which few images. Acts at once.",
        )  # fmt: skip
    return None if seed is None else EnlargedSet(per_class, seed, generator)


def _request_button(study: Study, wanted: EnlargedSet) -> None:
    with stable_position():
        error = read_progress(study.path, JOB).error
        if error and read_enlarged_request(study) == wanted:
            show_error(error)
    if st.button(
        "Make the files",
        icon=":material/deployed_code:",
        key=f"enlarge-{study.path.name}",
        help="Trains the generator of that seed again, in the background, and writes both files.",
    ):
        queue().studies.enlarge(study, wanted)
        rerun_fragment()


def _downloads(study: Study, wanted: EnlargedSet) -> None:
    with st.container(horizontal=True):
        for suffix, path in enlarged_files(study, wanted).items():
            st.download_button(
                f"{LABELS[suffix]} ({path.stat().st_size / 1e6:.1f} MB)",
                lambda path=path: read_regular(path),
                file_name=f"{study.settings['dataset']}-{path.name}",
                mime=MIMES[suffix],
                icon=":material/download:",
                key=f"{path.name}-{study.path.name}",
                on_click="ignore",
                help=WORDS[suffix],
            )


@st.fragment(run_every=0.5)
@explained()
def _poll(study: Study) -> None:
    if not queue().studies.is_pending(study, JOB):
        st.rerun()
    st.progress(0.0, text="Making the files: the generator of that seed is trained again.")
