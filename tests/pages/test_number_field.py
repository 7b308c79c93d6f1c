"""Fields for numbers outside the form: what acts at once, and what a button acts on."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import plain
from tests.pages.driving import act, calm, go, labelled, open_page, press
from tests.pages.shown import words
from tests.pages.test_controlled import late
from vae.runs.control import Segment
from vae.runs.run import Run


def seed(app: AppTest) -> Any:
    return labelled(app.text_input, "Seed")


def complaints(app: AppTest) -> list[str]:
    return [each.value[5:-1] for each in app.markdown if each.value.startswith(":red[")]


@pytest.mark.usefixtures("run")
class TestActsAtOnce:
    @pytest.mark.parametrize(
        ("text", "shown"), [("7", "7"), ("1e3", "1000"), ("1,000", "1000"), (" +12 ", "12")]
    )
    def test_a_number_as_people_write_it(self, text: str, shown: str) -> None:
        app = act(seed(open_page("generate")).set_value(text))
        assert seed(app).value == shown
        assert f"Seed {int(shown)}." in words(app)
        assert complaints(app) == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("2.7", "You typed “2.7”."),
            ("-1", "You typed “-1”."),
            ("2147483648", "You typed “2147483648”."),
            ("![x](//a.b)", "You typed “![x](//a.b)”."),
            ("", "The field is empty."),
        ],
    )
    def test_what_is_none_changes_nothing_and_is_said(self, text: str, said: str) -> None:
        app = act(seed(open_page("generate")).set_value("7"))
        act(seed(app).set_value(text))
        expected = f"Seed: A whole number from 0 to 2,147,483,647. {said} Still used: 7."
        assert complaints(app) == [plain(expected)]
        assert seed(app).value == text
        assert "Seed 7." in words(app)
        go(app, "latent")
        go(app, "generate")
        assert complaints(app) == [plain(expected)]
        act(seed(app).set_value("7"))
        assert complaints(app) == []

    def test_what_the_app_sets_replaces_it(self) -> None:
        app = act(seed(open_page("generate")).set_value("x"))
        press(app, "New samples")
        assert (seed(app).value, complaints(app)) == ("1", [])

    def test_a_seed_typed_and_again_pressed_in_the_same_moment(self) -> None:
        app = open_page("generate")
        seed(app).set_value("41")
        press(app, "New samples")
        assert seed(app).value == "42"

    def test_what_a_browser_sent_before_the_app_wrote_it_otherwise_means_the_same(self) -> None:
        app = open_page("generate")
        seed(app).set_value("1e3")
        late(app, lambda: None)
        assert (seed(app).value, complaints(app)) == ("1000", [])

    def test_a_number_of_another_run_that_this_one_lacks(self) -> None:
        app = open_page("latent", view="dimensions")
        act(labelled(app.segmented_control, "Around").set_value("image"))
        act(labelled(app.text_input, "Test image").set_value("360"))
        assert "from 0 to 359. You typed “360”. Still used: 0." in complaints(app)[0]
        act(labelled(app.segmented_control, "Around").set_value("mean"))
        assert complaints(app) == []  # nothing is wrong with a field that is not used


class TestButtons:
    def test_continue_waits_for_a_number(self, run: Run) -> None:
        app = open_page("train", run=run.id)
        act(app.segmented_control(key="train_view_control").set_value("Watch"))
        act(labelled(app.text_input, "More epochs").set_value("0"))
        assert "More epochs: A whole number from 1 to 500. You typed “0”." in complaints(app)
        assert labelled(app.button, "Continue").disabled
        act(labelled(app.text_input, "More epochs").set_value("1e1"))
        assert not labelled(app.button, "Continue").disabled

    @pytest.mark.parametrize(("text", "segments"), [("7", 1), ("x", 0)])
    def test_continue_pressed_in_the_same_moment(self, text: str, segments: int, run: Run) -> None:
        ended = run.epochs
        app = open_page("train", run=run.id)
        act(app.segmented_control(key="train_view_control").set_value("Watch"))
        labelled(app.text_input, "More epochs").set_value(text)
        press(app, "Continue")
        assert run.control.more == (Segment(ended, ended + 7),) * segments

    def test_measuring_waits_for_a_number(self, run: Run) -> None:
        app = open_page("evaluate", view="likelihood", run=run.id)
        samples = labelled(app.text_input, "Importance samples per image")
        act(samples.set_value("1,5"))
        assert complaints(app) == ["A whole number from 1 to 5,000. You typed “1,5”."]
        assert labelled(app.button, "Measure").disabled
        labelled(app.text_input, "Importance samples per image").set_value("1e3")
        assert not labelled(calm(app.run()).button, "Measure").disabled
