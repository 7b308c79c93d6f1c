"""What a user does in the views of Latent, as functions of the app, and ways through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from pages.latent import rotation
from tests.pages.driving import act, calm, labelled
from tests.pages.shown import component

__all__ = ["POSITION", "TURNED", "WAYS", "segment", "sends", "turned"]

Act = Callable[[AppTest], AppTest]


def choose(kind: str, label: str, value: Any) -> Act:
    return lambda app: act(labelled(app.get(kind), label).set_value(value))


def number(label: str, value: int) -> Act:
    return lambda app: act(labelled(app.text_input, label).set_value(str(value)))


def plane(name: str) -> Act:
    return lambda app: act(labelled(app.segmented_control, "Plane").set_value(name))


def selects(label: str, value: Any) -> Act:
    return lambda app: act(labelled(app.selectbox, label).set_value(value))


def segment(label: str, value: Any) -> Act:
    return lambda app: act(labelled(app.segmented_control, label).set_value(value))


def sends(key: str, **state: Any) -> Act:
    """Have the browser send something from a component; "plane" is the one that it shows."""

    def do(app: AppTest) -> AppTest:
        shown = component(app, key).get("plane")
        filled = {name: {**value, "plane": shown, "at": 1} for name, value in state.items()}
        app.session_state[key] = {"selection": None, "shown": None, **filled}
        return calm(app.run())

    return do


def sets(**state: Any) -> Act:
    """Put into the session what a component has had stored there; "plane" is the map's."""

    def do(app: AppTest) -> AppTest:
        for name, value in state.items():
            of_map = re.sub("-(view|atlas)$", "", name)
            plane = component(app, of_map)["plane"] if of_map != name else None
            app.session_state[name] = {**value, "plane": plane}
        return calm(app.run())

    return do


def turned(camera: dict[str, dict[str, float]]) -> Act:
    """Turn the cloud in space, as Plotly says it."""

    def do(app: AppTest) -> AppTest:
        app.session_state[rotation.TURNED] = "cloud3d-PCA-wide", camera
        return calm(app.run())

    return do


PART = {"left": -1.25, "right": 0.75, "bottom": -0.5, "top": 1.5}
TURNED = {
    "eye": {"x": -1.5, "y": 0.25, "z": 0.5},
    "center": {"x": 0.0, "y": 0.0, "z": -0.125},
    "up": {"x": 0.0, "y": 0.0, "z": 1.0},
}
POSITION = {"kind": "place", "x": 0.25, "y": -1.5}
IMAGE = {"kind": "image", "index": 17}
SHOWN = {"layers": ["images", "holes"], "hidden": [3, 5]}
WAYS: dict[str, tuple[str, list[Act]]] = {
    "a place on the map": ("map", [sends("map-wide", selection=POSITION)]),
    "an image on the map": ("map", [sends("map-wide", selection=IMAGE)]),
    "nothing on the map": ("map", [sends("map-wide", selection={"kind": "none"})]),
    "several images on the map": (
        "map",
        [sends("map-wide", selection={"kind": "selection", "indices": [3, 5, 8, 359]})],
    ),
    "a part of the map": ("map", [sets(**{"map-wide-view": PART, "map-wide-atlas": PART})]),
    "layers and classes": ("map", [sends("map-wide", shown=SHOWN)]),
    "two dimensions": (
        "map",
        [
            plane("Two dimensions"),
            selects("Across", 3),
            selects("Up", 39),
            selects("Others at", "A test image"),
            number("Test image", 7),
        ],
    ),
    "held at what was picked": (
        "map",
        [
            sends("map-wide", selection=POSITION),
            plane("Two dimensions"),
            selects("Others at", "The picked point"),
        ],
    ),
    "three pictures": (
        "map",
        [plane("Three pictures"), number("Second picture", 300), number("Third picture", 8)],
    ),
    "a picture": ("draw", [segment("Picture", "Test image"), number("Test image", 9)]),
    "other samples": ("draw", [lambda app: act(labelled(app.button, "New samples").click())]),
    "a path": (
        "path",
        [
            number("From test image", 12),
            number("To test image", 5),
            segment("Path", "spherical"),
            lambda app: act(labelled(app.slider, "Steps").set_value(7)),
        ],
    ),
    "two images by chance": (
        "path",
        [lambda app: act(labelled(app.button, "Two other images").click())],
    ),
    "dimensions": (
        "dimensions",
        [
            segment("Around", "image"),
            number("Test image", 17),
            lambda app: act(labelled(app.toggle, "All 40 dimensions").set_value(True)),
        ],
    ),
    "dots on a plane": (
        "projections",
        [
            number("Test image", 21),
            lambda app: act(labelled(app.slider, "Point size").set_value(8.5)),
            lambda app: act(labelled(app.slider, "Opacity").set_value(0.35)),
            sends("cloud-wide", shown={"layers": ["dots"], "hidden": [0]}),
        ],
    ),
    "several dots": (
        "projections",
        [sets(projection_selection={"kind": "selection", "indices": [0, 7, 40]})],
    ),
    "dots in space, turned": (
        "projections",
        [segment("Dimensions", 3), turned(TURNED)],
    ),
    "dots in space": ("projections", [segment("Dimensions", 3), number("Test image", 3)]),
}
