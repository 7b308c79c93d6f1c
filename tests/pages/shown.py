"""What a page shows: its words, charts, components and pictures."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import UnknownElement

from tests.pages.driving import act, picker

PICTURES = ("pairs", "samples")  # of the learning board


SAYING = (
    *("title", "header", "markdown", "caption"),
    *("info", "warning", "error", "success", "progress", "metric"),
)


def words(app: AppTest) -> str:
    """All that a page says, in its order."""
    said = []
    for element in app.main:
        if element.type in SAYING:
            label = getattr(element, "label", "") or getattr(element, "text", "")
            said.append(f"{label}: {element.value}" if label else str(element.value))
    return "\n".join(said)


def chart(app: AppTest, key: str) -> dict[str, Any]:
    """The Plotly chart with this key, as the browser gets it."""
    element = app.main.get_by_key(key)
    assert isinstance(element, UnknownElement)
    return json.loads(element.proto.spec)


def charts(app: AppTest) -> list[str]:
    """The keys of all Plotly charts."""
    return [element.key for element in app.main.get("plotly_chart")]


def table_of_bars(app: AppTest, name: str) -> dict[str, list[float]]:
    """The numbers of each row of the bars with this name, from top to bottom."""
    (body,) = (
        each.proto.body
        for each in app.main.get("html")
        if f'<table class="bars" aria-label="{name}">' in each.proto.body
    )
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body)
    return {
        html.unescape(row): [
            float(each.replace(",", "")) for each in re.findall("<b>([^<]*)", rest)
        ]
        for row, rest in rows
    }


def names_of_bars(app: AppTest) -> list[str]:
    """The names of all bars that are shown."""
    bodies = [each.proto.body for each in app.main.get("html")]
    return [name for body in bodies for name in re.findall('class="bars" aria-label="(.*?)"', body)]


def numbers(values: Any) -> np.ndarray:
    """A Plotly array as NumPy has it, whether it was sent as JSON or as bytes."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.asarray(values)


def component(app: AppTest, key: str) -> dict[str, Any]:
    """What a component of our own was given; "png": the picture of a feed."""
    proto = app.main.get_by_key(key).proto
    if proto.WhichOneof("data") == "bytes":
        end = 4 + int.from_bytes(proto.bytes[:4], "little")
        return {**json.loads(proto.bytes[4:end]), "png": proto.bytes[end:]}
    (data,) = json.loads(proto.json)
    return data


def components(app: AppTest) -> list[str]:
    """The keys of all components of our own."""
    return [element.key for element in app.main.get("bidi_component")]


def board(app: AppTest, run_id: str) -> dict[str, Any]:
    """What the learning board of a run was given."""
    return component(app, f"board-{run_id}")


def numbers_of(app: AppTest, run_id: str) -> dict[str, str]:
    """The line of numbers of the learning board, by their names."""
    return {each["name"]: each["value"] for each in board(app, run_id)["numbers"]}


def decoded_url(address: str) -> bytes:
    """The file that a data URL holds."""
    return base64.b64decode(address.partition(",")[2])


def picture(content: bytes) -> np.ndarray:
    """A PNG file as an image (H, W, C), uint8."""
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    return pixels[..., None] if pixels.ndim == 2 else pixels


def shows(content: bytes, image: np.ndarray) -> bool:
    """Whether a PNG file is this image (H, W, C), uint8, enlarged by a whole factor."""
    shown = picture(content)
    scale = shown.shape[0] // image.shape[0]
    return np.array_equal(shown, image.repeat(scale, axis=0).repeat(scale, axis=1))


def alternatives(app: AppTest) -> list[str]:
    """What each picture says to who cannot see it, those of the learning board first."""
    boards = [
        component(app, element.key)
        for element in app.main
        if element.type == "bidi_component" and element.key.startswith("board-")
    ]
    on_boards = [shown["alt"][name] for shown in boards if shown["frames"] for name in PICTURES]
    return on_boards + [shown.alt for element in app.image for shown in element.proto.imgs]


def picture_called(app: AppTest, alt: str) -> str:
    """The address of the one picture that says this to who cannot see it."""
    (address,) = (
        shown.url for element in app.image for shown in element.proto.imgs if shown.alt == alt
    )
    return address


# The figures of a finished VAE with two dimensions: pictures, then charts.
FIGURES = {
    "start": (["A 10 by 10 grid of generated images"], []),
    "data": (["100 training images of Digits"], []),
    "train": (
        ["Test images above their reconstructions", "Samples from fixed codes"],
        [],
    ),
    "latent": (["Test image 0 and its reconstruction", "Nearest test images"], []),
    "evaluate": ([], []),
    "generate": ([], []),  # the grid: see test_generate
}


def choices(app: AppTest) -> list[str]:
    """The runs one can choose from, in words."""
    return picker(app).options


def figures(app: AppTest) -> tuple[list[str], list[str]]:
    return alternatives(app), charts(app)


def shown_code(app: AppTest, label: str) -> str:
    """Open an expander, and return the code in it."""
    app.session_state[f"code: {label}"] = True
    act(app)
    (code,) = app.code
    return code.value
