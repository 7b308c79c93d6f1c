"""Start: samples, clusters and curves of a trained model, and the way to one's own."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.pictures import apart
from tests.conftest import copy_run
from tests.kinds import Kinds
from tests.pages.crafted import craft, epochs, set_state
from tests.pages.driving import act, calm, go, labelled, open_page
from tests.pages.shown import alternatives, component, picture, picture_called, shows, words
from vae.config import Config
from vae.data.datasets import Dataset
from vae.images import tile
from vae.latent.projections import compute_tsne
from vae.runs.run import Run
from vae.sampling.prior import prior_codes
from vae.server.tickets import Ticket, Tickets


def captioned(app: AppTest) -> list[tuple[np.ndarray, str]]:
    """The small pictures of a page and the text below each."""
    (body,) = (
        each.proto.body for each in app.main.get("html") if "captioned fitted" in each.proto.body
    )
    found = re.findall(r'base64,([^"]+)">(.*?)</div>', body)
    return [(picture(base64.b64decode(url)), text) for url, text in found]


def test_samples_are_the_models_own(run: Run, pictures: dict[str, bytes]) -> None:
    app = open_page("start")
    shown = pictures[picture_called(app, "A 10 by 10 grid of generated images")]
    assert shows(shown, tile(apart(run.decode(prior_codes(100, 2))), 10, 10))
    assert "Shown: Custom, trained on Digits for 12 epochs, 2 latent dimensions." in words(app)


def test_while_it_trains_samples_are_the_last_snapshots(
    busy: Run, pictures: dict[str, bytes]
) -> None:
    app = open_page("start")
    shown = pictures[picture_called(app, "Samples from fixed codes")]
    assert shows(shown, tile(apart(busy.snapshot(busy.snapshot_epochs[-1])["samples"]), 5, 10))


def test_before_the_first_epoch(runs: Path, digits: Dataset) -> None:
    craft(runs / "new", digits, Config(latent_dim=1), "training", epochs(40.0))
    app = open_page("start")
    assert "Samples appear once the training has begun." in words(app)
    assert "Shown: Custom, trained on Digits for 1 epoch, 1 latent dimension." in words(app)


def test_clusters_of_two_dimensions_are_those_dimensions(run: Run) -> None:
    cloud = component(open_page("start"), "start-cloud-finished")
    assert cloud["names"] == ["z1", "z2"]
    assert cloud["classes"] == list(run.class_names)
    points = np.frombuffer(base64.b64decode(cloud["points"]), np.float32).reshape(-1, 2)
    np.testing.assert_array_equal(points, run.latents["mean"])
    labels = np.frombuffer(base64.b64decode(cloud["labels"]), np.uint8)
    np.testing.assert_array_equal(labels, run.latents["y"])
    x, y, half = cloud["window"]
    assert (np.abs(points - (x, y)) <= half).all()


def test_clusters_of_more_dimensions(autoencoder_run: Run, runs: Path) -> None:
    run = copy_run(autoencoder_run, runs / "other")
    app = open_page("start")
    assert component(app, "start-cloud-other")["names"][0].startswith("PC1 (")
    compute_tsne(run)
    calm(app.run())
    assert component(app, "start-cloud-other")["names"] == ["t-SNE 1", "t-SNE 2"]


def test_curves_hold_all_rows(run: Run) -> None:
    mounted = component(open_page("start"), "curves-finished-True")
    assert mounted["epochs"] == 12
    assert mounted["small"] is True
    assert [panel["quantity"] for panel in mounted["panels"]] == ["loss", "reconstruction", "kl"]


@pytest.mark.usefixtures("run")
def test_train_your_own_opens_the_form() -> None:
    app = open_page("train")
    act(labelled(app.segmented_control, "View").set_value("Watch"))
    go(app, "start")
    calm(labelled(app.button, "Train your own").click().run(), "train")
    assert labelled(app.segmented_control, "View").value == "Set up"
    assert labelled(app.button, "Train")


def test_an_imported_run_gets_its_samples(run: Run) -> None:
    content = {name: (run.path / name).read_bytes() for name in ("decoder.onnx", "encoder.onnx")}
    for name in content:
        (run.path / name).unlink()
    tickets = Tickets(run.path.parent)
    with run.lock():  # the worker has not come to it yet
        tickets.enqueue(run.id, "export", "")
        app = open_page("start")
        assert "The networks of this run are being prepared" in words(app)
        for name, each in content.items():
            (run.path / name).write_bytes(each)
        tickets.remove(Ticket(run.id, "export"))
        calm(app.run())
    assert "A 10 by 10 grid of generated images" in alternatives(app)
    assert "are being made" not in words(app)


def test_a_run_that_stopped_in_its_first_epoch(run: Run) -> None:
    # It has a model and clusters, but no epoch, and no row of the history.
    (run.path / "history.jsonl").unlink()
    set_state(run, "stopped")
    app = open_page("start")
    assert "trained on Digits for 0 epochs" in words(app)
    assert "The curves appear with the first steps." in words(app)
    assert component(app, "start-cloud-finished")["labels"]


def test_the_epochs_are_said_once(shipped: list[Run]) -> None:
    said = words(open_page("start", run="digits"))
    assert "Recommended, 200 epochs" in said
    assert "trained on Digits, " in said
    assert "for 200 epochs" not in said


def test_what_a_classifier_says_of_its_own_pictures(kinds: Kinds, runs: Path) -> None:
    run = copy_run(kinds["classifier-dense"], runs / "run")
    shown = captioned(open_page("start", run="run"))
    images, labels = run.fixed["images"], run.fixed["labels"]
    assert len(shown) == len(images)
    probabilities = run.classify(images)
    for (image, text), own, label, row in zip(shown, images, labels, probabilities, strict=True):
        np.testing.assert_array_equal(image, own)
        says = int(row.argmax())
        wrong = "" if says == label else f"<br>but is {label}"
        assert text.startswith(f"<b>{says}</b>{wrong}<br>")
        assert text.endswith(f"{row.max():.1%}") or row.max() > 0.99


def test_a_classifier_without_a_model_says_when_there_is_one(kinds: Kinds, runs: Path) -> None:
    run = copy_run(kinds["classifier-dense"], runs / "run")
    (run.path / "classifier.onnx").unlink()
    app = open_page("start", run="run")
    assert "Its answers appear when the run has ended." in words(app)
