"""Evaluate: the figures of the test images, and whether they are good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from pages._shared.plain import plain
from tests.conftest import copy_run, say_learned
from tests.pages.crafted import craft, unfinished
from tests.pages.doubles import Processes
from tests.pages.driving import act, open_page, press, watch
from tests.pages.shown import component, names_of_bars, table_of_bars, words
from vae.config import Config
from vae.data.binarisation import binarisation_name
from vae.data.datasets import Dataset
from vae.evaluation.comparison import loss_in_comparison
from vae.evaluation.references import read_references
from vae.files import read_json, write_json
from vae.runs.run import Run

LINES = "Nats per image of this run and of reference lines"
CLASSES = "Reconstruction of each class, nats per image"


def lines(app: AppTest) -> dict[str, float]:
    """What the run and each reference line cost, as the page says."""
    return {name: total for name, (total,) in table_of_bars(app, LINES).items()}


def change(run: Run, **metrics: object) -> None:
    path = run.path / "metrics.json"
    write_json(path, {k: v for k, v in (read_json(path) | metrics).items() if v is not None})


def make_mnist(run: Run) -> None:
    say_learned(run.path, "mnist")


def test_without_a_run() -> None:
    assert "Nothing has been measured yet" in words(open_page("evaluate"))


def test_a_run_that_was_not_measured(finished_run: Run, runs: Path) -> None:
    unfinished(finished_run, runs / "young")
    assert "Nothing has been measured yet" in words(open_page("evaluate"))


def test_the_figures_of_the_test_images(run: Run) -> None:
    app = open_page("evaluate")
    metrics = run.metrics
    shown = {each.label: each.value for each in app.metric}
    assert shown == {
        "ELBO, nats per image": f"{metrics['elbo']:.2f}",
        "Reconstruction, nats per image": f"{metrics['reconstruction']:.2f}",
        "KL, nats per image": f"{metrics['kl']:.2f}",
        "Bits per dimension": f"{metrics['bits_per_dimension']:.4f}",
        "Active units of 2": f"{metrics['active_units']}",
    }
    assert plain(metrics["treatment"]) in words(app)


@pytest.mark.parametrize("likelihood", ["continuous_bernoulli", "gaussian"])
def test_a_density_has_no_bits_per_dimension(run: Run, likelihood: str) -> None:
    info = read_json(run.path / "config.json")
    info["config"]["likelihood"] = likelihood
    write_json(run.path / "config.json", info)
    labels = [each.label for each in open_page("evaluate").metric]
    assert "ELBO, nats per image" in labels
    assert "Bits per dimension" not in labels


def test_it_stands_among_reference_lines(run: Run) -> None:
    app = open_page("evaluate")
    totals = lines(app)
    known = read_references("digits")
    own = run.metrics["reconstruction"] + run.metrics["kl"]
    assert totals == pytest.approx({
        "This run": own,
        "Floor of grey images": known["floor"],
        "PCA, 2 numbers": known["pca"]["2"],
        "Always the mean image": known["mean_image"],
    }, abs=0.051)  # fmt: skip
    assert list(totals.values()) == sorted(totals.values())  # the best on top
    better, above = known["mean_image"] - own, own - known["floor"]
    side = "less" if better > 0 else "more"
    assert f"{abs(better):.1f} {side} than always predicting the mean image" in words(app)
    assert f"{above:.1f} more than the floor" in words(app)
    first = words(app).index("An image costs this run")
    assert first < words(app).index("Reconstruction, nats per image")  # the answer comes first


@pytest.mark.parametrize("binarisation", ["threshold", "fixed", "sampled"])
def test_black_and_white_images_have_lines_of_their_own(binarisation: str, run: Run) -> None:
    change(run, binarisation=binarisation)
    app = open_page("evaluate")
    totals = lines(app)
    known = read_references("digits", binarisation)
    assert totals["PCA, 2 numbers"] == pytest.approx(known["pca"]["2"], abs=0.051)
    assert totals["Always the mean image"] == pytest.approx(known["mean_image"], abs=0.051)
    assert len(totals) == 3  # and no floor
    assert "the floor" not in words(app)
    assert binarisation_name(binarisation) in words(app)


def test_shipped_runs_are_lines(shipped: list[Run]) -> None:
    app = open_page("evaluate", run="mnist-recommended")
    names = lines(app)
    assert "Convolutional, built-in" in names
    assert "Recommended, built-in" not in names  # it is the run itself
    assert "Best likelihood, built-in" not in names  # of other images: black and white ones
    known = [run for run in shipped if run.config.has("likelihood")]
    alike = [run for run in known if run.dataset == "mnist" and run.id != "mnist-best"]
    assert len(names) == 3 + len(alike)


def test_the_lines_as_a_figure(
    shipped: list[Run], downloads: dict[str, Callable[[], bytes]]
) -> None:
    open_page("evaluate", run="mnist-recommended")
    assert downloads["reference-lines.pdf"]().startswith(b"%PDF")
    assert b"<svg" in downloads["reference-lines.svg"]()


def test_an_autoencoder_has_no_bound(autoencoder_run: Run, runs: Path) -> None:
    copy_run(autoencoder_run, runs / "autoencoder")
    app = open_page("evaluate")
    assert not [each for each in app.metric if "ELBO" in each.label]
    assert "this is not a bound on a likelihood" in words(app)


def test_grey_figures_do_not_stand_in_the_literature(shipped: list[Run]) -> None:
    said = words(open_page("evaluate", run="mnist-recommended"))
    assert "86.76" not in said  # figures of other data stand nowhere beside these
    assert "these figures are for other data: grey levels" in said


def test_a_bound_on_binarised_mnist_does(run: Run) -> None:
    make_mnist(run)
    change(run, binarisation="sampled", reconstruction=80.0, kl=6.0)
    rows = [line for line in words(open_page("evaluate")).splitlines() if line.startswith("|")]
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        *("IWAE, k = 50", "IWAE, k = 5", "**This run, at most**", "VAE")
    ]
    assert "**86.00**" in rows[4]


def test_the_literature_is_of_mnist_alone(run: Run) -> None:
    said = words(open_page("evaluate"))
    assert "86.76" not in said
    assert "there is nothing to compare this data set with" in said


def test_densities_are_not_among_the_lines(run: Run) -> None:
    info = read_json(run.path / "config.json")
    info["config"]["likelihood"] = "gaussian"
    write_json(run.path / "config.json", info)
    app = open_page("evaluate")
    assert "its likelihood is a density" in words(app)
    assert names_of_bars(app) == [CLASSES]


def test_metrics_without_parts(run: Run) -> None:
    change(run, reconstruction=None, kl=None)
    said = words(open_page("evaluate"))
    assert "Nothing has been measured yet" in said
    assert "metrics.json must be as a run writes it" in said


def test_images_that_nobody_measured(convolutional_run: Run, runs: Path) -> None:
    copy_run(convolutional_run, runs / "stripes")
    assert "There are no reference lines for images of stripes (grey levels)" in words(
        open_page("evaluate")
    )


def test_words_of_a_foreign_run_are_no_markdown(run: Run) -> None:
    change(run, images="**all** ![x](https://example.org/x.png)")
    said = words(open_page("evaluate"))
    assert "![x]" not in said
    assert np.isfinite([float(each.value) for each in open_page("evaluate").metric]).all()


def test_the_hardest_class_comes_first(run: Run) -> None:
    change(run, reconstruction_per_class={"<b>x</b>": 20.0, "one": 3.0, "two": 31.5})
    bars = table_of_bars(open_page("evaluate"), CLASSES)
    assert list(bars.items()) == [("two", [31.5]), ("<b>x</b>", [20.0]), ("one", [3.0])]


def test_an_older_run_has_no_classes(run: Run) -> None:
    change(run, reconstruction_per_class=None)
    assert names_of_bars(open_page("evaluate")) == [LINES]


def test_the_address_names_the_view(run: Run) -> None:
    app = open_page("evaluate", view="latent-space")
    assert app.segmented_control(key="evaluate_view_control").value == "Latent space"
    act(app.segmented_control(key="evaluate_view_control").set_value("Samples"))
    assert app.query_params["view"] in ("samples", ["samples"])


def test_the_latent_space_is_measured_here_too(run: Run, processes: Processes) -> None:
    app = open_page("evaluate", view="latent-space")
    assert component(app, "cloud-finished")["labels"]
    press(app, "Measure")
    assert server.queue().is_pending(run, "knowledge")


@pytest.mark.parametrize("page", ["start", "train"])
def test_the_loss_is_compared(page: str, run: Run) -> None:
    app = open_page(page)
    if page == "train":
        watch(app)
    assert loss_in_comparison(run, []) in words(app)


def test_what_there_is_to_beat_stands_there_before_the_first_loss(
    run: Run, runs: Path, digits: Dataset
) -> None:
    young = craft(runs / "young", digits, Config(latent_dim=2, epochs=12), "paused")
    said = words(watch(open_page("train", run=young.id)))
    assert (
        "Targets in nats per image (grey levels; lower is better): always predicting the mean image"
        in said
    )
