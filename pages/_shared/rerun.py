"""Running a fragment again, where that is enough."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["rerun_fragment"]


def rerun_fragment() -> NoReturn:
    """Run the current fragment again; the whole page, where it runs as a part of the page."""
    context = get_script_run_ctx()
    is_fragment_run = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if is_fragment_run else "app")
