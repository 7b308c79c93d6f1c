"""A fragment runs again alone where it runs alone."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import streamlit as st

from pages._shared import rerun


@pytest.mark.parametrize(
    ("context", "scope"),
    [
        (SimpleNamespace(fragment_ids_this_run=["one"]), "fragment"),
        (SimpleNamespace(fragment_ids_this_run=[]), "app"),
        (SimpleNamespace(fragment_ids_this_run=None), "app"),
        (None, "app"),
    ],
)
def test_scope(
    context: SimpleNamespace | None, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_again = Mock()
    monkeypatch.setattr(st, "rerun", run_again)
    monkeypatch.setattr(rerun, "get_script_run_ctx", lambda: context)
    rerun.rerun_fragment()
    run_again.assert_called_once_with(scope=scope)
