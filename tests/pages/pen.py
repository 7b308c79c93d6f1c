"""The drawing pad of the Draw view: what the browser sends of it, and what the page shows."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, calm, labelled
from tests.pages.shown import (
    picture,
)


def stroke() -> Image.Image:
    """What the pad makes of one stroke: white on black."""
    drawn = Image.new("RGB", (280, 280))
    ImageDraw.Draw(drawn).line([(60, 50), (90, 230)], "white", 24)
    return drawn


def content(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def draw(app: AppTest, image: Image.Image | None) -> AppTest:
    """Lift the pen from a drawing, or clear the pad."""
    url = ""
    if image is not None:
        url = "data:image/png;base64," + base64.b64encode(content(image)).decode()
    return send(app, url)


def pad_of(app: AppTest) -> str:
    """The key of the pad on the page: each link that is followed brings a new one."""
    return f"drawing_pad-{app.session_state['address_links']}"


def send(app: AppTest, drawing: Any) -> AppTest:
    """Send what may be a drawing, as the pad does."""
    app.session_state[pad_of(app)] = {"drawing": drawing}
    return calm(app.run())


def take(app: AppTest, source: str) -> AppTest:
    return act(labelled(app.segmented_control, "Picture").set_value(source))


def strip(app: AppTest, alt: str) -> np.ndarray | None:
    """The images of a strip, uint8 (N, H, W, C), or None if it is not there."""
    bodies = (each.proto.body for each in app.main.get("html"))
    found = [body for body in bodies if f'aria-label="{alt}"' in body]
    if not found:
        return None
    urls = re.findall(r"base64,([^\"]+)", *found)
    return np.stack([picture(base64.b64decode(each)) for each in urls])
