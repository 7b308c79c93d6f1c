"""What is typed into the form of the Train page: read as people write it, kept, or refused."""

from __future__ import annotations

from typing import NoReturn

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from pages._shared import server, typed_field
from pages._shared.plain import plain
from tests.pages.driving import act, calm, go, labelled, open_page, press
from tests.pages.form import (
    SET_UP,
    as_form,
    can_train,
    complaints,
    control,
    fill,
    form,
    problem,
)
from tests.pages.shown import words
from tests.pages.test_controlled import late
from vae.config.setting_text import read_setting
from vae.config.settings import setting
from vae.presets import PRESETS

WHOLE = "A whole number from 1 to 500."


def change_before_its_values_arrive(preset: str, name: str, text: str) -> AppTest:
    """Choose a preset, and change a field of the form that the browser shows until it has them."""
    app = open_page("train")
    field = control(app, name)
    app.segmented_control(key="form_preset").set_value(preset)
    before = field.value
    field.set_value(text)
    sent = app._tree.get_widget_states()
    field.set_value(before)
    calm(app.run())
    return calm(app._run(sent))


class TestTyped:
    """What is typed is what trains, or the field says what was wrong."""

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("batch_size", "1e3", 1000),
            ("batch_size", "1,000", 1000),
            ("batch_size", "1 000", 1000),
            ("batch_size", " +64 ", 64),
            ("epochs", "1e2", 100),
            ("epochs", "7.0", 7),
            ("beta", "0,5", 0.5),
            ("learning_rate", "0,001", 0.001),
            ("learning_rate", "1e-3", 0.001),
            ("learning_rate", "5×10^−4", 0.0005),
            ("seed", "2,147,483,647", 2**31 - 1),
        ],
    )
    def test_a_number_as_people_write_it(self, name: str, text: str, value: float) -> None:
        app = fill(open_page("train"), **{name: text})
        config = PRESETS["recommended"].replace(**{name: value})
        assert form(app) == as_form(config)
        assert can_train(app)
        assert read_setting(name, app.query_params.get(name, text)) == value
        assert form(open_page("train", **app.query_params)) == form(app)

    @pytest.mark.parametrize("stopped_in", ["typed_text", "forget_typed", "accept"])
    def test_a_callback_that_the_next_message_stops(
        self, stopped_in: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a click right after Enter does: Streamlit does not call it again."""
        app = open_page("train")
        whole = getattr(typed_field, stopped_in)

        def stop(*_: object) -> NoReturn:
            monkeypatch.setattr(typed_field, stopped_in, whole)
            raise StopException

        monkeypatch.setattr(typed_field, stopped_in, stop)
        labelled(app.text_input, "Epochs").set_value("1e2")
        calm(app.run())
        assert form(calm(app.run())) == as_form(PRESETS["recommended"].replace(epochs=100))

    def test_what_cannot_be_read_and_is_stopped_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = open_page("train")
        whole = typed_field.typed_text

        def stop(*_: object) -> NoReturn:
            monkeypatch.setattr(typed_field, "typed_text", whole)
            raise StopException

        monkeypatch.setattr(typed_field, "typed_text", stop)
        labelled(app.text_input, "Epochs").set_value("2000")
        calm(app.run())
        assert f"{WHOLE} You typed “2000”." in words(calm(app.run()))
        assert not can_train(app)

    @pytest.mark.parametrize(
        ("name", "text", "complaint"),
        [
            ("epochs", "2000", f"{WHOLE} You typed “2000”."),
            ("epochs", "2.7", f"{WHOLE} You typed “2.7”."),
            ("epochs", "", f"{WHOLE} The field is empty."),
            (
                "epochs",
                "ten [x](//a.b) ",
                f"{WHOLE} You typed “ten [x](//a.b)”.",
            ),
            ("epochs", "9" * 5000, f"{WHOLE} You typed “{'9' * 29}…”."),
            ("latent_dim", "0", "A whole number from 1 to 128. You typed “0”."),
            ("learning_rate", "-1", "A number from 1e-07 to 10. You typed “-1”."),
            ("learning_rate", "1e-400", "A number from 1e-07 to 10. You typed “1e-400”."),
            ("beta", "1,500", "Is it 1.5 or 1500? You typed “1,500”."),
        ],
    )
    def test_what_cannot_be_trained_with(self, name: str, text: str, complaint: str) -> None:
        app = fill(open_page("train", preset="lecture"), **{name: text})
        assert complaints(app) == [plain(complaint)]
        assert control(app, name).value == text
        assert problem(app).startswith(f"{setting(name).label}: a ")
        assert app.query_params == {**SET_UP, "preset": "lecture"}
        go(app, "latent")
        go(app, "train")
        assert complaints(app) == [plain(complaint)]
        assert control(app, name).value == text
        fill(app, **{name: getattr(PRESETS["lecture"], name)})
        assert can_train(app)

    def test_a_bad_value_takes_the_one_before_out_of_the_address(self) -> None:
        app = fill(open_page("train", preset="lecture"), epochs=30, batch_size=64)
        assert app.query_params["epochs"] == "30"
        fill(app, epochs="2000")
        assert app.query_params == {**SET_UP, "preset": "lecture", "batch_size": "64"}
        fill(app, beta=2.0)
        assert app.query_params["beta"] == "2"

    def test_train_pressed_in_the_same_moment(self) -> None:
        app = open_page("train")
        control(app, "epochs").set_value("2000")
        press(app, "Train")
        assert "A whole number from 1 to 500." in complaints(app)[0]
        assert server.store().list() == []
        app = open_page("train")
        control(app, "epochs").set_value("3e0")
        press(app, "Train")
        (run,) = server.store().list()
        assert run.config == PRESETS["recommended"].replace(epochs=3)

    def test_a_preset_sets_also_what_was_typed_wrongly(self) -> None:
        app = fill(open_page("train"), epochs="2000", beta="x", hidden="x")
        act(app.segmented_control(key="form_preset").set_value("lecture-fast"))
        assert form(app) == as_form(PRESETS["lecture-fast"])
        assert can_train(app)

    def test_what_a_browser_sends_before_it_has_a_preset_does_not_undo_it(self) -> None:
        app = open_page("train")
        app.segmented_control(key="form_preset").set_value("lecture")
        late(app, lambda: None)  # the click on the preset, and a second one before its answer
        assert form(app) == as_form(PRESETS["lecture"])
        assert app.query_params == {**SET_UP, "preset": "lecture"}

    @pytest.mark.parametrize(
        ("name", "text"), [("epochs", "7"), ("learning_rate", "2e-3"), ("optimizer", "sgd")]
    )
    def test_what_is_changed_before_the_values_of_a_preset_arrive_stays(
        self, name: str, text: str
    ) -> None:
        app = change_before_its_values_arrive("lecture", name, text)
        value = read_setting(name, text)
        assert form(app) == as_form(PRESETS["lecture"].replace(**{name: value}))
        assert form(calm(app.run())) == as_form(PRESETS["lecture"].replace(**{name: value}))

    def test_what_cannot_be_read_before_the_values_of_a_preset_arrive_is_said(self) -> None:
        app = change_before_its_values_arrive("lecture", "epochs", "2000")
        assert complaints(app) == [plain(f"{WHOLE} You typed “2000”.")]
        assert control(app, "epochs").value == "2000"

    def test_a_field_keeps_its_key_while_the_user_types(self) -> None:
        app = open_page("train")
        key = control(app, "batch_size").key
        for text in ("1e3", "x", "64", "1 000"):
            assert control(fill(app, batch_size=text), "batch_size").key == key
