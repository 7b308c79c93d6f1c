"""What a browser sent before the app moved a widget does not move it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.crafted import craft, epochs, ticket_of
from tests.pages.driving import act, calm, labelled, open_page, picker, press
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run

CONFIG = Config(latent_dim=2, epochs=12, beta=1.0)


@pytest.fixture
def run(runs: Path, digits: Dataset) -> Run:
    return craft(runs / "run", digits, CONFIG, "paused", epochs(40.0))


def late(app: AppTest, meanwhile: Callable[[], Any]) -> AppTest:
    """Do something, have it rendered, and only then take what the browser sent before."""
    sent = app._tree.get_widget_states()
    # A browser names a button only when it is pressed.
    states = [each for each in sent.widgets if each.WhichOneof("value") != "trigger_value"]
    del sent.widgets[:]
    sent.widgets.extend(states)
    meanwhile()
    calm(app.run())
    return calm(app._run(sent))


def beta(app: AppTest) -> Any:
    return labelled(app.select_slider, "Beta")


def test_a_cure_stays(run: Run) -> None:
    app = open_page("train")
    act(beta(app).set_value(100.0))
    late(app, lambda: run.requests.change(beta=1.0))
    assert run.control.settings == {"beta": 1.0}
    assert beta(calm(app.run())).value == 1.0


def test_the_user_has_the_last_word(run: Run) -> None:
    app = open_page("train")
    for value in (100.0, 0.5, 100.0):
        late(app, lambda: run.requests.change(beta=1.0))
        act(beta(app).set_value(value))
        assert run.control.settings == {"beta": value}
        assert beta(calm(app.run())).value == value


def test_a_widget_keeps_its_key_while_the_user_moves_it(run: Run) -> None:
    app = open_page("train")
    key = beta(app).key
    for value in (0.5, 2.0, 0.5):
        assert beta(act(beta(app).set_value(value))).key == key
    run.requests.change(beta=5.0)
    assert beta(calm(app.run())).key != key


def test_every_drawing_tells_where_it_stands(run: Run, runs: Path, digits: Dataset) -> None:
    """Else the browser takes the first choice, where a drawing was broken off and never arrived."""
    craft(runs / "other", digits, CONFIG, "paused", epochs(40.0))
    app = open_page("train", run="run")
    for _ in range(2):
        assert picker(app).proto.set_value
        assert beta(app).proto.set_value
        calm(app.run())


def test_a_run_that_was_chosen_elsewhere_stays(run: Run, runs: Path, digits: Dataset) -> None:
    craft(runs / "other", digits, CONFIG, "paused", epochs(40.0))
    app = open_page("train", run="run")
    late(app, lambda: app.query_params.update(run="other"))
    assert picker(app).value == "other"
    act(picker(app).set_value("run"))
    assert picker(app).value == "run"


@pytest.mark.usefixtures("busy")  # so that it stands in the line until it is paused
def test_slow_motion_that_ended_stays_off(run: Run) -> None:
    app = open_page("train", run="run")
    act(labelled(app.toggle, "Slow motion").set_value(True))
    assert ticket_of(run) is not None
    late(app, lambda: press(app, "Pause"))
    assert (Run(run.path).state, ticket_of(run)) == ("paused", None)  # no step was asked for
    assert not labelled(app.toggle, "Slow motion").value
