"""Compare: which runs, in the address and for whom, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages._shared.plain import plain
from tests.conftest import copy_run
from tests.kinds import Kinds
from tests.pages.comparing import boards, chooser, open_compare, to_view
from tests.pages.crafted import set_state, unfinished
from tests.pages.doubles import ANNA, BEN, Browser, owner_of
from tests.pages.driving import act, calm, go, open_page
from tests.pages.shown import component, components, words
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
class TestChoice:
    def test_at_first_the_chosen_one_and_one_of_another_kind(self, color_run: Run) -> None:
        set_state(color_run, "stopped", created="2026-01-01T00:00")
        app = open_page("runs", view="compare", run="finished")
        assert chooser(app).value == ["finished", "code"]
        assert app.query_params["with"] == "finished/code"
        assert len(chooser(app).options) == 4

    def test_a_choice_goes_into_the_address_and_stays(self) -> None:
        app = act(chooser(open_compare("finished", "code")).set_value(["wide", "finished"]))
        assert app.query_params["with"] == "wide/finished"
        boards(app, "wide", "finished")
        to_view(app, "Table")
        assert "with" not in app.query_params
        assert chooser(to_view(app, "Compare")).value == ["wide", "finished"]
        go(app, "generate")
        assert chooser(go(app, "runs")).value == ["wide", "finished"]

    def test_a_link_that_names_one_gets_another_beside_it(self) -> None:
        assert chooser(open_compare("code")).value == ["code", "wide"]
        assert chooser(open_compare("finished", "finished")).value == ["finished", "code"]

    def test_one_alone_is_asked_for_another(self) -> None:
        app = act(chooser(open_compare("finished", "code")).set_value(["code"]))
        assert chooser(app).value == ["code"]
        assert "Choose two to eight runs" in words(app)
        assert components(app) == []

    def test_nine(self, run: Run, runs: Path) -> None:
        names = [f"copy-{number}" for number in range(9)]
        for name in names:
            copy_run(run, runs / name)
        app = open_compare(*names, part="numbers")
        assert chooser(app).value == names[:8]
        (warning,) = (each for each in app.warning if "At most 8" in each.value)
        assert warning.value.endswith("Received: 9")

    @pytest.mark.parametrize("wrong", BAD_IDS[::4])  # all of them are tried as `run`
    def test_a_wrong_link(self, wrong: str) -> None:
        app = open_compare("finished", wrong, "code")
        assert chooser(app).value == ["finished", "code"]
        if wrong.strip("/"):  # what stands between two ids is no id
            assert "No run has this id." in " ".join(each.value for each in app.warning)

    def test_a_deleted_one(self, code_run: Run) -> None:
        app = open_compare("finished", "code")
        write_metadata(code_run.path, deleted=1.0)
        assert chooser(calm(app.run())).value == ["finished"]
        again = open_compare("finished", "code", "wide")
        assert plain("No run has this id. Received: 'code'") in words(again)
        assert chooser(again).value == ["finished", "wide"]

    @pytest.mark.parametrize("value", [3, ["x"], [None], "../../etc", None])
    def test_a_session_with_nonsense(self, value: object) -> None:
        app = open_compare("finished", "code")
        app.session_state["compared_runs"] = value
        assert "Choose two to eight runs" in words(calm(app.run()))


def test_fewer_than_two_runs(run: Run) -> None:
    assert "there must be two runs" in words(open_compare())


def test_another_ones_run_opens_by_its_link_alone(
    run: Run, code_run: Run, browser: Browser
) -> None:
    write_metadata(run.path, owner=owner_of(BEN))
    write_metadata(code_run.path, owner=owner_of(ANNA))
    browser.take(BEN)
    app = open_compare(run.id)
    assert "there must be two runs" in words(app)
    assert "code" not in str(app)
    app = open_compare(run.id, "code")
    assert chooser(app).options[1].endswith("opened by link, code")
    boards(app, "finished", "code")
    assert chooser(calm(app.run())).value == ["finished", "code"]


class TestCurves:
    def test_seeds_are_one_curve_and_what_is_shown_is_in_the_address(
        self, run: Run, runs: Path
    ) -> None:
        from vae.files import read_json, write_json

        other = copy_run(run, runs / "seed")
        info = read_json(other.path / "config.json")
        info["config"]["seed"] = 9
        write_json(other.path / "config.json", info)
        app = open_compare("finished", "seed", part="curves", x="steps", smoothing="0.5")
        (key,) = (name for name in components(app) if name.startswith("overlay-"))
        shown = component(app, key)
        assert [group["label"][-7:] for group in shown["groups"]] == ["2 seeds"]
        assert shown["axis"] == "step"
        curve = shown["panels"][0]["curves"][0]
        steps = run.steps_per_epoch
        assert curve["x"] == [steps * float(row["epoch"]) for row in run.history]
        assert curve["spread"] == [0.0] * len(run.history)
        assert app.query_params["smoothing"] == "0.5"

    def test_a_run_without_a_history_is_named(self, run: Run, runs: Path) -> None:
        early = unfinished(run, runs / "early")
        (early.path / "history.jsonl").write_text("{")
        app = open_compare("finished", "early", part="curves")
        assert "Without " in words(app)
        assert not app.error


def test_every_part_of_kinds_that_lack_something(run: Run, kinds: Kinds, runs: Path) -> None:
    copy_run(kinds["classifier-convolutional"], runs / "classifier")
    copy_run(kinds["gan-dense"], runs / "gan")
    for part in ("curves", "numbers", "images", "maps"):
        app = open_compare("finished", "classifier", "gan", part=part)
        assert not app.error
        assert "different kinds of models" in " ".join(each.value for each in app.warning)
    images = " ".join(
        each.proto.body
        for each in open_compare("finished", "gan", "classifier", part="images").main.get("html")
    )
    assert images.count("reconstructs no image.") == 2
    assert images.count("makes no images.") == 1
