"""Every action of every page with a run of every kind.

Of the pages alone: what a network is made of is nothing to them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.kinds import EACH_KIND, FEW_COMPONENTS, Kinds, config_of, with_codes
from tests.pages.crawling import try_everything
from tests.pages.driving import TITLES, calm, healthy, open_page
from tests.pages.pen import draw, stroke
from tests.pages.reading import unexplained
from tests.pages.shown import alternatives, component, words
from vae.data.datasets import Dataset
from vae.evaluation.class_probes import compute_class_probes
from vae.latent import projections
from vae.latent.projections import compute_tsne
from vae.runs.run import Run
from vae.sampling import mixtures
from vae.sampling.fitted import compute_samplers

VIEWS = {
    "start": ("",),
    "data": ("",),
    "latent": ("map", "draw", "path", "dimensions", "projections", "knowledge"),
    "evaluate": ("overview", "likelihood", "classify", "samples", "latent-space"),
    "generate": (
        *("grid", "classes", "samplers", "by-hand", "manifold", "arithmetic"),
        *("animation", "take-away"),
    ),
    "runs": ("table",),
}
EVERY_VIEW = [(page, view) for page, views in VIEWS.items() for view in views]
# Those that a classifier has: a link to another one of a page opens its first.
OF_CLASSIFIER = [
    *(("start", ""), ("data", ""), ("latent", "draw"), ("generate", "take-away")),
    *(("generate", "augment"), ("runs", "table")),
    *(("evaluate", view) for view in ("overview", "mistakes", "calibration")),
]
# Those of a GAN, which has a decoder and no encoder.
OF_GAN = [
    *(("start", ""), ("data", ""), ("latent", "map"), ("latent", "path")),
    *(("evaluate", "overview"), ("evaluate", "samples"), ("runs", "table")),
    *(("generate", view) for view in ("grid", "by-hand", "manifold", "animation", "take-away")),
]


def views_of(name: str) -> list[tuple[str, str]]:
    """Return the views that a kind of model has."""
    if name in with_codes(EACH_KIND):
        return EVERY_VIEW
    return OF_GAN if config_of(name).has("decoder") else OF_CLASSIFIER


# These show every kind in each.
OF_RUNS = [("runs", view) for view in ("compare", "rate-and-distortion")]
VIEWS_OF_KINDS = [
    (name, page, view) for name in EACH_KIND for page, view in [*views_of(name), *OF_RUNS]
]
# What says that nothing was typed yet.
REFUSED = {"Button 'Put it on the sliders', 0": "A code is a list of 3 numbers"}
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
    run = copy_run(measured(name), runs / "run")
    if page == "runs":  # something to compare with
        copy_run(run, runs / "other")
    app = healthy(open_page(page, run="run", view=view))
    assert unexplained(app) == []
    for file, make in downloads.items():
        # A figure in all its formats once; that of another kind of model in one of them.
        has_svg = f"{file.rpartition('.')[0]}.svg" in downloads
        if name == EACH_KIND[0] or not has_svg or file.endswith(".svg"):
            assert make(), file


@pytest.mark.parametrize(("page", "view"), OF_CLASSIFIER)
def test_all_that_is_offered_of_a_classifier(
    page: str, view: str, measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("classifier-convolutional"), runs / "run")
    try_all(open_page(page, run="run", view=view), page)


@pytest.mark.parametrize(("page", "view"), OF_GAN)
def test_all_that_is_offered_of_a_gan(
    page: str, view: str, measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("conditional-gan-convolutional"), runs / "run")
    try_all(open_page(page, run="run", view=view), page)


def test_a_gan_offers_what_it_has_and_says_once_what_it_lacks(
    measured: Callable[[str], Run], runs: Path
) -> None:
    copy_run(measured("gan-dense"), runs / "run")
    offered = {
        "latent": ["Map", "Path"],
        "evaluate": ["Overview", "Samples"],
        "generate": ["Grid", "By hand", "Manifold", "Animation", "Take away", "Augment"],
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
    copy_run(measured("classifier-convolutional"), runs / "run")
    app = healthy(open_page(page, run="run", view=view))
    said = words(app) + " ".join(each.value for each in app.info)
    lacks = {
        "start": "It has no codes, and it makes no images",
        "latent": "A classifier has no codes, so there is no latent space to see.",
        "generate": "A classifier has no decoder, so it generates nothing.",
    }
    assert lacks.get(page, "") in said
    if page in ("data", "start", "runs"):
        return
    offered = [each.options for each in app.segmented_control if each.label == "View"]
    views = {
        "evaluate": [["Overview", "Mistakes", "Calibration"]],
        "generate": [["Take away", "Augment"]],
    }
    assert offered == views.get(page, [])  # of one view alone there is nothing to choose
    assert page != "latent" or "draw" in app.query_params["view"]


@pytest.mark.parametrize("name", with_codes(EACH_KIND))
class TestAllThatIsOffered:
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
