"""What the address holds, and when it has the last word."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import address
from tests.pages.driving import PAGES, act, calm, go, labelled, open_page, tour
from vae.runs.run import Run

# What each page puts there beside the run.
HELD = {
    "start": set(),
    "data": {"dataset", "view"},
    "train": {"view"},
    "latent": {"view"},
    "evaluate": {"view"},
    "generate": {"view"},
}


def view(app: AppTest) -> str:
    return labelled(app.segmented_control, "View").value


def show(app: AppTest, name: str) -> AppTest:
    return act(labelled(app.segmented_control, "View").set_value(name))


@pytest.mark.usefixtures("run")
class TestHeld:
    def test_a_page_holds_its_own_parameters_alone(self) -> None:
        for page, app in tour(epochs="3", nonsense="1", **{"with": "x"}):
            assert set(app.query_params) == {"run", *HELD[page]}

    @pytest.mark.parametrize("page", PAGES)
    def test_the_same_for_a_link(self, page: str) -> None:
        app = open_page(page, epochs="3", nonsense="1", **{"with": "x"})
        form = {"dataset", "preset", "epochs"} if page == "train" else set()
        assert set(app.query_params) == {"run", *HELD[page], *form}


@pytest.mark.usefixtures("run")
class TestRequested:
    def test_what_was_sent_before_the_address_arrived_undoes_nothing(self) -> None:
        app = open_page("latent")
        before = dict(app.query_params)
        show(app, "Draw")
        app.query_params.update(before)
        assert view(calm(app.run())) == "Draw"

    def test_nor_does_what_was_sent_between_two_that_were_on_their_way(self) -> None:
        app = open_page("latent")
        first = dict(app.query_params)
        second = dict(show(app, "Path").query_params)
        app.query_params.update(first)
        show(app, "Draw")
        app.query_params.update(second)
        assert view(calm(app.run())) == "Draw"

    def test_back_to_the_same_address_undoes_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app = open_page("latent")
        before = dict(app.query_params)
        show(app, "Draw")
        app.query_params.update(before)
        monkeypatch.setattr(address, "_is_back_or_forward", lambda: True)
        assert view(calm(app.run())) == "Map"

    def test_an_act_has_the_last_word_after_a_link(self) -> None:
        app = open_page("latent", view="draw")
        assert view(app) == "Draw"
        assert view(show(app, "Path")) == "Path"
        assert view(calm(app.run())) == "Path"
        assert view(go(go(app, "data"), "latent")) == "Path"

    def test_what_a_link_requests_of_one_page_is_not_requested_of_the_next(self, run: Run) -> None:
        app = open_page("data", view="draw", run=run.id)
        assert view(go(app, "latent")) == "Map"
