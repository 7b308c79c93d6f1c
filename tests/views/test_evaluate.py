"""Evaluate: the figures of the test images, and whether they are good."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from tests.views.conftest import chart, charts, numbers, open_page, unfinished, words
from vae.files import read_json, write_json
from vae.references import read_references
from vae.runs import Run
from views._shared.plain import plain


def change(run: Run, **metrics: object) -> None:
    path = run.path / "metrics.json"
    write_json(path, {k: v for k, v in (read_json(path) | metrics).items() if v is not None})


def test_without_a_run() -> None:
    assert "There is nothing measured yet" in words(open_page("evaluate"))


def test_a_run_that_was_not_measured(finished_run: Run, runs: Path) -> None:
    unfinished(finished_run, runs / "young")
    assert "There is nothing measured yet" in words(open_page("evaluate"))


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


def test_it_stands_among_reference_lines(run: Run) -> None:
    app = open_page("evaluate")
    reconstruction, kl = chart(app, "references-finished")["data"]
    totals = dict(
        zip(reconstruction["y"], numbers(reconstruction["x"]) + numbers(kl["x"]), strict=True)
    )
    known = read_references("digits")
    own = run.metrics["reconstruction"] + run.metrics["kl"]
    assert totals == pytest.approx({
        "<b>This run</b>": own,
        "Floor of grey images": known["floor"],
        "PCA, 2 numbers": known["pca"]["2"],
        "Always the mean image": known["mean_image"],
    })  # fmt: skip
    assert list(totals.values()) == sorted(totals.values(), reverse=True)  # the best on top
    better, above = known["mean_image"] - own, own - known["floor"]
    side = "less" if better > 0 else "more"
    assert f"{abs(better):.1f} {side} than always predicting the mean image" in words(app)
    assert f"{above:.1f} above the floor" in words(app)


def test_shipped_runs_are_lines(shipped: list[Run]) -> None:
    app = open_page("evaluate", run="mnist-recommended")
    names = chart(app, "references-mnist-recommended")["data"][0]["y"]
    assert "Convolutional, shipped" in names
    assert "Recommended, shipped" not in names  # it is the run itself
    assert len(names) == 3 + len(shipped)


def test_an_autoencoder_has_no_bound(autoencoder_run: Run, runs: Path) -> None:
    copy_run(autoencoder_run, runs / "autoencoder")
    app = open_page("evaluate")
    assert not [each for each in app.metric if "ELBO" in each.label]
    assert "no bound on a likelihood" in words(app)


def test_the_literature(run: Run) -> None:
    said = words(open_page("evaluate"))
    assert "| VAE | 86.76 | Burda et al. 2016, table 1 |" in said
    assert "cannot be compared" in said


@pytest.mark.parametrize("metrics", [{"treatment": "binarised"}, {"treatment": None}])
def test_another_treatment_has_no_lines(run: Run, metrics: dict) -> None:
    change(run, **metrics)
    app = open_page("evaluate")
    assert "There are no reference lines of these images in this treatment." in words(app)
    assert charts(app) == ["classes-finished"]


def test_images_that_nobody_measured(convolutional_run: Run, runs: Path) -> None:
    copy_run(convolutional_run, runs / "stripes")
    assert "There are no reference lines of these images" in words(open_page("evaluate"))


def test_words_of_a_foreign_run_are_no_markdown(run: Run) -> None:
    change(run, images="**all** ![x](https://example.org/x.png)")
    said = words(open_page("evaluate"))
    assert "![x]" not in said
    assert np.isfinite([float(each.value) for each in open_page("evaluate").metric]).all()


def test_the_hardest_class_comes_first(run: Run) -> None:
    change(run, reconstruction_per_class={"<b>x</b>": 20.0, "one": 3.0, "two": 31.5})
    (bars,) = chart(open_page("evaluate"), "classes-finished")["data"]
    assert bars["x"] == ["two", "&lt;b&gt;x&lt;/b&gt;", "one"]
    assert numbers(bars["y"]).tolist() == [31.5, 20.0, 3.0]


def test_an_older_run_has_no_classes(run: Run) -> None:
    change(run, reconstruction_per_class=None)
    assert charts(open_page("evaluate")) == ["references-finished"]
