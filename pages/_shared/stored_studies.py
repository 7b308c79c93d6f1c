"""The augmentation studies that come with the project: read, and one of them chosen."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.study_title import data_title
from vae.augmentation.stored import stored_studies
from vae.augmentation.study import Study
from vae.errors import StudyError

__all__ = ["choose_stored_study", "studies_by_dataset"]


def studies_by_dataset() -> dict[str, Study]:
    """Return the stored studies by their data set; one that is damaged is said on the page."""
    with stable_position():
        try:
            return {study.settings["dataset"]: study for study in stored_studies()}
        except StudyError as error:
            show_error(error)
    return {}


def choose_stored_study(studies: Mapping[str, Study], name: str, where: str) -> Study:
    """Show the choice among the studies and return the chosen one.

    name: of its data set, as chosen by now. where: in the session, what is chosen from now on.
    """
    st.segmented_control(
        "Data set of the stored study",
        list(studies),
        required=True,
        format_func=lambda each: data_title(studies[each]),
        label_visibility="collapsed",
        help="Which stored study to show. Acts at once.",
        **persistent(where, name),
    )
    return studies[name]
