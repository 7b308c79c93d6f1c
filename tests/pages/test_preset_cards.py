"""Train: the presets as cards, and what differs from the chosen one."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.train import preset_cards
from tests.pages.driving import labelled, open_page
from tests.pages.form import fill
from tests.pages.shown import words
from vae.data.datasets import load_dataset
from vae.images import tile
from vae.preset_notes import PRESET_NOTES
from vae.presets import FEW_IMAGES, PRESETS
from vae.runs.run import Run
from vae.server.durations import run_seconds, time_in_words


def styles(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def cards(app: AppTest) -> list[str]:
    return list(labelled(app.segmented_control, "Preset").options)


def test_each_says_what_it_is_for_and_how_long_it_takes() -> None:
    data = load_dataset("digits")
    shown = cards(open_page("train", dataset="digits"))
    assert len(shown) == len(PRESETS)
    for text, (name, config) in zip(shown, PRESETS.items(), strict=True):
        seconds = run_seconds(config, data.image_shape, len(data.x_train), (), data.classes)
        note = PRESET_NOTES[name]
        assert text == f"**{note.title}** *{time_in_words(seconds)}* :small[{note.in_short}]"
        assert len(note.in_short) <= 65


def test_their_pictures_are_samples_of_the_models_that_ship(shipped: list[Run]) -> None:
    preset_cards._picture_style.clear()
    (url,) = re.findall(r"url\(data:image/webp;base64,([^)]*)\)", styles(open_page("train")))
    assert len(url) < 20_000
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(url))).convert("L"), np.float64)
    assert picture.shape == (84, 84 * len(PRESETS))
    for index, preset in enumerate(PRESETS):
        if preset == FEW_IMAGES:
            few = picture[:, 84 * index : 84 * (index + 1)]
            assert few.std() > 40  # nine samples, no black square
            continue
        run = next(r for r in shipped if (r.config.preset, r.dataset) == (preset, "mnist"))
        last = run.snapshot(run.snapshot_epochs[-1])
        shown = picture[:, 84 * index : 84 * (index + 1)]
        if run.config.has("classifier"):  # its confusion: what is right lies on the diagonal
            squares = shown[4::8, 4::8][:10, :10]
            assert squares[np.eye(10, dtype=bool)].min() > 200
            assert squares[~np.eye(10, dtype=bool)].mean() < 10
        else:
            assert np.abs(shown - tile(last["samples"][:9], 3, 3)[:, :, 0]).mean() < 8.0
    preset_cards._picture_style.clear()


def test_what_differs_from_the_preset_is_marked_and_told() -> None:
    app = open_page("train", preset="lecture")
    assert "label p::after" not in styles(app)
    assert "**Lecture**. " in words(app)
    fill(app, epochs=3, seed=7, kl_warmup=2)
    marked = re.findall(r"\.st-key-field-(\w+) label p::after", styles(app))
    assert sorted(marked) == ["epochs", "kl_warmup", "seed"]
    assert '" · 2 differ from Lecture"' in styles(app)
    assert (
        "**Lecture**, but epochs **3** instead of 50, kl warm-up **2** instead of 0, "
        "seed **7** instead of 0. " in words(app)
    )


@pytest.mark.parametrize(("name", "is_open"), [("epochs", False), ("seed", True)])
def test_a_refused_text_is_never_hidden(name: str, is_open: bool) -> None:
    app = fill(open_page("train"), **{name: "many"})
    (settings,) = app.expander
    assert settings.proto.expanded == is_open
    assert f"](#field-{name}): a whole number" in words(app)
