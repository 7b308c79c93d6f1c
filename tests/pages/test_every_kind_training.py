"""Every action of a training, and of the menu, with a run of every kind.

Of the pages alone: what a network is made of is nothing to them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import change_status, copy_run
from tests.kinds import EACH_KIND, Kinds, config_of, with_codes
from tests.pages.crafted import ticket_of
from tests.pages.driving import PAGES, act, healthy, labelled, open_page, press, watch
from tests.pages.form import fill
from tests.pages.shown import component, words
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.data.datasets import Dataset
from vae.runs.control import LIVE_SETTINGS, Segment
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore

STEPS = ("Step batch", "Step epoch")
Downloads = dict[str, Callable[[], bytes]]


@pytest.fixture(scope="module")
def stepped(
    kinds: Kinds, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Run]:
    """A run of each that has taken a single step of its second epoch, and waits."""
    from vae.training.train import carry_out

    def run_of(name: str) -> Run:
        run = copy_run(kinds[name], tmp_path_factory.mktemp("stepped") / name)
        run.requests.resume(1)
        run.requests.send("batch")

        def is_taken() -> bool:
            return Run(run.path).status.get("kept") == [2, 1]

        return carry_out(run, digits, should_end=is_taken)

    return run_of


@pytest.mark.parametrize("name", EACH_KIND)
class TestTraining:
    def test_in_slow_motion(
        self, name: str, kinds: Kinds, stepped: Callable[[str], Run], runs: Path
    ) -> None:
        if name not in with_codes(EACH_KIND):
            app = watched(change_status(copy_run(kinds[name], runs / "run"), state="paused"))
            assert not [each for each in app.toggle if each.label == "Slow motion"]
            return
        run = copy_run(stepped(name), runs / "run")
        app = watched(run)
        labelled(app.toggle, "Slow motion").set_value(True)
        healthy(app.run())
        assert run.control.action == "batch"
        shown = component(app, "slow-motion-run")
        assert shown

    def test_it_is_set_up_and_started(self, name: str, runs: Path) -> None:
        config = config_of(name)
        app = fill(open_page("train", dataset="digits"), kind=config.kind)
        wanted = {"network": config.network, "conditional": config.conditional, "latent_dim": 3}
        app = fill(app, **{each: value for each, value in wanted.items() if config.uses(each)})
        healthy(app)
        press(app, "Train")
        (run,) = server.store().list()
        trained = run.config
        assert (trained.kind, trained.network) == (config.kind, config.network)
        assert trained.conditional == config.conditional
        assert run.state == "queued"
        assert run.info["images"] == 1437

    @pytest.mark.usefixtures("busy")  # so that it stands in the line until it is stopped
    def test_a_finished_one_resumes_for_more_epochs(
        self, name: str, kinds: Kinds, runs: Path
    ) -> None:
        run = copy_run(kinds[name], runs / "run")
        app = watch(open_page("train", run="run"))
        act(labelled(app.text_input, "More epochs").set_value("7"))
        press(app, "Continue")
        healthy(app)
        assert (run.control.more, Run(run.path).state) == ((Segment(1, 8),), "queued")
        press(app, "Stop")
        assert (Run(run.path).state, ticket_of(run)) == ("stopped", None)

    @pytest.mark.parametrize("label", ["Play", *STEPS, "Stop"])
    def test_a_paused_one(self, name: str, label: str, kinds: Kinds, runs: Path) -> None:
        run = change_status(copy_run(kinds[name], runs / "run"), state="paused")
        app = press(watched(run), label)
        healthy(app)
        assert Run(run.path).state == ("stopped" if label == "Stop" else "queued")

    @pytest.mark.parametrize("label", ["Pause", *STEPS, "Stop"])
    def test_one_that_trains(self, name: str, label: str, kinds: Kinds, runs: Path) -> None:
        run = change_status(copy_run(kinds[name], runs / "run"), state="training")
        with run.lock():
            app = press(watched(run), label)
            healthy(app)
            assert run.control.turn == 1
            server.queue().close()

    def test_its_live_settings(self, name: str, kinds: Kinds, runs: Path) -> None:
        run = change_status(copy_run(kinds[name], runs / "run"), state="paused")
        app = watched(run)
        sliders = [each.label for each in app.select_slider if each.key.startswith("live")]
        for label in sliders:
            slider = labelled(app.select_slider, label)
            app = act(slider.set_value(float(slider.options[-1])))
            healthy(app)
        assert (
            len(run.control.settings)
            == len(sliders)
            == len([*filter(run.config.uses, LIVE_SETTINGS)])
        )

    def test_its_menu(self, name: str, kinds: Kinds, runs: Path, downloads: Downloads) -> None:
        run = copy_run(kinds[name], runs / "run")
        app = open_page("start", run="run")
        act(labelled(app.text_input, "Name of this run").set_value("Mine"))
        app = press(app, "Delete this run")
        press(app, "Undo: Mine")
        assert Run(run.path).metadata.name == "Mine"
        content = downloads["Mine.zip"]()
        uploader = labelled(app.file_uploader, "Import a run")
        app = act(uploader.set_value(("run.zip", content, "application/zip")))
        healthy(app)
        (other,) = (each for each in server.store().list() if each.id != "run")
        assert other.config == run.config
        assert server.queue().is_pending(other, "export")

    def test_an_imported_one_says_that_its_model_is_made(
        self, name: str, kinds: Kinds, runs: Path
    ) -> None:
        run = import_zip(io.BytesIO(export_zip(kinds[name])), RunStore(runs))
        for page in PAGES:
            healthy(open_page(page, run=run.id))
        assert open_run(run.path).state == "finished"


def watched(run: Run) -> AppTest:
    """The page that shows the run."""
    app = open_page("train", run=run.id)
    if app.segmented_control(key="train_view_control").value != "Watch":
        watch(app)
    assert words(app)
    return app
