"""A preview of a run that trains: its model is requested, and the page says of when that is."""

from __future__ import annotations

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from pages.latent import live_preview
from tests.pages.crafted import set_state, ticket_of
from tests.pages.driving import act, calm, labelled, open_page, press
from tests.pages.shown import charts, component, words
from vae.runs.run import Run
from vae.server.tickets import Tickets


@pytest.fixture(autouse=True)
def _no_model_yet(busy: Run) -> None:
    set_state(busy, "training", model_epoch=0)


def publish(busy: Run, finished_run: Run, epoch: int) -> Run:
    """Do what the worker does when it is asked: put its model where the pages find it."""
    for name in ("encoder.onnx", "decoder.onnx", "latents.npz"):
        shutil.copy(finished_run.path / name, busy.path)
    return set_state(busy, "training", shown=busy.control.show, model_epoch=epoch)


def poll(app: AppTest) -> AppTest:
    """As the page does by itself, twice a second."""
    return calm(app.run())


def test_it_requests_once_and_says_that_it_waits(busy: Run) -> None:
    app = open_page("latent")
    assert "Training: now in epoch 2. Loading its model…" in words(app)
    assert busy.control.show == 1
    poll(app)
    open_page("latent")
    assert busy.control.show == 1
    assert "This run has no model yet" not in words(app)


def test_what_it_shows_is_mapped(busy: Run, finished_run: Run) -> None:
    app = open_page("latent")
    publish(busy, finished_run, epoch=2)
    poll(app)
    assert "Training: now in epoch 2. Shown: the model of epoch 2." in words(app)
    assert component(app, "map-busy")["classes"] == [str(label) for label in range(10)]
    assert busy.control.show == 1  # nobody asked for another


def test_refresh(busy: Run, finished_run: Run) -> None:
    app = open_page("latent")
    publish(busy, finished_run, epoch=2)
    press(poll(app), "Refresh")
    assert busy.control.show == 2


def test_follow(busy: Run, finished_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_preview, "FOLLOW_SECONDS", -1.0)
    app = open_page("latent")
    publish(busy, finished_run, epoch=2)
    poll(app)
    act(labelled(app.toggle, "Follow").set_value(True))
    assert busy.control.show == 1  # what it shows is of this epoch
    set_state(busy, "training", epoch=3)
    poll(app)
    assert busy.control.show == 2
    poll(app)
    assert busy.control.show == 2  # until it answers, it is not asked again


def test_follow_is_no_more_frequent_than_is_good(busy: Run, finished_run: Run) -> None:
    app = open_page("latent")
    publish(busy, finished_run, epoch=2)
    set_state(busy, "training", epoch=3)
    act(labelled(poll(app).toggle, "Follow").set_value(True))
    assert busy.control.show == 2
    publish(busy, finished_run, epoch=3)
    set_state(busy, "training", epoch=4)
    poll(app)
    assert busy.control.show == 2  # four seconds are not over


def test_a_preview_that_failed(busy: Run) -> None:
    app = open_page("latent")
    set_state(busy, "training", shown=busy.control.show, look_failed=True)
    assert "The model cannot be shown" in words(poll(app))
    poll(app)
    assert busy.control.show == 1  # it does not ask for ever
    press(app, "Refresh")
    assert busy.control.show == 2


def test_a_paused_run_that_another_job_holds(busy: Run) -> None:
    set_state(busy, "paused")
    tickets = Tickets(busy.path.parent)
    tickets.remove(ticket_of(busy))
    tickets.enqueue(busy.id, "tsne")
    app = open_page("latent")
    assert "Refresh" not in [each.label for each in app.button]
    assert busy.control.show == 0


def test_a_run_that_waits(busy: Run) -> None:
    set_state(busy, "queued")
    app = open_page("latent")
    assert "The model appears when the training has begun." in words(app)
    assert busy.control.show == 0


def test_a_paused_run(busy: Run, finished_run: Run) -> None:
    app = open_page("latent")
    publish(busy, finished_run, epoch=2)
    set_state(busy, "paused")
    assert "Paused in epoch 2." in words(poll(app))


def test_a_finished_run_has_none_of_it(run: Run) -> None:
    app = open_page("latent", run=run.id)
    assert "Refresh" not in [each.label for each in app.button]
    assert "Shown: the model" not in words(app)
    assert charts(app) == []
