"""Data, Add your own: from files to a data set, and what is said of files that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.pages.doubles import ANNA, BEN, Browser
from tests.pages.driving import act, go, labelled, open_page, press
from tests.pages.shown import alternatives, table_of_bars, words
from vae.data.datasets import Dataset, load_dataset
from vae.data.own_set_changes import add_own
from vae.data.own_sets import own_sets
from vae.files import read_json


def zip_of(digits: Dataset, count: int = 120) -> bytes:
    """Digits dark on light, one folder a class, and what systems and people leave among them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for at, (image, label) in enumerate(
            zip(digits.x_train[:count], digits.y_train[:count], strict=True)
        ):
            picture = io.BytesIO()
            Image.fromarray(255 - image[:, :, 0]).save(picture, "PNG")
            archive.writestr(f"scans/{label}/{at}.png", picture.getvalue())
        archive.writestr("scans/.DS_Store", b"x")
        archive.writestr("scans/<b>notes</b>.txt", b"no picture")
    return buffer.getvalue()


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return act(labelled(app.file_uploader, "Pictures").set_value((name, content, "")))


def add_page() -> AppTest:
    return open_page("data", view="add-your-own")


def test_a_zip_becomes_a_data_set(digits: Dataset) -> None:
    app = upload(add_page(), "my scans.zip", zip_of(digits))
    assert "They came grey, all **8\u00a0×\u00a08** pixels, all square." in words(app)
    assert alternatives(app) == [
        "8 pictures, and below each the image that the network gets, inverted"
    ]
    counts = table_of_bars(app, "Images in each class")
    assert {name: sum(values) for name, values in counts.items()} == {
        str(label): count for label, count in enumerate(np.bincount(digits.y_train[:120]))
    }
    assert "Only 9" in app.warning[0].value
    assert [each.label for each in app.expander] == ["1 file left out"]
    assert own_sets() == []  # nothing is stored before the click
    act(labelled(app.text_input, "Description").set_value("scanned"))
    press(app, "Add this data set")
    assert not app.exception
    (own,) = own_sets()
    assert (own.name, own.note, own.image_shape) == ("my scans", "scanned", (8, 8, 1))
    assert [each.value for each in app.toast] == [
        "Added my scans. It is chosen on the Train page too."
    ]
    assert app.query_params["dataset"] == own.fingerprint[:16]
    known = {each.tobytes() for each in digits.x_train}
    assert all(each.tobytes() in known for each in load_dataset("my scans").x_train)


def test_pictures_that_were_not_added_are_not_kept(digits: Dataset) -> None:
    app = upload(add_page(), "scans.zip", zip_of(digits, 30))
    assert set(app.session_state["page_memory"][1]) == {
        "arrays",
        "contents",
        "first",
        "sample",
        "whole",
    }
    go(app, "train")
    assert "page_memory" not in app.session_state
    app = upload(add_page(), "scans.zip", zip_of(digits, 30))
    act(labelled(app.segmented_control, "View").set_value("Images"))
    assert app.session_state["page_memory"][1] == {}


def test_a_choice_changes_the_preview(digits: Dataset) -> None:
    app = upload(add_page(), "scans.zip", zip_of(digits, 30))
    act(labelled(app.select_slider, "Size").set_value(16))
    act(labelled(app.segmented_control, "Channels").set_value("Colour"))
    act(labelled(app.segmented_control, "Invert").set_value("No"))
    assert alternatives(app) == ["8 pictures, and below each the image that the network gets"]
    press(app, "Add this data set")
    data = load_dataset("scans")
    assert data.image_shape == (16, 16, 3)
    assert np.median(data.x_train[:, 0]) > 128  # the paper is still white


def test_the_set_is_trained_on_and_named_where_it_goes(digits: Dataset, runs: Path) -> None:
    own = add_own(Dataset.from_arrays("shells", digits.x_train[:100], digits.y_train[:100]))
    app = press(open_page("train", dataset=own.fingerprint[:16]), "Train")
    run = read_json(runs / app.query_params["run"] / "config.json")
    assert (run["dataset"], run["fingerprint"]) == ("shells", own.fingerprint)
    app = go(app, "data")
    run_id = app.query_params["run"]
    act(labelled(app.text_input, "Name").set_value("sea"))
    assert [each.name for each in own_sets()] == ["sea"]
    assert app.segmented_control(key="data_page_dataset").value == "sea"
    act(labelled(app.text_input, "Name").set_value("mnist"))
    assert "which is taken" in app.error[0].value
    act(labelled(app.checkbox, "Delete it for good").check())
    assert f"measured: {run_id[:4]}" in words(app).replace("\\", "")
    press(app, "Delete this data set")
    assert own_sets() == []
    assert app.query_params["dataset"] == "digits"


BAD = {
    "nothing": ("a.zip", b"", "Received"),
    "no zip": ("a.zip", b"PK\x03\x04 no zip", "Received"),
    "no picture": ("a.png", b"\x89PNG no picture", "At least one picture was expected"),
    "svg": ("<img src=x>.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "At least one"),
    "pickle": ("a.npy", b"", "Received"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_named(kind: str) -> None:
    name, content, said = BAD[kind]
    if kind == "pickle":
        buffer = io.BytesIO()
        np.save(buffer, np.array([{}, {}], dtype=object), allow_pickle=True)
        content = buffer.getvalue()
    app = upload(add_page(), name, content)
    assert said in app.error[0].value
    assert not app.exception
    assert "/vae-upload" not in app.error[0].value  # a folder that is gone again
    assert not [each for each in app.button if each.label == "Add this data set"]


def test_strangers_do_not_see_it(browser: Browser, digits: Dataset) -> None:
    browser.take(ANNA)
    app = upload(add_page(), "shells.zip", zip_of(digits))
    assert "Only you, in this browser, see the data set." in words(app)
    press(app, "Add this data set")
    link = app.query_params["dataset"]
    browser.take(BEN)
    for address in (link, "shells"):
        app = open_page("data", dataset=address)
        assert "shells" not in app.segmented_control(key="data_page_dataset").options
        assert len(app.warning) == 1
        assert app.query_params["dataset"] == "digits"
    browser.take(ANNA)
    assert open_page("data", dataset=link).segmented_control(key="data_page_dataset").value == (
        "shells"
    )


def test_arrays_whose_names_say_nothing_are_picked(digits: Dataset) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, first=digits.x_train[:90, :, :, 0], second=digits.y_train[:90])
    app = upload(add_page(), "mine.npz", buffer.getvalue())
    act(labelled(app.selectbox, "Array of the labels").set_value("second"))
    press(app, "Add this data set")
    assert load_dataset("mine").classes == 10


def test_what_was_downloaded_comes_back(digits: Dataset) -> None:
    own = add_own(Dataset.from_arrays("shells", digits.x_train[:100], digits.y_train[:100]))
    app = upload(add_page(), "shells.npz", own.path.read_bytes())
    assert labelled(app.text_input, "Name").value == "shells 2"
    press(app, "Add this data set")
    again = load_dataset("shells 2")
    assert (len(again.x_train), len(again.x_test)) == (own.training_images, own.test_images)
    assert {each.tobytes() for each in again.x_test} == {
        each.tobytes() for each in load_dataset("shells").x_test
    }
