"""The Projections view, for its tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, calm, labelled, open_page
from tests.pages.shown import component, numbers, picture
from vae.runs.run import Run


def see(**address: str) -> AppTest:
    return open_page("latent", view="projections", **address)


def board(app: AppTest, run: Run) -> dict[str, Any]:
    """What the board of dots was given."""
    return component(app, f"cloud-{run.id}")


def fed(app: AppTest, run: Run, name: str) -> dict[str, Any]:
    return component(app, f"feed-cloud-{run.id}-{name}")


def points(app: AppTest, run: Run) -> np.ndarray:
    """All dots (N, 2), in the order of the test images."""
    assert fed(app, run, "points")["id"] == board(app, run)["feeds"]["points"]
    return numbers({"bdata": fed(app, run, "points")["xy"], "dtype": "f4"}).reshape(-1, 2)


def tiles(app: AppTest, run: Run, key: str = "cloud") -> np.ndarray:
    """What a dot's picture beside the pointer shows, for each dot: uint8 (N, H, W, C)."""
    content = component(app, f"feed-{key}-{run.id}-tiles")
    sprite = picture(content["png"])
    columns, rows = content["columns"], content["rows"]
    height, width = sprite.shape[0] // rows, sprite.shape[1] // columns
    cut = sprite.reshape(rows, height, columns, width, -1).swapaxes(1, 2)
    return cut.reshape(rows * columns, height, width, -1)


def axes(app: AppTest, run: Run) -> tuple[str, ...]:
    return tuple(board(app, run)["names"])


def project(app: AppTest, kind: str) -> AppTest:
    return act(labelled(app.segmented_control, "Projection").set_value(kind))


def show_in_3d(app: AppTest) -> AppTest:
    return act(labelled(app.segmented_control, "Dimensions").set_value(3))


def pick(app: AppTest, picked: Any) -> AppTest:
    """Pick as the browser does."""
    app.session_state["projection_selection"] = picked
    return calm(app.run())


def image_number(app: AppTest) -> Any:
    return labelled(app.text_input, "Test image")
