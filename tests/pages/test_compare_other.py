"""Compare: the run beside the chosen one, in the address and on other pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._shared.plain import plain
from tests.conftest import copy_run
from tests.pages.comparing import COMPARE, boards, chooser, to_view
from tests.pages.crafted import set_state, unfinished
from tests.pages.doubles import ANNA, BEN, Browser, owner_of
from tests.pages.driving import act, calm, go, open_page, picker
from tests.pages.shown import words
from tests.pages.test_run_picker import BAD_IDS
from vae.runs.metadata import write_metadata
from vae.runs.run import Run


@pytest.fixture
def three(run: Run, code_run: Run, wide_run: Run, runs: Path) -> None:
    """A VAE, an autoencoder and a newer VAE."""
    set_state(run, "finished", created="2024-01-01T00:00")
    set_state(code_run, "finished", created="2023-01-01T00:00")
    set_state(copy_run(wide_run, runs / "wide"), "stopped", created="2025-01-01T00:00")


@pytest.mark.usefixtures("three")
class TestOther:
    def test_at_first_of_the_other_kind_on_the_same_data(self, color_run: Run) -> None:
        set_state(color_run, "stopped", created="2026-01-01T00:00")
        for chosen, other in (("finished", "code"), ("wide", "code"), ("code", "wide")):
            app = open_page("latent", run=chosen, **COMPARE)
            assert chooser(app).value == other
            assert app.query_params["with"] == other
            assert len(chooser(app).options) == 3

    def test_a_choice_goes_into_the_address_and_stays(self) -> None:
        app = act(chooser(open_page("latent", run="finished", **COMPARE)).set_value("wide"))
        assert app.query_params["with"] == "wide"
        boards(app, "finished", "wide")
        to_view(app, "Path")
        assert "with" not in app.query_params
        assert chooser(to_view(app, "Compare")).value == "wide"
        go(app, "generate")
        assert chooser(go(app, "latent")).value == "wide"
        assert app.query_params["with"] == "wide"

    def test_another_chosen_run_keeps_it_unless_it_is_the_same(self) -> None:
        app = act(chooser(open_page("latent", run="code", **COMPARE)).set_value("finished"))
        act(picker(app).set_value("wide"))
        assert chooser(app).value == "finished"
        act(picker(app).set_value("finished"))
        assert chooser(app).value == "code"
        act(picker(app).set_value("wide"))
        assert chooser(app).value == "finished"

    def test_a_link_names_both(self) -> None:
        app = open_page("latent", **{"run": "code", "with": "finished", **COMPARE})
        assert (picker(app).value, chooser(app).value) == ("code", "finished")
        app.query_params["with"] = "wide"
        assert chooser(calm(app.run())).value == "wide"
        assert not app.warning

    def test_a_link_that_names_one_twice(self) -> None:
        app = open_page("latent", **{"run": "finished", "with": "finished", **COMPARE})
        assert chooser(app).value == "code"

    @pytest.mark.parametrize("wrong", BAD_IDS[::4])  # all of them are tried as `run`
    def test_a_wrong_link(self, wrong: str) -> None:
        app = open_page("latent", **{"run": "finished", "with": wrong, **COMPARE})
        (warning,) = app.warning
        assert warning.value.startswith(plain(f"No run has this id. Received: {wrong!r:.80}."))
        assert chooser(app).value == "code"
        assert app.query_params["with"] == "code"

    def test_one_without_a_model_is_not_offered(self, run: Run, runs: Path) -> None:
        unfinished(run, runs / "early")
        app = open_page("latent", **{"run": "finished", "with": "early", **COMPARE})
        assert not [option for option in chooser(app).options if "early" in option]
        assert "There is no model to compare with yet" in words(app)
        assert chooser(app).value == "code"

    def test_a_deleted_one(self, code_run: Run) -> None:
        app = act(chooser(open_page("latent", run="wide", **COMPARE)).set_value("code"))
        write_metadata(code_run.path, deleted=1.0)
        assert chooser(calm(app.run())).value == "finished"

    @pytest.mark.parametrize("value", [3, ["x"], "../../etc", None])
    def test_a_session_with_nonsense(self, value: object) -> None:
        app = open_page("latent", run="finished", view="path")
        app.session_state["compare_layers"] = value
        app = to_view(app, "Compare")
        assert len(boards(app, "finished", "code")[0]["layers"]) in (0, 3)


class TestStrangers:
    def test_another_ones_run_opens_by_its_link_alone(
        self, run: Run, code_run: Run, browser: Browser
    ) -> None:
        write_metadata(run.path, owner=owner_of(BEN))
        write_metadata(code_run.path, owner=owner_of(ANNA))
        browser.take(BEN)
        app = open_page("latent", run=run.id, **COMPARE)
        assert "there must be another run" in words(app)
        assert "code" not in str(app)
        app = open_page("latent", **{"run": run.id, "with": "code", **COMPARE})
        assert chooser(app).options[0].endswith("opened by link, code")
        boards(app, "finished", "code")
        assert len(picker(app).options) == 1  # to compare with it is not to choose it
        calm(app.run())
        assert chooser(app).value == "code"
        to_view(app, "Path")
        assert "with" not in app.query_params
        assert "there must be another run" in words(open_page("latent", run=run.id, **COMPARE))
