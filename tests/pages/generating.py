"""The Generate page's grid, for its tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from pages._shared.pictures import apart
from tests.pages.driving import calm
from tests.pages.shown import component
from vae.images import tile
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes


def grid(run: Run, rows: int, columns: int, spec: SampleSpec | None = None) -> np.ndarray:
    """The grid that files must hold."""
    return tile(run.decode(sample_codes(run, spec or SampleSpec(), rows * columns)), rows, columns)


def apart_grid(run: Run, rows: int, columns: int, spec: SampleSpec | None = None) -> np.ndarray:
    """The grid that the page must show."""
    images = run.decode(sample_codes(run, spec or SampleSpec(), rows * columns))
    return tile(apart(images), rows, columns)


def shown(app: AppTest, run: Run) -> dict[str, Any]:
    """What the browser was given of the grid."""
    return component(app, f"grid-{run.id}")


def control(app: AppTest, label: str) -> Any:
    """The one control with this label."""
    kinds = (app.slider, app.select_slider, app.text_input, app.toggle, app.selectbox)
    (found,) = (widget for kind in kinds for widget in kind if widget.label == label)
    return found


def arrange(app: AppTest, **values: Any) -> AppTest:
    """Move controls, named by their labels, and have the app run once."""
    for label, value in values.items():
        found = control(app, label.replace("_", " "))
        found.set_value(str(value) if found.type == "text_input" else value)
    return calm(app.run())


def pick(app: AppTest, run: Run, position: int) -> AppTest:
    """Click an image of the grid."""
    pick = {"grid": shown(app, run)["grid"], "index": position}
    app.session_state[f"grid-{run.id}"] = {"selection": pick}
    return calm(app.run())
