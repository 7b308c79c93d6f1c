"""What holds for every page: empty, with a run in any state, with damaged runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.pages.crafted import enqueue, set_state, unfinished
from tests.pages.driving import PAGES, act, go, open_page, picker, tour, watch
from tests.pages.shown import FIGURES, alternatives, choices, component, figures, numbers_of, words
from vae.runs.run import Run

# What a page says while there is nothing to show, beside the picker's words.
NOTHING = {
    "start": "random numbers become pictures nobody ever drew",
    "data": "The images that a model learns from.",
    "train": "Takes about",
    "latent": "There is no run yet: train one.",
    "evaluate": "Nothing has been measured yet",
    "generate": "There is no model yet",
}
# What a page says of a run that has learned nothing it could show.
WAITING = {
    "start": (
        "50 random codes, decoded after epoch 12.",
        "Clusters appear when the run has ended.",
    ),
    "evaluate": ("Nothing has been measured yet",),
    "generate": ("There is no model yet",),
}
# In its states: it waits for its start, it is asked for its model, it has none.
NO_SPACE = (
    "The model appears when the training has begun.",
    "Loading its model",
    "This run has no model yet. Continue it on the Train page",
)


class TestEmpty:
    @pytest.mark.parametrize("page", PAGES)
    def test_a_sentence(self, page: str) -> None:
        app = open_page(page)
        assert "No runs yet: train one on the Train page." in words(app)
        assert NOTHING[page] in words(app)
        assert "run" not in app.query_params

    def test_nothing_to_watch(self) -> None:
        assert "There is no run to watch yet: set one up." in words(watch(open_page("train")))

    @pytest.mark.parametrize("page", PAGES)
    def test_a_link_to_a_run_that_is_gone(self, page: str) -> None:
        app = open_page(page, run="0123456789abcdef")
        assert "No run has this id. Received: '0123456789abcdef'" in words(app)
        assert "Shown instead" not in words(app)
        assert NOTHING[page] in words(app)

    def test_runs_folder_that_does_not_exist(self, runs: Path) -> None:
        runs.rmdir()
        assert NOTHING["latent"] in words(open_page("latent"))
        runs.mkdir()


class TestFinished:
    @pytest.mark.usefixtures("run")
    @pytest.mark.parametrize("page", PAGES)
    def test_figures(self, page: str) -> None:
        app = open_page(page)
        if page == "train":
            watch(app)
        assert figures(app) == FIGURES[page]
        assert not app.error
        assert not app.warning
        assert app.query_params["run"] == "finished"

    @pytest.mark.usefixtures("run")
    def test_from_page_to_page(self) -> None:
        app = open_page("start")
        for page in (*PAGES[1:], *PAGES):
            go(app, page)
            assert picker(app).value == "finished"
            assert app.query_params["run"] == "finished"

    def test_every_shipped_run(self, shipped: list[Run]) -> None:
        assert shipped
        for page, app in tour():
            assert picker(app).value == shipped[0].id
            assert all(option.endswith("built-in") for option in choices(app))
            assert shows_model(page, app, shipped[0].id), page
            assert not app.error, page
            for run in (*shipped[1:], shipped[0]):
                act(picker(app).set_value(run.id))
                assert app.query_params["run"] == run.id
                assert shows(page, app, run), (page, run.id)
                assert not app.error, (page, run.id)

    def test_a_data_set_that_only_its_maker_has(self, convolutional_run: Run, runs: Path) -> None:
        # Colour pictures that are not square, in two classes.
        copy_run(convolutional_run, runs / "stripes")
        for page, app in tour():
            assert choices(app)[0].startswith("stripes · Custom (5-D)")
            assert shows_model(page, app, "stripes"), page
            assert not app.error, page

    @pytest.mark.parametrize("kind", ["line_run", "wide_run", "autoencoder_run"])
    def test_other_models(self, kind: str, runs: Path, request: pytest.FixtureRequest) -> None:
        copy_run(request.getfixturevalue(kind), runs / "other")
        for page, app in tour():
            assert shows_model(page, app, "other"), page
            assert not app.error, page


class TestStates:
    def test_queued(self, busy: Run, finished_run: Run, runs: Path) -> None:
        waiting = unfinished(finished_run, runs / "waiting")
        (waiting.path / "history.jsonl").unlink()
        enqueue(set_state(waiting, "queued"))
        for page, app in tour(run="waiting"):
            assert "Digits · Custom (2-D) · queued · yours, waiting" in choices(app)
            check_waiting(page, app)
            if page == "start":
                assert "The curves appear with the first steps." in words(app)
            if page == "train":
                assert "Number 2 in the queue: 1 run goes first, about 5 min." in words(app)
        loss = busy.history[-1]["val_loss"]
        assert choices(app)[0] == (
            f"Digits · Custom (2-D) · validation loss {loss:.1f} nats · training · yours, busy"
        )

    @pytest.mark.parametrize(
        ("state", "word", "bar"),
        [
            ("starting", "starting", "Starting: TensorFlow needs a few seconds."),
            ("training", "training", "Epoch 2 of 12 · step 3 of 25 · 5 min left"),
            (
                "paused",
                "paused",
                "Paused · Epoch 2 of 12 · step 3 of 25 · nothing is lost",
            ),
        ],
    )
    def test_under_way(self, state: str, word: str, bar: str, busy: Run) -> None:
        set_state(busy, state)
        for page, app in tour():
            assert f"· {word} · yours" in choices(app)[0]
            check_waiting(page, app)
            if page == "train":
                assert [element.text for element in app.progress] == [bar]
                # The newest snapshot; who wants to look back pauses the run.
                sliders = [slider.key for slider in app.select_slider]
                assert ("watched-busy_control" in sliders) == (state == "paused")
                assert numbers_of(app, "busy")["Test ELBO"] == "…"

    def test_at_the_end_it_measures(self, busy: Run) -> None:
        set_state(busy, "training", epoch=12, step=25)
        (bar,) = open_page("train").progress
        assert bar.value == 100
        assert bar.text == "Measuring on the test images and saving the model."

    @pytest.mark.parametrize("state", ["stopped", "diverged"])
    def test_ended_early_with_a_model(self, state: str, run: Run) -> None:
        set_state(run, state, reason="It went as it went.")
        for page, app in tour():
            assert f"· {state} · yours" in choices(app)[0]
            assert figures(app) == FIGURES[page]
            if page == "train":
                assert f"{state.capitalize()}. It went as it went." in words(app)

    def test_failed(self, finished_run: Run, runs: Path) -> None:
        failed = unfinished(finished_run, runs / "failed")
        set_state(failed, "failed", reason="This machine has too little memory.")
        for page, app in tour():
            assert "· failed · yours" in choices(app)[0]
            check_waiting(page, app)
            if page == "train":
                assert "Failed. This machine has too little memory." in words(app)

    @pytest.mark.parametrize("page", PAGES)
    def test_interrupted(self, page: str, finished_run: Run, runs: Path) -> None:
        # It says that it trains, but no process holds its lock.
        set_state(unfinished(finished_run, runs / "killed"), "training", epoch=2, step=3, steps=25)
        app = open_page(page)
        assert "· interrupted · yours" in choices(app)[0]
        if page == "train":
            watch(app)
            assert "Interrupted. The training process was ended from outside." in words(app)
        check_waiting(page, app)


def shows(page: str, app: AppTest, run: Run) -> bool:
    """Whether the page shows what a run has, of any kind."""
    if run.config.has("classifier"):
        return shows_classifier(page, app, run.id)
    if page == "latent" and not run.config.has("encoder"):
        return bool(component(app, f"samples-map-{run.id}")["extent"])
    return shows_model(page, app, run.id)


def shows_model(page: str, app: AppTest, run_id: str) -> bool:
    """Whether the page shows a picture, the map or the figures of this run."""
    if page == "evaluate":
        return bool(app.metric)
    if page == "latent":
        return bool(component(app, f"map-{run_id}")["extent"])
    if page == "generate":
        return component(app, f"grid-{run_id}")["rows"] == 10
    return bool(alternatives(app))


def shows_classifier(page: str, app: AppTest, run_id: str) -> bool:
    """Whether the page shows what a classifier says, or takes for what."""
    if page == "evaluate":
        return bool(app.metric)
    if page == "latent":
        return any("it says " in each.value.lower() for each in app.header)
    if page == "generate":
        return "You can take it away." in words(app)
    tables = [each.proto.body for each in app.main.get("html")]
    return page == "data" or any('class="confusion"' in table for table in tables)


def check_waiting(page: str, app: AppTest) -> None:
    """The page says what there is not yet, and shows what there is: the last snapshot."""
    for sentence in WAITING.get(page, ()):
        assert sentence in words(app)
    if page == "latent":
        assert any(sentence in words(app) for sentence in NO_SPACE)
    assert not app.error
