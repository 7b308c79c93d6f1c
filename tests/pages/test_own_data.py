"""A run of one's own data set on every page: what needs no images works, the rest says why not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pages._shared.server import queue
from tests.conftest import copy_run
from tests.pages.crafted import craft, epochs
from tests.pages.driving import act, labelled, open_page, tour, watch
from tests.pages.pen import content
from tests.pages.shown import picture, picture_called, words
from vae.data.datasets import Dataset
from vae.data.importing.treatment import Treatment
from vae.data.own_set_changes import add_own, update_own
from vae.files import read_json, write_json
from vae.runs.run import Run, open_run

MISSING = "the images of “stripes”, a data set that only its maker has"


@pytest.fixture
def own(convolutional_run: Run, runs: Path) -> Run:
    """The only run of the server."""
    return copy_run(convolutional_run, runs / "stripes")


def test_every_page_shows_it(own: Run) -> None:
    for _, app in tour():
        assert not app.error


def test_one_whose_images_are_kept_misses_nothing(own: Run, stripes: Dataset) -> None:
    kept = add_own(stripes)
    for name, app in tour():
        assert not app.error, name
        assert MISSING not in words(app), name
    update_own(kept, name="bars")  # found by its content
    app = watch(open_page("train", run=own.id))
    assert not labelled(app.button, "Continue").disabled


def test_a_picture_is_treated_as_its_images(own: Run, stripes: Dataset) -> None:
    add_own(stripes)
    app = open_page("latent", run=own.id, view="draw")
    act(labelled(app.segmented_control, "Picture").set_value("Upload"))
    picture = io.BytesIO()
    Image.fromarray(stripes.x_test[0]).save(picture, "PNG")
    act(labelled(app.file_uploader, "Image file").set_value(("a.png", picture.getvalue(), "")))
    assert not app.error


def test_a_picture_is_padded_and_inverted_as_they_were(
    color_run: Run, pictures: dict[str, bytes]
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (9, 64, 64, 3), np.uint8)
    made = Treatment(64, color=True, fit="pad", invert="yes")
    own = add_own(Dataset.from_arrays("photos", images, treatment=made))
    path = color_run.path / "config.json"
    write_json(path, read_json(path) | {"dataset": "photos", "fingerprint": own.fingerprint})
    app = open_page("latent", run=color_run.id, view="draw")
    act(labelled(app.segmented_control, "Picture").set_value("Upload"))
    photo = Image.new("RGB", (40, 20), "navy")
    photo.paste("white", (10, 5, 20, 15))
    act(labelled(app.file_uploader, "Image file").set_value(("a.png", content(photo), "")))
    image = picture(pictures[picture_called(app, "Uploaded")])
    assert image.shape[0] == image.shape[1]  # the border was added, not half of it cut off
    middle, side = image.shape[0] // 2, image.shape[0] // 5
    assert image[middle, side].tolist() == pytest.approx([255, 255, 127], abs=3)
    assert image[3, middle].tolist() == pytest.approx([255, 255, 127], abs=3)
    assert image.min() < 3  # white became black


def test_it_cannot_resume_and_says_why(own: Run) -> None:
    app = watch(open_page("train", run=own.id))
    assert labelled(app.button, "Continue").disabled
    assert f"To continue, this run needs {MISSING}." in words(app)
    assert open_run(own.path).state == "finished"


def test_neither_can_one_that_is_paused(stripes: Dataset, runs: Path) -> None:
    run = craft(runs / "paused", stripes, state="paused", rows=epochs(50.0, 40.0))
    app = open_page("train", run=run.id)
    for label in ("Play", "Step batch", "Step epoch", "Stop"):
        assert labelled(app.button, label).disabled, label
    assert not app.toggle
    assert MISSING in words(app)


def test_one_that_trains_elsewhere_is_controlled(stripes: Dataset, runs: Path) -> None:
    run = craft(runs / "python", stripes, state="paused", rows=epochs(50.0, 40.0))
    with run.lock():  # its own Python has the images
        app = open_page("train", run=run.id)
        assert not labelled(app.button, "Play").disabled
        assert MISSING not in words(app)
        queue().resume(open_run(run.path), action="batch")
        assert open_run(run.path).control.action == "batch"


@pytest.mark.parametrize(
    ("page", "view"),
    [("latent", "knowledge"), ("evaluate", "likelihood"), ("latent", "draw")],
)
def test_what_needs_images_says_so(page: str, view: str, own: Run) -> None:
    app = open_page(page, run=own.id, view=view)
    assert MISSING in words(app)
    assert "Measure" not in [button.label for button in app.button]
