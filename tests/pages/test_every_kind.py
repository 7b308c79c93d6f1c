"""Every action of every page with a run of every kind, and every kind of network."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import change_status, copy_run
from tests.kinds import EVERY, FEW_COMPONENTS, Kinds, config_of, with_codes
from tests.pages.crafted import ticket_of
from tests.pages.crawling import try_everything
from tests.pages.driving import TITLES, act, calm, labelled, open_page, press, watch
from tests.pages.form import fill
from tests.pages.pen import draw, stroke
from tests.pages.reading import unexplained
from tests.pages.shown import alternatives, component, words
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.data.datasets import Dataset
from vae.evaluation.class_probes import compute_class_probes
from vae.latent import projections
from vae.latent.projections import compute_tsne
from vae.runs.control import LIVE_SETTINGS, Segment
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.sampling import mixtures
from vae.sampling.fitted import compute_samplers

VIEWS = {
    "start": ("",),
    "data": ("",),
    "latent": ("map", "draw", "path", "dimensions", "projections", "knowledge", "compare"),
    "evaluate": ("overview", "likelihood", "classify", "samples", "latent-space"),
    "generate": (
        *("grid", "classes", "samplers", "by-hand", "manifold", "arithmetic"),
        *("animation", "take-away"),
    ),
}
EVERY_VIEW = [(page, view) for page, views in VIEWS.items() for view in views]
# Those that a classifier has: a link to another one of a page opens its first.
OF_CLASSIFIER = [
    *(("start", ""), ("data", ""), ("latent", "draw"), ("generate", "take-away")),
    *(("evaluate", view) for view in ("overview", "mistakes", "calibration")),
]
# Those of a GAN, which has a decoder and no encoder.
OF_GAN = [
    *(("start", ""), ("data", ""), ("latent", "map"), ("latent", "path")),
    *(("evaluate", "overview"), ("evaluate", "samples")),
    *(("generate", view) for view in ("grid", "by-hand", "manifold", "animation", "take-away")),
]


def views_of(name: str) -> list[tuple[str, str]]:
    """Return the views that a kind of model has."""
    if name in with_codes(EVERY):
        return EVERY_VIEW
    return OF_GAN if config_of(name).has("decoder") else OF_CLASSIFIER


VIEWS_OF_KINDS = [(name, page, view) for name in EVERY for page, view in views_of(name)]
# What says that nothing was typed yet.
REFUSED = {"Button 'Put it on the sliders', 0": "A code is a list of 3 numbers"}
STEPS = ("Step batch", "Step epoch")
Downloads = dict[str, Callable[[], bytes]]


@pytest.fixture(scope="module")
def measured(
    kinds: Kinds, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Run]:
    """A run of each, with what a worker measures of one."""
    made: dict[str, Run] = {}

    def run_of(name: str) -> Run:
        if name not in made:
            run = copy_run(kinds[name], tmp_path_factory.mktemp("measured") / name)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(mixtures, "COMPONENTS", FEW_COMPONENTS)
                patch.setattr(projections, "TSNE_POINTS", 50)
                if run.config.has("encoder"):
                    compute_samplers(run, digits)
                    compute_tsne(run)
                    compute_class_probes(run, digits)
            made[name] = run
        return made[name]

    return run_of


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


def healthy(app: AppTest) -> AppTest:
    """Return the app; it must show no exception and no error."""
    assert [error.value for error in calm(app).error] == []
    return app


def try_all(app: AppTest, page: str) -> None:
    """Try what a page offers, until something leads to another page."""
    for done, now in try_everything(app):
        if done in REFUSED:
            (error,) = calm(now).error
            assert error.value.startswith(REFUSED[done])
        else:
            assert [error.value for error in calm(now).error] == [], done
        if [title.value for title in now.title] != [TITLES[page]]:
            return


@pytest.mark.parametrize(("name", "page", "view"), VIEWS_OF_KINDS)
def test_each_view_opens_explains_its_words_and_makes_its_files(
    name: str,
    page: str,
    view: str,
    measured: Callable[[str], Run],
    runs: Path,
    downloads: Downloads,
) -> None:
    copy_run(measured(name), runs / "run")
    app = healthy(open_page(page, run="run", view=view))
    assert unexplained(app) == []
    for file, make in downloads.items():
        assert make(), file


@pytest.mark.parametrize(("page", "view"), OF_CLASSIFIER)
def test_all_that_is_offered_of_a_classifier(
    page: str, view: str, measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("classifier-dense"), runs / "run")
    try_all(open_page(page, run="run", view=view), page)


@pytest.mark.parametrize(("page", "view"), OF_GAN)
def test_all_that_is_offered_of_a_gan(
    page: str, view: str, measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("conditional-gan-dense"), runs / "run")
    try_all(open_page(page, run="run", view=view), page)


def test_a_gan_offers_what_it_has_and_says_once_what_it_lacks(
    measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("gan-dense"), runs / "run")
    offered = {
        "latent": ["Map", "Path"],
        "evaluate": ["Overview", "Samples"],
        "generate": ["Grid", "By hand", "Manifold", "Animation", "Take away"],
    }
    lacks = {
        "latent": "has no encoder: it turns codes into images, but no image into a code",
        "evaluate": "has no likelihood and no reconstruction",
    }
    for page, views in offered.items():
        app = healthy(open_page(page, run="run"))
        (control,) = (each for each in app.segmented_control if each.label == "View")
        assert control.options == views
        if page in lacks:
            assert words(app).count(lacks[page]) == 1
    grid = open_page("generate", run="run", view="grid")
    assert not [each for each in grid.segmented_control if each.label == "Sampler"]


@pytest.mark.parametrize(("page", "view"), EVERY_VIEW)
def test_a_classifier_says_what_it_lacks(
    page: str, view: str, measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("classifier-dense"), runs / "run")
    app = healthy(open_page(page, run="run", view=view))
    said = words(app) + " ".join(each.value for each in app.info)
    lacks = {
        "start": "It has no codes, and it makes no images",
        "latent": "A classifier has no codes, so there is no latent space to see.",
        "generate": "A classifier has no decoder, so it generates nothing.",
    }
    assert lacks.get(page, "") in said
    if page in ("data", "start"):
        return
    offered = [each.options for each in app.segmented_control if each.label == "View"]
    # Of one view alone there is nothing to choose.
    assert offered == ([["Overview", "Mistakes", "Calibration"]] if page == "evaluate" else [])
    assert page != "latent" or "draw" in app.query_params["view"]
    assert page != "generate" or "take-away" in app.query_params["view"]


@pytest.mark.parametrize("name", [name for name in with_codes(EVERY) if name.endswith("dense")])
class TestAllThatIsOffered:
    """Of the pages alone: what a network is made of is nothing to them."""

    @pytest.mark.parametrize(("page", "view"), EVERY_VIEW)
    def test_in_each_view(
        self, name: str, page: str, view: str, measured: Callable[[str], Run], runs: Path
    ) -> None:
        copy_run(measured(name), runs / "run")
        try_all(open_page(page, run="run", view=view), page)

    def test_with_a_drawing(self, name: str, measured: Callable[[str], Run], runs: Path) -> None:
        copy_run(measured(name), runs / "run")
        app = draw(open_page("latent", run="run", view="draw"), stroke())
        assert "Reconstruction" in alternatives(app)
        try_all(app, "latent")

    def test_with_a_position_of_the_map(
        self, name: str, measured: Callable[[str], Run], runs: Path
    ) -> None:
        copy_run(measured(name), runs / "run")
        app = open_page("latent", run="run", view="map")
        position = {
            "kind": "place",
            "plane": component(app, "map-run")["plane"],
            "x": 0.5,
            "y": -0.4,
        }
        app.session_state["map-run"] = {"selection": position}
        app.session_state["map-run-hover"] = 3  # the pointer rests on this test image
        app = healthy(app.run())
        assert {"pinned", "answer"} <= component(app, "map-run").keys()
        try_all(app, "latent")

    def test_with_an_image_of_a_cloud(
        self, name: str, measured: Callable[[str], Run], runs: Path
    ) -> None:
        copy_run(measured(name), runs / "run")
        app = open_page("latent", run="run", view="projections")
        app.session_state["projection_selection"] = 3
        try_all(calm(app.run()), "latent")

    def test_with_an_image_of_the_grid(
        self, name: str, measured: Callable[[str], Run], runs: Path
    ) -> None:
        copy_run(measured(name), runs / "run")
        app = open_page("generate", run="run", view="grid")
        grid = component(app, "grid-run")["grid"]
        app.session_state["grid-run"] = {"selection": {"grid": grid, "index": 7}}
        try_all(calm(app.run()), "generate")


@pytest.mark.parametrize("name", EVERY)
class TestTraining:
    def test_in_slow_motion(self, name: str, stepped: Callable[[str], Run], runs: Path) -> None:
        if name not in with_codes(EVERY):
            app = watched(change_status(copy_run(stepped(name), runs / "run"), state="paused"))
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
        for page in TITLES:
            healthy(open_page(page, run=run.id))
        assert open_run(run.path).state == "finished"


def watched(run: Run) -> AppTest:
    """The page that shows the run."""
    app = open_page("train", run=run.id)
    if app.segmented_control(key="train_view_control").value != "Watch":
        watch(app)
    assert words(app)
    return app
