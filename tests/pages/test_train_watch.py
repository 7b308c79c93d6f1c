"""Train: a run while it learns, and the record of it afterwards."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from pages._shared import server
from pages._shared.pictures import apart
from pages.train import run_controls
from tests.conftest import copy_run, wait_until
from tests.pages.crafted import craft, enqueue, epochs, set_state, truncate
from tests.pages.doubles import Processes
from tests.pages.driving import act, calm, go, labelled, open_page, picker, press, watch
from tests.pages.films import make_step
from tests.pages.shown import board, component, decoded_url, numbers_of, shows, words
from vae.data.datasets import Dataset
from vae.evaluation.diagnostics import dimensions_in_use
from vae.figures.curves import curve_points
from vae.images import tile
from vae.runs.run import Run, open_run


def points_in(frame: dict[str, Any]) -> np.ndarray:
    """Where a moment's dots lie on the map (N, 2)."""
    units = np.frombuffer(base64.b64decode(frame["points"]), "<i2").reshape(-1, 2)
    x, y, half = frame["window"]
    return units / 16_000 * half + (x, y)


class TestWatch:
    def test_numbers_are_those_of_the_run(self, run: Run) -> None:
        app = watch(open_page("train"))
        last = run.history[-1]
        assert numbers_of(app, "finished") == {
            "Nats per image:": "",
            "Loss": f"{last['loss']:.2f}",
            "Reconstruction": f"{last['reconstruction']:.2f}",
            "KL": f"{last['kl']:.2f}",
            "Validation": f"{last['val_loss']:.2f}",
            "Test ELBO": f"{run.metrics['elbo']:.2f}",
            "Dimensions in use": f"{dimensions_in_use(last)} of 2",
        }
        assert "Finished: 12 epochs." in words(app)

    def test_curves_are_those_of_the_run(self, run: Run) -> None:
        mounted = board(watch(open_page("train")), "finished")["curves"]
        assert mounted["points"] == curve_points(run.rows, run.steps_per_epoch)
        assert mounted["epochs"] == 12

    def test_back_through_the_run(self, run: Run) -> None:
        app = watch(open_page("train"))
        slider = app.select_slider(key="watched-finished_control")
        assert slider.options == [str(epoch) for epoch in run.snapshot_epochs]
        for epoch in (12, 0, 3):
            act(app.select_slider(key="watched-finished_control").set_value(str(epoch)))
            snapshot = run.snapshot(epoch)
            (frame,) = board(app, "finished")["frames"]
            samples = [*snapshot["samples"], *snapshot["more_samples"]]
            assert shows(decoded_url(frame["samples"]), tile(apart(np.stack(samples)), 8, 8))
            images = [*run.fixed["images"], *snapshot["reconstructions"]]
            pairs = tile(apart(np.stack(images)), 2, len(images) // 2)
            assert shows(decoded_url(frame["pairs"]), pairs)
            np.testing.assert_allclose(points_in(frame), snapshot["means"], atol=2e-3)
            assert frame["words"] == f"epoch {epoch}"

    @pytest.mark.usefixtures("run")
    def test_a_link_brings_back_the_epoch_that_was_seen(self) -> None:
        app = watch(open_page("train"))
        assert "epoch" not in app.query_params  # the last one
        act(labelled(app.select_slider, "Epoch").set_value("3"))
        assert app.query_params["epoch"] == "3"
        again = open_page("train", **app.query_params)
        assert board(again, "finished")["frames"] == board(app, "finished")["frames"]
        assert labelled(again.select_slider, "Epoch").value == "3"
        # It stays while another page is looked at; a link without it shows the end.
        go(app, "latent")
        assert labelled(go(app, "train").select_slider, "Epoch").value == "3"
        wrong = open_page("train", run="finished", view="watch", epoch="5000")
        assert board(wrong, "finished")["frames"][0]["words"] == "epoch 12"
        assert "epoch" not in wrong.query_params

    def test_an_autoencoder_has_no_elbo(self, autoencoder_run: Run, runs: Path) -> None:
        run = copy_run(autoencoder_run, runs / "autoencoder")
        app = watch(open_page("train"))
        shown = numbers_of(app, "autoencoder")
        assert shown["Test loss"] == f"{run.metrics['loss']:.2f}"
        assert not {"KL", "Test ELBO", "Dimensions in use"} & {*shown}
        assert "An autoencoder has no ELBO" in words(app)

    def test_it_opens_where_there_is_something_to_see(self, busy: Run) -> None:
        app = open_page("train")
        assert labelled(app.segmented_control, "View").value == "Watch"

    @pytest.mark.usefixtures("busy")
    @pytest.mark.parametrize(
        ("address", "view"),
        [({"preset": "lecture"}, "Set up"), ({"preset": "lecture", "run": "busy"}, "Watch")],
    )
    def test_a_link_may_bring_a_form_instead(self, address: dict[str, str], view: str) -> None:
        app = open_page("train", **address)
        assert labelled(app.segmented_control, "View").value == view

    @pytest.mark.usefixtures("run")
    def test_it_opens_at_the_form(self) -> None:
        app = open_page("train")
        assert labelled(app.segmented_control, "View").value == "Set up"

    def test_it_sees_the_end(self, busy: Run, finished_run: Run) -> None:
        app = open_page("train")
        assert "Epoch 2 of 12" in words(app)
        for name in ("encoder.onnx", "decoder.onnx", "metrics.json", "latents.npz"):
            (busy.path / name).write_bytes((finished_run.path / name).read_bytes())
        set_state(busy, "finished")
        calm(app.run())
        assert "training ·" not in picker(app).options[0]
        assert numbers_of(app, "busy")["Test ELBO"] == f"{finished_run.metrics['elbo']:.2f}"


class TestSingleStep:
    ALT = "Images of the batch above their reconstructions"

    def test_its_batch_is_shown(self, finished_run: Run, runs: Path) -> None:
        run = set_state(copy_run(finished_run, runs / "run"), "paused", epoch=3, step=41)
        np.savez(run.path / "step.npz", **make_step())
        shown = board(open_page("train"), "run")["batch"]
        assert (shown["alt"], shown["title"]) == (self.ALT, "Batch of step 41")
        assert shown["note"].startswith("loss ")
        step = make_step()
        pairs = np.concatenate([step["images"], step["reconstructions"]])
        assert shows(decoded_url(shown["picture"]), tile(apart(pairs), 2, len(pairs) // 2))

    @pytest.mark.parametrize(("state", "step"), [("paused", 42), ("stopped", 41)])
    def test_not_when_the_run_stands_elsewhere(
        self, state: str, step: int, finished_run: Run, runs: Path
    ) -> None:
        run = set_state(copy_run(finished_run, runs / "run"), state, epoch=3, step=step)
        np.savez(run.path / "step.npz", **make_step())
        assert board(watch(open_page("train")), "run")["batch"] is None


class TestSlowMotion:
    @pytest.fixture
    def stepped(self, digits: Dataset, runs: Path) -> Run:
        """A paused run whose last step was taken apart."""
        run = craft(runs / "run", digits, state="paused", rows=epochs(40.0))
        np.savez(run.path / "step.npz", **make_step())
        return run

    def test_the_component_gets_the_step(self, stepped: Run) -> None:
        app = open_page("train")
        with pytest.raises(KeyError):
            component(app, "slow-motion-run")
        act(labelled(app.toggle, "Slow motion").set_value(True))
        assert stepped.control.action == "batch"  # and one more is asked for
        mounted = component(app, "slow-motion-run")
        assert mounted["place"] == "Epoch 3 · step 41 of 1,200"
        assert len(mounted["stages"]) == 9

    def test_it_stays_on_while_the_run_waits_for_a_process(self, stepped: Run) -> None:
        app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
        assert Run(stepped.path).state == "queued"
        for state in ("queued", "starting", "paused"):
            set_state(stepped, state)
            with stepped.lock():
                calm(app.run())
            assert labelled(app.toggle, "Slow motion").value is True
            assert component(app, "slow-motion-run")

    def test_a_single_batch_is_shown_in_it_too(self, stepped: Run) -> None:
        with stepped.lock():
            enqueue(stepped, started=True)
            app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
            press(app, "Step batch")
            assert labelled(app.toggle, "Slow motion").value is True
            assert component(app, "slow-motion-run")
            press(app, "Step epoch")
            assert labelled(app.toggle, "Slow motion").value is False

    def test_off_again(self, stepped: Run) -> None:
        app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
        act(labelled(app.toggle, "Slow motion").set_value(False))
        assert stepped.control.serial == 2  # one to resume, one for the batch
        with pytest.raises(KeyError):
            component(app, "slow-motion-run")

    def test_it_ends_when_the_run_resumes(self, stepped: Run) -> None:
        with stepped.lock():
            enqueue(stepped, started=True)
            app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
            press(app, "Play")
            assert stepped.control.action == "run"
            assert labelled(app.toggle, "Slow motion").value is False
            server.queue().close()

    def test_the_next_step(self, stepped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def play(step: object, *, key: str, on_next: Callable[[], None]) -> None:
            st.button("Next", on_click=on_next)  # what the browser's part asks for at its end

        monkeypatch.setattr("pages.train.watch.slow_motion", play)
        app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
        set_state(stepped, "paused")
        turn = stepped.control.turn
        press(app, "Next")
        assert stepped.control.action == "batch"
        assert stepped.control.turn > turn
        assert labelled(app.toggle, "Slow motion").value is True
        shutil.rmtree(stepped.path)
        press(app, "Next")  # shows no traceback
        assert "No runs yet" in words(app)

    def test_before_the_first_step_there_is_nothing_to_show(self, stepped: Run) -> None:
        (stepped.path / "step.npz").unlink()
        app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
        assert not app.error
        with pytest.raises(KeyError):
            component(app, "slow-motion-run")

    def test_a_damaged_step(self, stepped: Run) -> None:
        truncate(stepped.path / "step.npz")
        app = act(labelled(open_page("train").toggle, "Slow motion").set_value(True))
        (error,) = app.error
        assert error.value.startswith("step.npz must hold arrays")


def test_a_real_run_like_an_instrument(
    runs: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start, watch, pause, step, change, play, stop: with a real process."""
    processes.make_real()
    monkeypatch.setattr(run_controls, "REPLY_SECONDS", 60.0)  # the machine may be busy
    app = open_page("train", preset="recommended", epochs="500", hidden="16", batch_size="4")
    press(app, "Train")
    path = runs / app.query_params["run"]
    wait_until(lambda: open_run(path).history, "the run learns")
    # Who opens the page anew sees the run at once.
    app = open_page("train")
    assert app.query_params["run"] == path.name
    (bar,) = app.progress
    assert bar.text.startswith("Epoch ")
    assert " of 500 · step " in bar.text
    assert board(app, path.name)["frames"]

    press(app, "Pause")
    assert app.progress[0].text.startswith("Paused · Epoch ")
    before = open_run(path).status
    press(app, "Step batch")
    after = open_run(path).status
    steps = [status["epoch"] * status["steps"] + status["step"] for status in (before, after)]
    assert steps[1] == steps[0] + 1
    assert app.progress[0].text.startswith("Paused · Epoch ")
    act(labelled(app.toggle, "Slow motion").set_value(True))
    position = component(app, f"slow-motion-{path.name}")["place"]
    assert position == "Epoch {epoch} · step {step} of {steps}".format(**open_run(path).status)

    act(app.select_slider(key=f"live-beta-{path.name}").set_value(0.5))
    press(app, "Play")
    wait_until(lambda: [r for r in open_run(path).rows if r["kind"] == "change"], "it is marked")
    calm(app.run())
    (mark,) = board(app, path.name)["curves"]["marks"]
    assert mark["text"] == "beta 0.5"

    press(app, "Stop")
    wait_until(lambda: open_run(path).state == "stopped", "the run stops")
    wait_until(lambda: not server.queue().is_pending(open_run(path), "train"), "its process left")
    calm(app.run(), "train")
    assert "Stopped by hand in epoch " in words(app)
    assert numbers_of(app, path.name)["Test ELBO"] == f"{open_run(path).metrics['elbo']:.2f}"
    assert labelled(app.button, "Continue")
    assert go(app, "start").image
    assert component(go(app, "generate"), f"grid-{path.name}")["rows"] == 10
    assert component(go(app, "latent"), f"map-{path.name}")["names"]
