"""What comes and goes on a page moves nothing else in Streamlit's tree of elements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from pages._components.data_url import as_data_url
from pages._shared import server
from tests.conftest import copy_run
from tests.pages.crafted import set_state, unfinished
from tests.pages.doubles import Browser
from tests.pages.driving import PAGES, act, calm, labelled, open_page, press
from tests.pages.shown import words
from tests.pages.test_likelihood_view import FOUND
from tests.pages.test_live_preview import publish
from vae.errors import RunError
from vae.images import to_png
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.server.queue import Queue

Positions = dict[tuple[str, str], list[tuple[int, ...]]]


def positions(app: AppTest) -> Positions:
    """Where each title, widget, picture and component is: the indices that lead to it."""
    found: Positions = defaultdict(list)

    def walk(block: Block, path: tuple[int, ...]) -> None:
        for index, child in block.children.items():
            if isinstance(child, Block):
                walk(child, (*path, index))
            elif name := _name(child):
                found[child.type, name].append((*path, index))

    walk(app.main, ())
    return found


def _name(element: Any) -> str:
    if element.type == "title":
        return "title"
    if element.type == "image":
        return element.proto.imgs[0].alt
    return getattr(element, "label", "") or getattr(element, "key", "") or ""


def check_stays(before: AppTest | Positions, after: AppTest, *, at_least: int = 1) -> None:
    """Check that what is on both is at the same position on both."""
    if isinstance(before, AppTest):
        before = positions(before)
    there = positions(after)
    both = {name for name in before.keys() & there.keys() if len(before[name]) == len(there[name])}
    assert len(both) >= at_least
    assert {name: there[name] for name in both} == {name: before[name] for name in both}


def no_such_page(page: str) -> AppTest:
    return open_page(page, missing="nowhere")


def no_such_run(page: str) -> AppTest:
    return open_page(page, run="nobody")


def damaged_file(page: str) -> AppTest:
    (server.store().list()[0].path / "likelihood.json").write_text("{")
    return open_page(page)


def deleted_run(page: str) -> AppTest:
    (run,) = server.store().list()
    copy_run(run, run.path.with_name("other"))
    return press(open_page(page, run="other"), "Delete this run")


def refused_name(page: str) -> AppTest:
    app = open_page(page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Queue, "rename", Mock(side_effect=RunError("It is not yours.")))
        return act(labelled(app.text_input, "Name of this run").set_value("Other"))


MESSAGES: dict[str, Callable[[str], AppTest]] = {
    "There is no page": no_such_page,
    "Shown instead": no_such_run,
    "cannot be read and is left out": damaged_file,
    "Deleted. You can undo this": deleted_run,
    "It is not yours.": refused_name,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_above_the_page(message: str, page: str, run: Run) -> None:
    before = positions(open_page(page))
    after = MESSAGES[message](page)
    assert message in words(after)
    check_stays(before, after, at_least=len(before))


@pytest.mark.parametrize("page", PAGES)
def test_no_run(page: str, run: Run) -> None:
    before = positions(open_page(page))
    server.store().delete(run)
    after = open_page(page)
    assert "No runs yet" in words(after)
    check_stays(before, after)


@pytest.mark.parametrize("page", PAGES)
def test_networks_that_are_being_made(page: str, finished_run: Run, runs: Path) -> None:
    run = unfinished(finished_run, runs / "imported")
    before = positions(open_page(page))
    server.queue().request(run, "export")
    after = open_page(page)
    assert "The networks of this run are being prepared" in words(after)
    check_stays(before, after)


@pytest.mark.parametrize("page", PAGES)
def test_a_browser_without_cookies(page: str, run: Run, browser: Browser) -> None:
    app = open_page(page, run=run.id)
    before = positions(app)
    app.session_state["visitor_cookie"] = {"refused": True}
    assert "Your browser keeps no cookie here" in words(calm(app.run()))
    check_stays(before, app, at_least=len(before))


def test_a_run_that_trains(busy: Run, finished_run: Run) -> None:
    publish(busy, finished_run, epoch=2)
    before = positions(open_page("latent"))
    assert ("toggle", "Follow") in before
    set_state(busy, "stopped")
    after = open_page("latent")
    assert ("toggle", "Follow") not in positions(after)
    check_stays(before, after, at_least=len(before) - 2)


@pytest.mark.parametrize(
    ("page", "wrong", "control"),
    [
        ("data", {"dataset": "none"}, "Data set"),
        ("train", {"dataset": "none"}, "Data set"),
        ("train", {"preset": "none"}, "Preset"),
        ("runs", {"view": "compare", "with": "nobody"}, "Runs to compare"),
    ],
)
def test_a_wrong_link(page: str, wrong: dict[str, str], control: str, run: Run, runs: Path) -> None:
    copy_run(run, runs / "other")
    right = {name: value for name, value in wrong.items() if name == "view"}
    before = positions(open_page(page, run="other", **right))
    after = open_page(page, run="other", **wrong)
    assert after.warning
    assert any(label == control for _, label in before)
    check_stays(before, after, at_least=len(before))


def drawing(ink: bool) -> str:
    image = np.zeros((28, 28, 1), np.uint8)
    image[8:20, 13:15] = 255 * ink
    return as_data_url(to_png(image))


@pytest.mark.parametrize("view", ["draw", "path"])
def test_a_drawing(view: str, run: Run) -> None:
    app = open_page("latent", view=view)
    before = positions(app)
    for ink in (True, False):
        app.session_state["drawing"] = drawing(ink)
        calm(app.run())
        check_stays(before, app, at_least=10)


def test_a_file_that_is_no_picture(run: Run) -> None:
    app = open_page("latent", view="draw")
    before = positions(app)
    assert ("image", "Reconstruction") in before
    app.session_state["uploaded_picture"] = "A picture was expected."
    act(labelled(app.segmented_control, "Picture").set_value("Upload"))
    assert [error.value for error in app.error] == ["A picture was expected."]
    check_stays(before, app, at_least=10)


def test_a_likelihood_that_is_measured(run: Run) -> None:
    before = positions(open_page("evaluate", view="likelihood"))
    RunWriter(run.path).figures("likelihood.json", {"none": FOUND})
    after = open_page("evaluate", view="likelihood")
    assert "Measure again" in [button.label for button in after.button]
    check_stays(before, after, at_least=len(before) - 1)
