"""Settings that a link brings back, on a small page of their own."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import address
from tests.conftest import PATIENCE_SECONDS
from tests.pages.driving import act, calm, labelled


def small_page() -> None:
    import streamlit as st

    from pages._shared.address import address_of_page, address_of_part, set_parameter
    from pages._shared.linked import linked_choice, linked_choices, linked_number, linked_switch
    from pages._shared.persistent import persistent

    with address_of_page(), address_of_part("all"):
        set_parameter("view", "small")  # as each page has something of its own there
        color = linked_choice("color", "kept_color", ("Red", "Dark green"))
        st.radio("Color", ("Red", "Dark green"), **persistent("kept_color", color))
        sizes = linked_choices("sizes", "kept_sizes", ("s", "m", "l"), ("m",))
        st.multiselect("Sizes", ("s", "m", "l"), **persistent("kept_sizes", sizes))
        count = linked_number("count", "kept_count", -2, 9, 4)
        st.slider("Count", -2, 9, **persistent("kept_count", count))
        is_on = linked_switch("on", "kept_on")
        st.toggle("On", **persistent("kept_on", is_on))
        st.json([color, sizes, count, is_on])


FIRST = ["Red", ["m"], 4, False]
OTHER = ["Dark green", ["s", "l"], -1, True]
LINK = {"view": "small", "color": "dark-green", "sizes": "s l", "count": "-1", "on": "yes"}


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(small_page, default_timeout=PATIENCE_SECONDS)
    app.query_params.update(query)
    return calm(app.run())


def shown(app: AppTest) -> list[Any]:
    import json

    (found,) = app.json
    return json.loads(found.value)


def change_all(app: AppTest) -> AppTest:
    act(labelled(app.radio, "Color").set_value("Dark green"))
    act(labelled(app.multiselect, "Sizes").set_value(["s", "l"]))
    act(labelled(app.slider, "Count").set_value(-1))
    return act(labelled(app.toggle, "On").set_value(True))


def test_nothing_is_said_of_what_is_as_at_first() -> None:
    app = opened()
    assert shown(app) == FIRST
    assert app.query_params == {"view": "small"}


def test_the_link_of_what_was_chosen_brings_it_back() -> None:
    app = change_all(opened())
    assert shown(app) == OTHER
    assert app.query_params == LINK
    assert shown(opened(**app.query_params)) == OTHER


def test_an_act_after_a_link_has_the_last_word() -> None:
    app = act(labelled(opened(**LINK).slider, "Count").set_value(4))
    assert shown(app) == [*OTHER[:2], 4, True]
    assert "count" not in app.query_params


def test_none_of_several() -> None:
    app = act(labelled(opened().multiselect, "Sizes").set_value([]))
    assert app.query_params == {"view": "small", "sizes": "none"}
    assert shown(opened(sizes="none"))[1] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("color", "blue"),
        ("color", "<b>"),
        ("sizes", "s xl"),
        ("count", "10"),
        ("count", "4.5"),
        ("count", "9" * 5000),
        ("on", "perhaps"),
    ],
)
def test_what_cannot_be_read_is_as_at_first_and_leaves_the_address(name: str, text: str) -> None:
    app = opened(**{name: text})
    assert shown(app) == FIRST
    assert app.query_params == {"view": "small"}


def test_back_undoes_also_to_what_no_link_says(monkeypatch: pytest.MonkeyPatch) -> None:
    app = change_all(opened(on="yes"))
    app.query_params.clear()
    app.query_params.update(view="small", on="yes")
    monkeypatch.setattr(address, "_is_back_or_forward", lambda: True)
    assert shown(calm(app.run())) == [*FIRST[:3], True]


@pytest.mark.parametrize("value", [None, "x", 10**9, 2.5, [1], {"a": 1}, b"x"])
def test_a_session_with_nonsense(value: object) -> None:
    app = AppTest.from_function(small_page, default_timeout=PATIENCE_SECONDS)
    for where in ("kept_color", "kept_sizes", "kept_count", "kept_on"):
        app.session_state[where] = value
    assert shown(calm(app.run())) == FIRST
