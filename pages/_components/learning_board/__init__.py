"""Learning in pictures: test images, reconstructions, samples, the latent map and the curves.

All of it is one component, so that all of it moves together and lies side by side or, on a phone,
one below the other. Between two moments the points of the map glide.
"""

from __future__ import annotations

from typing import Any

from pages._components.mounting import mounted
from vae.figures.class_looks import MARKS_SCRIPT, MARKS_STYLE
from vae.figures.svg import SVG_SCRIPT

__all__ = ["learning_board"]

_mount = mounted(
    __file__,
    "learning_board",
    str(SVG_SCRIPT),
    str(MARKS_SCRIPT),
    "../learning_curves/chart.js",
    "../cloud.js",
    "board.js",
    html="board.html",
    css=("../learning_curves/curves.css", "board.css", str(MARKS_STYLE)),
)


def learning_board(data: dict[str, Any], *, key: str) -> None:
    """Show the board.

    data: frames, each a moment (see `pages.train.learning_frames`), the last of which stays, and
    seconds, in which they are played; labels, and `class_looks` of the map's points; curves, as
    `learning_curves` has them; numbers (name, value, note).
    """
    _mount(key=key, data=data)
