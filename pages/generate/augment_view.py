"""Augment: do synthetic images help a classifier? The stored study, and small ones of one's own."""

from __future__ import annotations

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.augmentation_words import study_label, what_runs_now
from pages._shared.enlarged_set import offer_enlarged_set
from pages._shared.guard import explained
from pages._shared.linked import linked_choice
from pages._shared.plain import plain
from pages._shared.stored_studies import choose_stored_study, studies_by_dataset
from pages._shared.study_announcement import announce_study
from pages._shared.study_choice import choose_study
from pages._shared.study_form import study_form
from pages._shared.study_progress import (
    is_under_way,
    show_study_controls,
    show_study_progress,
)
from pages._shared.study_results import cells_of, show_findings
from pages._shared.study_title import data_title
from vae.augmentation.study import Study

__all__ = ["augment_view"]

CHOSEN = "chosen_study"
POLL_SECONDS = 1.0


@st.fragment
@explained()
@address_of_part("augment")
def augment_view() -> None:
    """Show the stored study, a form for a small one, and what can be taken away."""
    _stored()
    st.header("Try it yourself")
    st.markdown(
        "A small study of your own: a few labelled images, several ways to make more of them, and "
        "the accuracy of a classifier on all test images."
    )
    study_form(_choose)
    study = choose_study(Study, "study", CHOSEN, study_label)
    if study is not None:
        _own(study)
        st.header("Take the enlarged set away")
        offer_enlarged_set(study)


def _stored() -> None:
    """Show what the study that comes with the project found."""
    studies = studies_by_dataset()
    if not studies:
        st.markdown(
            "**Do synthetic images help a classifier that has few labelled ones?** No study comes "
            "with this version yet: start a small one below."
        )
        return
    name = linked_choice("data", "stored_study", studies)
    study = choose_stored_study(studies, name, "stored_study")
    show_findings(
        cells_of(study),
        plain(data_title(study)),
        study.settings["test_images"],
        key=f"stored-{name}",
        name="What the stored study found",
    )
    st.caption(f"Means of {study.seeds_in_words}, with 95 % intervals.")


def _own(study: Study) -> None:
    active = is_under_way(study)

    @st.fragment(run_every=POLL_SECONDS if active else None)
    @explained()
    def watch() -> None:
        if is_under_way(study) != active:
            st.rerun()
        # In one row, so that the bar is in sight where the study was started.
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            show_study_controls(study)
            with st.container(width="stretch"):
                show_study_progress(study, lambda: what_runs_now(study))
        cells = cells_of(study)
        if cells:
            show_findings(
                cells,
                plain(data_title(study)),
                study.settings["test_images"],
                key=f"accuracy-{study.path.name}",
                name="What your study found",
            )
        announce_study(study)

    watch()


def _choose(study: Study) -> None:
    st.session_state[CHOSEN] = study.path.name
