"""Runs: all of them in one table, and what comparing several shows."""

from collections.abc import Callable

from pages._shared.stable_position import stable_position
from pages._shared.view_choice import choose_view
from pages.runs.compare_view import compare_view
from pages.runs.rate_distortion_view import rate_distortion_view
from pages.runs.sweeps_view import sweeps_view
from pages.runs.table_view import table_view

VIEWS: dict[str, Callable[[], None]] = {
    "Table": table_view,
    "Compare": compare_view,
    "Rate and distortion": rate_distortion_view,
    "Sweeps": sweeps_view,
}

view = choose_view("runs", VIEWS)
with stable_position():
    VIEWS[view]()
